namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>What happens to a checkpoint for which the quorum is out of reach.</summary>
public enum WitnessMode
{
    /// <summary>It waits: what is published is always cosigned by the quorum.</summary>
    Hold,

    /// <summary>It is published with what came within the time limit.</summary>
    Publish,
}

/// <summary>How witnesses are asked.</summary>
public sealed record WitnessingOptions
{
    public WitnessMode Mode { get; init; }

    /// <summary>The longest that one witness may take over one checkpoint, a corrected second request included.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long, once the quorum is reached, the other witnesses are waited for if their last answer was good.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Time to the next try after one without quorum.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
