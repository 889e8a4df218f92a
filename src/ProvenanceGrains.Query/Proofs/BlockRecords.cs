using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Query.Caching;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>One record of <c>chain/blocks.bin</c>: the block entry's header and what it says.</summary>
internal sealed record BlockRecord(EntryHeader Header, BlockContent Content)
{
    public BlockHead ToHead() => new(Content, Header.LeafHash(), Header.TimeMs);
}

/// <summary>Block records by height. They never change once written.</summary>
internal sealed class BlockRecords(ILogReader log)
{
    private readonly DirectMappedCache<long, BlockRecord> _cache = new(4096);

    /// <summary>How many are written; published ones are never more.</summary>
    public long Count => log.BlockCount;

    /// <exception cref="InvalidDataException">The record is absent or damaged.</exception>
    public async ValueTask<BlockRecord> ReadAsync(long height, CancellationToken cancellation)
    {
        if (_cache.Find(height) is { } kept)
        {
            return kept;
        }

        var bytes = await log.ReadBlockAsync(height, cancellation)
            ?? throw new InvalidDataException($"chain/blocks.bin has no block {height}.");
        if (bytes.Length != EntryHeader.Size + BlockContent.Size)
        {
            throw new InvalidDataException($"The record of block {height} has {bytes.Length} bytes.");
        }

        if (!EntryHeader.TryParse(bytes.AsSpan(0, EntryHeader.Size), out var header, out var error)
            || !BlockContent.TryParse(bytes.AsSpan(EntryHeader.Size), out var content, out error))
        {
            throw new InvalidDataException($"The record of block {height} is damaged: {error}");
        }

        var record = new BlockRecord(header, content);
        _cache.Keep(height, record);
        return record;
    }

    /// <summary>The first height below <paramref name="count"/> whose block satisfies a monotonous condition; <paramref name="count"/> if none does.</summary>
    public async ValueTask<long> FirstWhereAsync(
        long count, Func<BlockContent, bool> condition, CancellationToken cancellation)
    {
        var (low, high) = (0L, count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (condition((await ReadAsync(middle, cancellation)).Content))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
