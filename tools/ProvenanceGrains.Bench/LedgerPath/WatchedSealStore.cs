using System.Diagnostics;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Bench.LedgerPath;

/// <summary>A seal store that notes when each checkpoint was published, and up to which entry it seals.</summary>
/// <remarks>Written in the sealer's turns, read when it has stopped.</remarks>
internal sealed class WatchedSealStore(ISealStore inner) : ISealStore
{
    private readonly List<(long NextOrdinal, long Timestamp)> _published = [];
    private long _nextOrdinal;

    /// <summary>In order; a timestamp is one of <see cref="Stopwatch"/>.</summary>
    public IReadOnlyList<(long NextOrdinal, long Timestamp)> Published => _published;

    public long BlockCount => inner.BlockCount;

    public ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => inner.ReadCheckpointAsync(cancellation);

    public ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) => inner.ReadFileAsync(path, cancellation);

    public ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation) => inner.ReadBlockAsync(height, cancellation);

    public ValueTask<byte[]?> ReadCommittedAsync(CancellationToken cancellation) => inner.ReadCommittedAsync(cancellation);

    public ValueTask StageAsync(SealBundle bundle, CancellationToken cancellation) => inner.StageAsync(bundle, cancellation);

    public ValueTask<SealBundle?> ReadStageAsync(CancellationToken cancellation) => inner.ReadStageAsync(cancellation);

    public ValueTask<bool> CompareAndSwapAsync(
        ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> next, CancellationToken cancellation) =>
        inner.CompareAndSwapAsync(expected, next, cancellation);

    public ValueTask ApplyAsync(SealBundle bundle, CancellationToken cancellation)
    {
        if (!BlockContent.TryParse(bundle.BlockRecord.Span[EntryHeader.Size..], out var content, out var error))
        {
            throw new InvalidDataException(error);
        }

        _nextOrdinal = content.NextOrdinal;
        return inner.ApplyAsync(bundle, cancellation);
    }

    public async ValueTask PublishAsync(ReadOnlyMemory<byte> checkpoint, CancellationToken cancellation)
    {
        await inner.PublishAsync(checkpoint, cancellation);
        _published.Add((_nextOrdinal, Stopwatch.GetTimestamp()));
    }

    public ValueTask DropStageAsync(CancellationToken cancellation) => inner.DropStageAsync(cancellation);
}
