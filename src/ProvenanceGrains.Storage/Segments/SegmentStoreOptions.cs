using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>Where a <see cref="SegmentStore"/> lives and how much it holds in memory.</summary>
public sealed record SegmentStoreOptions
{
    /// <summary>The data folder. Made if it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>Units that wait for the committer, in encoded bytes; beyond it the store is busy.</summary>
    public long MaxQueueBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Units that wait for the committer; beyond it the store is busy.</summary>
    public int MaxQueueUnits { get; init; } = 16 * 1024;

    /// <summary>A new segment file begins before this length, in bytes, would be passed.</summary>
    public long SegmentBytes { get; init; } = SegmentHeader.RollBytes;

    /// <summary>One write and fsync take at most this many bytes, or one unit.</summary>
    public int MaxBatchBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>The index may lag this many entries behind the log; then the committer waits for it.</summary>
    public int MaxIndexLagEntries { get; init; } = 60_000;

    /// <summary>Matters (in encoded bytes) that wait for the index; then the committer waits for it.</summary>
    public long MaxIndexLagBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long the index waits for company when nobody asks for it: one transaction is dear, many rows in one are not.</summary>
    public TimeSpan IndexDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Journal heads kept in memory, in entities.</summary>
    public int CachedHeads { get; init; } = 200_000;

    /// <summary>Headers of the newest entries kept in memory for the sealer, in entries.</summary>
    public int CachedHeaders { get; init; } = 64 * 1024;

    /// <summary>32 bytes that tell this log's segments from another's; null for random ones. Used once, for a new folder.</summary>
    public Hash256? LogId { get; init; }

    /// <summary>How entities become indexes.</summary>
    public IEntityIndexFunction EntityIndex { get; init; } = HashedEntityIndex.Instance;

    /// <summary>The disk under the segments.</summary>
    public ISegmentDisk Disk { get; init; } = LocalDisk.Instance;
}

/// <summary>Counters since the store was opened, and gauges of the moment.</summary>
/// <param name="CommittedUnits">Units made durable.</param>
/// <param name="CommittedEntries">Entries made durable.</param>
/// <param name="CommittedBytes">Bytes of frames made durable.</param>
/// <param name="RefusedUnits">Units answered with <see cref="AppendOutcome.Fenced"/> or <see cref="AppendOutcome.Taken"/>.</param>
/// <param name="BusyUnits">Units turned away because the queue was full.</param>
/// <param name="Syncs">How many times fsync was called on a segment.</param>
/// <param name="SyncTime">Time spent in them.</param>
/// <param name="QueuedUnits">Units that wait for the committer.</param>
/// <param name="QueuedBytes">Their encoded bytes.</param>
/// <param name="IndexTransactions">Transactions of the derived index.</param>
/// <param name="IndexTime">Time spent in them.</param>
/// <param name="IndexLagEntries">Durable entries that the index does not hold yet.</param>
/// <param name="NextOrdinal">Number of durable entries in the log.</param>
/// <param name="Failed">Whether the store has stopped taking writes.</param>
/// <param name="Damage">What the last reader that met damage was told; null if none has.</param>
public sealed record StoreMetrics(
    long CommittedUnits,
    long CommittedEntries,
    long CommittedBytes,
    long RefusedUnits,
    long BusyUnits,
    long Syncs,
    TimeSpan SyncTime,
    int QueuedUnits,
    long QueuedBytes,
    long IndexTransactions,
    TimeSpan IndexTime,
    long IndexLagEntries,
    long NextOrdinal,
    bool Failed,
    string? Damage);
