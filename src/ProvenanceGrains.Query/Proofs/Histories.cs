using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>A part of a journal with its proofs.</summary>
/// <param name="History">The part; null while the log has no block at all.</param>
/// <param name="Extent">Of the whole journal.</param>
public sealed record HistoryPart(History? History, JournalExtent Extent)
{
    /// <summary>The reader's share of the memory was refused: others hold it. Then there is no history.</summary>
    public bool IsBusy { get; init; }
}

/// <summary>Exports journals: every sealed entry with its payload and its proof, all against one checkpoint.</summary>
/// <remarks>The sealer's own journal (kind <c>chain</c>, key the log's origin) is exported like any other.</remarks>
public sealed class Histories
{
    /// <summary>The most entries of one part.</summary>
    public const int MaxEntries = 1_000;

    /// <summary>A part ends early when its payloads have this many bytes: entries may be large.</summary>
    public const int MaxPayloadBytes = 8 << 20;

    // Read in small steps, so that a part of large entries does not hold a thousand of them first.
    private const int EntriesPerRead = 64;

    private readonly LogProofs _proofs;
    private readonly IJournalReader _journals;
    private readonly VerifierKey _logKey;
    private readonly IEntityIndexFunction _indexes;
    private readonly BlockIdentity _chain;

    /// <param name="proofs">Of the log.</param>
    /// <param name="journals">The entries.</param>
    /// <param name="logKey">Verifies the log's checkpoints; named in each history as a hint.</param>
    /// <param name="indexes">The log's index function, which proves the indexes it makes.</param>
    public Histories(LogProofs proofs, IJournalReader journals, VerifierKey logKey, IEntityIndexFunction indexes)
    {
        ArgumentNullException.ThrowIfNull(indexes);
        ArgumentNullException.ThrowIfNull(logKey);
        _proofs = proofs;
        _journals = journals;
        _logKey = logKey;
        _indexes = indexes;
        _chain = BlockIdentity.Of(logKey, indexes.Rule);
    }

    /// <summary>Exports a part of a journal.</summary>
    /// <param name="entity">Whose.</param>
    /// <param name="from">Sequence of the first entry, not negative.</param>
    /// <param name="limit">1 to <see cref="MaxEntries"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null if the entity has no journal. Entries that wait for their block are left out.</returns>
    /// <exception cref="InvalidDataException">The log's files do not hold what the checkpoint says.</exception>
    public ValueTask<HistoryPart?> ReadAsync(EntityId entity, long from, int limit, CancellationToken cancellation) =>
        ReadAsync(entity, from, limit, UnboundedMemory.Instance, cancellation);

    /// <summary>Exports a part of a journal within a share of the memory; else as above.</summary>
    public async ValueTask<HistoryPart?> ReadAsync(
        EntityId entity, long from, int limit, IReadMemory memory, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxEntries);
        var snapshot = await _proofs.SnapshotAsync(cancellation);
        var isChain = entity == _chain.Entity;
        var extent = isChain
            ? new JournalExtent(snapshot?.BlockCount ?? 0, snapshot?.BlockCount ?? 0)
            : await JournalExtent.MeasureAsync(_journals, entity, snapshot, cancellation);
        if (extent.Length == 0)
        {
            return null;
        }

        if (snapshot is null)
        {
            return new HistoryPart(null, extent);
        }

        var end = from + Math.Min(limit, Math.Max(0, extent.Sealed - from));
        if (!memory.TryTake((end - from) * IReadMemory.BytesPerEntry)
            || (isChain
                ? await ReadBlocksAsync(snapshot, from, end, cancellation)
                : await ReadEntriesAsync(snapshot, entity, from, end, memory, cancellation)) is not { } entries)
        {
            return new HistoryPart(null, extent) { IsBusy = true };
        }

        var history = new History
        {
            VkeyHint = _logKey.ToString(),
            Entity = entity,
            IndexProof = _indexes.Prove(entity),
            Checkpoint = snapshot.Note,
            Total = extent.Sealed,
            Entries = entries,
        };
        return new HistoryPart(history, extent);
    }

    /// <returns>Null if there is no room.</returns>
    private async ValueTask<List<HistoryEntry>?> ReadEntriesAsync(
        LogSnapshot snapshot, EntityId entity, long from, long end, IReadMemory memory, CancellationToken cancellation)
    {
        var entries = new List<HistoryEntry>();
        var bytes = 0L;
        while (from + entries.Count < end && bytes < MaxPayloadBytes)
        {
            var first = from + entries.Count;
            var page = await _journals.ReadJournalAsync(
                entity, first, (int)Math.Min(EntriesPerRead, end - first), cancellation);
            foreach (var entry in page)
            {
                if (!memory.TryTake(entry.Content.Bytes.Length))
                {
                    return null;
                }

                var leaf = await _proofs.LeafOfAsync(snapshot, entry.Ordinal, cancellation)
                    ?? throw new InvalidDataException($"No block holds entry {entry.Ordinal}, which is below the sealed ones.");
                entries.Add(await ProveAsync(snapshot, leaf, entry.Header, StoredGroups.Of(entry), cancellation));
                bytes += entry.Content.Bytes.Length;
            }

            if (page.Count == 0)
            {
                throw new InvalidDataException($"The journal of {entity} ends before entry {first}.");
            }
        }

        return entries;
    }

    private async ValueTask<List<HistoryEntry>> ReadBlocksAsync(
        LogSnapshot snapshot, long from, long end, CancellationToken cancellation)
    {
        var entries = new List<HistoryEntry>();
        for (var height = from; height < end; height++)
        {
            var block = await _proofs.Blocks.ReadAsync(height, cancellation);
            var previous = height == 0 ? null : await _proofs.Blocks.ReadAsync(height - 1, cancellation);
            var groups = StoredGroups.Of(_chain, previous, block);
            entries.Add(await ProveAsync(snapshot, block.Content.BlockLeafIndex, block.Header, groups, cancellation));
        }

        return entries;
    }

    private async ValueTask<HistoryEntry> ProveAsync(
        LogSnapshot snapshot, long leaf, EntryHeader header, IReadOnlyList<DisclosedGroup> groups, CancellationToken cancellation) =>
        new(leaf, header.ToArray(), await _proofs.InclusionAsync(snapshot, leaf, cancellation), groups);
}
