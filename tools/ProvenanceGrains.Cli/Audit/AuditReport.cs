namespace ProvenanceGrains.Cli.Audit;

/// <summary>What an audit looked at. Whether it is sound is said by the findings.</summary>
internal sealed record AuditReport
{
    /// <summary><c>log</c> or <c>data folder</c>.</summary>
    public required string Kind { get; init; }

    public required string Origin { get; init; }

    /// <summary>Leaves of the log; 0 if it has no checkpoint.</summary>
    public long Leaves { get; init; }

    public string? Root { get; init; }

    public long Blocks { get; init; }

    /// <summary>Entities with a journal, the sealer's own included.</summary>
    public long Entities { get; init; }

    /// <summary>Of a data folder: entries whose payload was checked.</summary>
    public long? Payloads { get; init; }

    /// <summary>Of a data folder: entries that no block seals yet.</summary>
    public long? Unsealed { get; init; }

    public long Files { get; init; }

    public long Bytes { get; init; }
}
