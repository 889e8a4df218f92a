using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>
/// What one process sees of the seal store: every call takes time, may fail with or without its effect, and is cut
/// in the middle when the process dies. <see cref="MemorySealStore"/> below it is what is durable.
/// </summary>
internal class SimulatedSealStore(MemorySealStore durable, SimulatedProcess process, SeededRandom random, Func<bool> fails) : ISealStore
{
    private SealBundle? _applying;

    public long BlockCount => durable.BlockCount;

    protected MemorySealStore Durable => durable;

    /// <summary>The process is gone: an apply that was under way is there in part.</summary>
    public void Die()
    {
        if (_applying is { } bundle)
        {
            durable.ApplyInPart(
                bundle,
                file => random.Next(3) switch
                {
                    0 => null,
                    1 => file.Content[..random.Next(file.Content.Length)].ToArray(),
                    _ => file.Content.ToArray(),
                },
                withBlock: random.OneIn(2));
        }
    }

    public async ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation)
    {
        await EnterAsync();
        return await durable.ReadCheckpointAsync(cancellation);
    }

    public virtual async ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        await EnterAsync();
        return await durable.ReadFileAsync(path, cancellation);
    }

    public async ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation)
    {
        await EnterAsync();
        return await durable.ReadBlockAsync(height, cancellation);
    }

    public async ValueTask<byte[]?> ReadCommittedAsync(CancellationToken cancellation)
    {
        await EnterAsync();
        return await durable.ReadCommittedAsync(cancellation);
    }

    public async ValueTask<bool> WasSealedAsync(CancellationToken cancellation)
    {
        await EnterAsync();
        return await durable.WasSealedAsync(cancellation);
    }

    public virtual async ValueTask<SealBundle?> ReadStageAsync(CancellationToken cancellation)
    {
        await EnterAsync();
        return await durable.ReadStageAsync(cancellation);
    }

    public ValueTask StageAsync(SealBundle bundle, CancellationToken cancellation) =>
        WriteAsync(() => durable.StageAsync(bundle, cancellation));

    public virtual async ValueTask<bool> CompareAndSwapAsync(
        ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> next, CancellationToken cancellation)
    {
        var swapped = false;
        await WriteAsync(async () => swapped = await durable.CompareAndSwapAsync(expected, next, cancellation));
        return swapped;
    }

    public async ValueTask ApplyAsync(SealBundle bundle, CancellationToken cancellation)
    {
        _applying = bundle;
        await WriteAsync(() => durable.ApplyAsync(bundle, cancellation));
        _applying = null;
    }

    public ValueTask PublishAsync(ReadOnlyMemory<byte> checkpoint, CancellationToken cancellation) =>
        WriteAsync(() => durable.PublishAsync(checkpoint, cancellation));

    public ValueTask DropStageAsync(CancellationToken cancellation) => WriteAsync(() => durable.DropStageAsync(cancellation));

    private async ValueTask EnterAsync()
    {
        process.CheckThread();
        await Task.Yield();
    }

    private async ValueTask WriteAsync(Func<ValueTask> write)
    {
        await EnterAsync();
        var failing = fails();
        if (!failing || random.OneIn(2))
        {
            await write();
        }

        await Task.Yield();
        if (failing)
        {
            throw new IOException("A write of the seal store failed (simulated).");
        }
    }
}
