using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Query.Caching;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Query.Proofs;

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
        if (!BlockRecord.TryParse(bytes, out var record, out var error))
        {
            throw new InvalidDataException($"The record of block {height} is damaged: {error}");
        }

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
