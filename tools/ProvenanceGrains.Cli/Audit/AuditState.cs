using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Cli.Forks;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>What an audit begins with: nothing, or what an earlier one of the same log has seen.</summary>
/// <param name="Seen">The newest checkpoint that was met; null for none.</param>
/// <param name="Replay">The replay up to <see cref="Position"/>.</param>
/// <param name="Payloads">What was read of a data folder's payloads; null if only the public log was audited.</param>
internal sealed record AuditState(SignedCheckpoint? Seen, LogReplay Replay, AuditedPayloads? Payloads)
{
    /// <summary>Leaves replayed.</summary>
    public long Position => Replay.Edge.Size;

    public static AuditState Empty(VerifierKey key, IndexRule rule) => new(null, new LogReplay(key, rule), null);

    /// <summary>What a checkpoint makes of the state: null to go on, else why not.</summary>
    public string? WhyRewound(Checkpoint checkpoint) => Seen is { } seen && checkpoint.Size < seen.Checkpoint.Size
        ? $"The log was set back: it shows {checkpoint.Size} leaves, but a checkpoint of {seen.Checkpoint.Size} was seen before. "
            + "A log never shrinks; one that was restored from a backup goes on as a new incarnation."
        : null;
}
