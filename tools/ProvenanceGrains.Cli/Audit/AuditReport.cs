using ProvenanceGrains.Ledger.Checkpoints;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>What an audit looked at. Whether it is sound is said by the findings.</summary>
internal sealed record AuditReport
{
    /// <summary><c>log</c> or <c>data folder</c>.</summary>
    public required string Kind { get; init; }

    public required string Origin { get; init; }

    /// <summary>Leaves of the log; 0 if it has no checkpoint.</summary>
    public long Leaves { get; init; }

    /// <summary>The leaf that this audit began with: those before were verified by an earlier one.</summary>
    public long Begun { get; init; }

    /// <summary>Leaves that this audit looked at.</summary>
    public long Audited { get; init; }

    public string? Root { get; init; }

    public long Blocks { get; init; }

    /// <summary>The head map's root in the last block; null for none.</summary>
    public string? HeadMapRoot { get; init; }

    /// <summary>Entities with a journal, the sealer's own included.</summary>
    public long Entities { get; init; }

    /// <summary>Bytes that their heads take in memory.</summary>
    public long StateBytes { get; init; }

    /// <summary>Witnesses whose cosignature on the published checkpoint verifies.</summary>
    public IReadOnlyCollection<string> CosignedBy { get; init; } = [];

    /// <summary>Where evidence of a fork was written; null if none was.</summary>
    public string? ForkFile { get; init; }

    /// <summary>Of a data folder: entries whose payload was checked.</summary>
    public long? Payloads { get; init; }

    /// <summary>Of a data folder: the ordinal of the first entry whose payload this audit read.</summary>
    public long? PayloadsBegun { get; init; }

    /// <summary>Of a data folder: captures whose author's signature was verified.</summary>
    public long? Signed { get; init; }

    /// <summary>Of a data folder: entries that no block seals yet.</summary>
    public long? Unsealed { get; init; }

    public long Files { get; init; }

    public long Bytes { get; init; }

    /// <summary>Entries that this audit looked at.</summary>
    public long Entries => Audited + (Unsealed ?? 0);

    public static AuditReport Of(AuditTask task, string kind, Checkpoint? checkpoint, TileComparison? files) => new()
    {
        Kind = kind,
        Origin = task.Key.Name,
        Leaves = checkpoint?.Size ?? 0,
        Begun = task.Begun,
        Audited = task.Replay.Edge.Size - task.Begun,
        Root = checkpoint?.Root.ToBase64(),
        Blocks = task.Replay.Blocks.Count,
        HeadMapRoot = task.Replay.Blocks.HasMap ? task.Replay.Blocks.MapRoot.ToHex() : null,
        Entities = task.Replay.Heads.Count,
        StateBytes = task.Replay.Heads.StateBytes,
        CosignedBy = task.CosignedBy,
        ForkFile = task.ForkFile,
        Files = files?.Files ?? 0,
        Bytes = files?.Bytes ?? 0,
    };
}
