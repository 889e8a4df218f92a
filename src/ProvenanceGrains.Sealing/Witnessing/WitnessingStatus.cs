using ProvenanceGrains.Ledger.Policies;

namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>One witness as it was last seen.</summary>
/// <param name="Name">Its name in the policy.</param>
/// <param name="Url">Its submission prefix.</param>
/// <param name="Problem">Why it did not cosign when it was last asked; null if it did, or was not asked yet.</param>
/// <param name="Since">Since when it has been so; null before the first answer.</param>
/// <param name="CosignedSize">The last size that it cosigned for this process; 0 before.</param>
/// <param name="Cosignatures">How many came from it since the start.</param>
/// <param name="Failures">How many requests brought none.</param>
public sealed record WitnessState(
    string Name, string Url, string? Problem, DateTimeOffset? Since, long CosignedSize, long Cosignatures, long Failures);

/// <summary>Where the publication stands.</summary>
/// <param name="PublishedSize">Leaves of the published tree.</param>
/// <param name="PublishedBlocks">Its blocks.</param>
/// <param name="CommittedBlocks">Blocks of the newest committed checkpoint.</param>
/// <param name="QuorumLostSince">Since when checkpoints end without quorum; null if the last one reached it.</param>
/// <param name="Halted">Why nothing is published any more; null if that is not so.</param>
/// <param name="Failure">Why publishing failed here (the disk); null if it did not.</param>
/// <param name="Published">Checkpoints published since the start.</param>
/// <param name="Unreached">Tries without quorum since the start.</param>
public sealed record PublicationState(
    long PublishedSize,
    long PublishedBlocks,
    long CommittedBlocks,
    DateTimeOffset? QuorumLostSince,
    string? Halted,
    string? Failure,
    long Published,
    long Unreached)
{
    /// <summary>Blocks that are sealed and not public.</summary>
    public long HeldBlocks => Math.Max(0, CommittedBlocks - PublishedBlocks);
}

/// <summary>What witnesses and publication do, for health and metrics. Any thread reads; changes are under one lock.</summary>
public sealed class WitnessingStatus
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<string, WitnessState> _witnesses;
    private PublicationState _publication = new(0, 0, 0, null, null, null, 0, 0);

    public WitnessingStatus(LogPolicy policy, WitnessMode mode, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Quorum = policy.Quorum;
        Mode = mode;
        _time = time;
        _witnesses = policy.Witnesses.ToDictionary(
            witness => witness.Name,
            witness => new WitnessState(witness.Name, witness.Url ?? "", null, null, 0, 0, 0),
            StringComparer.Ordinal);
    }

    /// <summary>The name of the policy's quorum.</summary>
    public string Quorum { get; }

    public WitnessMode Mode { get; }

    public PublicationState Publication
    {
        get
        {
            lock (_gate)
            {
                return _publication;
            }
        }
    }

    public IReadOnlyList<WitnessState> Witnesses
    {
        get
        {
            lock (_gate)
            {
                return [.. _witnesses.Values];
            }
        }
    }

    /// <summary>Called with a witness's name and what changed: its problem, or null for "answers again".</summary>
    internal Action<string, string?>? WitnessChanged { get; set; }

    internal void Answered(string name, long size) => Change(name, state => state with
    {
        Problem = null,
        CosignedSize = size,
        Cosignatures = state.Cosignatures + 1,
    });

    internal void Unanswered(string name, string problem) =>
        Change(name, state => state with { Problem = problem, Failures = state.Failures + 1 });

    internal void Update(Func<PublicationState, PublicationState> change)
    {
        lock (_gate)
        {
            _publication = change(_publication);
        }
    }

    private void Change(string name, Func<WitnessState, WitnessState> change)
    {
        WitnessState before, after;
        lock (_gate)
        {
            before = _witnesses[name];
            after = change(before);
            var turned = before.Since is null || (before.Problem is null) != (after.Problem is null);
            after = turned ? after with { Since = _time.GetUtcNow() } : after;
            _witnesses[name] = after;
        }

        if ((before.Problem is null) != (after.Problem is null))
        {
            WitnessChanged?.Invoke(name, after.Problem);
        }
    }
}
