using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>What audits of a data folder have read beyond the public log, and of which segments: a state file vouches for no more.</summary>
/// <param name="Leaves">Leaves of the log whose payloads were read.</param>
/// <param name="HasIndexes">Whether every entry's index was computed anew.</param>
/// <param name="LogId">The folder's; zero while no segment was read.</param>
/// <param name="Segments">The segments from 0 on that were read to their end and that another one follows: they do not change any more.</param>
/// <param name="Open">Leaf hashes of the sealed entries in the segment behind them, in order: it is read again.</param>
internal sealed record AuditedPayloads(
    long Leaves, bool HasIndexes, Hash256 LogId, IReadOnlyList<AuditedSegment> Segments, IReadOnlyList<Hash256> Open)
{
    /// <summary>The first ordinal of the segment that is read again.</summary>
    public long OpenOrdinal => Segments.Count == 0 ? 0 : Segments[^1].EndOrdinal;

    /// <summary>The ordinal after the last entry whose payload was read.</summary>
    public long NextOrdinal => OpenOrdinal + Open.Count;
}

/// <summary>A segment as it was when it was audited.</summary>
/// <param name="EndOrdinal">The ordinal after its last entry.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="LastFrame">Offset of its last frame.</param>
/// <param name="LastCheck">Check of its last frame.</param>
internal readonly record struct AuditedSegment(long EndOrdinal, long Length, long LastFrame, BlockDigest LastCheck);
