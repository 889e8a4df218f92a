using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.TestKit.Sealing;

/// <summary>How a write goes wrong.</summary>
public enum FaultMode
{
    /// <summary>Nothing of it arrived.</summary>
    Failed,

    /// <summary>All of it arrived, but the caller is told that it failed.</summary>
    FailedButPersisted,
}

/// <summary>Lets one write of a seal store go wrong, counted from when it was armed.</summary>
public sealed class FaultySealStore(ISealStore inner) : ISealStore
{
    private int _countdown = -1;
    private FaultMode _mode;

    public long BlockCount => inner.BlockCount;

    /// <summary>Lets the n-th write from now go wrong (0: the next one).</summary>
    public void Arm(int n, FaultMode mode)
    {
        _countdown = n;
        _mode = mode;
    }

    /// <summary>Whether the armed fault has not happened yet.</summary>
    public bool IsArmed => _countdown >= 0;

    public void Disarm() => _countdown = -1;

    public ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => inner.ReadCheckpointAsync(cancellation);

    public ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) => inner.ReadFileAsync(path, cancellation);

    public ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation) => inner.ReadBlockAsync(height, cancellation);

    public ValueTask<byte[]?> ReadCommittedAsync(CancellationToken cancellation) => inner.ReadCommittedAsync(cancellation);

    public ValueTask<bool> WasSealedAsync(CancellationToken cancellation) => inner.WasSealedAsync(cancellation);

    public ValueTask<SealBundle?> ReadStageAsync(CancellationToken cancellation) => inner.ReadStageAsync(cancellation);

    public ValueTask StageAsync(SealBundle bundle, CancellationToken cancellation) =>
        WriteAsync(async () =>
        {
            await inner.StageAsync(bundle, cancellation);
            return true;
        }).AsValueTask();

    public async ValueTask<bool> CompareAndSwapAsync(
        ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> next, CancellationToken cancellation) =>
        await WriteAsync(async () => await inner.CompareAndSwapAsync(expected, next, cancellation));

    public ValueTask ApplyAsync(SealBundle bundle, CancellationToken cancellation) =>
        WriteAsync(async () =>
        {
            await inner.ApplyAsync(bundle, cancellation);
            return true;
        }).AsValueTask();

    public ValueTask PublishAsync(ReadOnlyMemory<byte> checkpoint, CancellationToken cancellation) =>
        WriteAsync(async () =>
        {
            await inner.PublishAsync(checkpoint, cancellation);
            return true;
        }).AsValueTask();

    public ValueTask DropStageAsync(CancellationToken cancellation) =>
        WriteAsync(async () =>
        {
            await inner.DropStageAsync(cancellation);
            return true;
        }).AsValueTask();

    private async Task<bool> WriteAsync(Func<Task<bool>> write)
    {
        var fails = _countdown == 0;
        if (_countdown >= 0)
        {
            _countdown--;
        }

        if (!fails)
        {
            return await write();
        }

        if (_mode == FaultMode.FailedButPersisted)
        {
            await write();
        }

        throw new IOException("Injected fault.");
    }
}

/// <summary>Hands a task on as a value task.</summary>
internal static class TaskAsValueTask
{
    public static ValueTask AsValueTask(this Task task) => new(task);
}
