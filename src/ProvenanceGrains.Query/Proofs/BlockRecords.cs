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

        var record = await log.ReadBlockRecordAsync(height, cancellation);
        _cache.Keep(height, record);
        return record;
    }

    /// <summary>The first height below <paramref name="count"/> whose block satisfies a monotonous condition; <paramref name="count"/> if none does.</summary>
    public ValueTask<long> FirstWhereAsync(long count, Func<BlockContent, bool> condition, CancellationToken cancellation) =>
        LogReading.FirstBlockAsync(count, ReadAsync, condition, cancellation);
}
