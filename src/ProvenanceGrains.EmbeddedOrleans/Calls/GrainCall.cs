using System.Diagnostics;
using ProvenanceGrains.EmbeddedOrleans.Activations;
using ProvenanceGrains.EmbeddedOrleans.Copying;

namespace ProvenanceGrains.EmbeddedOrleans.Calls;

/// <summary>What a grain interface's method says of its calls.</summary>
internal sealed record GrainMethod(string Name, bool AlwaysInterleave, bool ReadOnly, bool OneWay, bool CopyResult);

/// <summary>
/// One call on its way to a grain. The proxy's emitted subclass holds the (already copied) arguments. A call is
/// answered once: by its result, by a timeout, or by its caller's cancellation; the last two leave it running.
/// </summary>
internal abstract class GrainCall
{
    private static readonly Action<object?> RunTurn = static call => ((GrainCall)call!).Run();

    private int _answered;

    /// <summary>Set by the emitted proxy when the method takes a token.</summary>
    public CancellationToken Token { get; set; }

    protected GrainCall() => Turn = new Task(RunTurn, this);

    internal GrainMethod Method { get; set; } = null!;

    /// <summary>
    /// The call's first turn. Made with the call, not when it is its turn, so that it carries the caller's
    /// execution context and not that of whichever call ended before it.
    /// </summary>
    internal Task Turn { get; }

    /// <summary>The activation that runs this call; set under that activation's lock.</summary>
    internal Activation? Target { get; set; }

    internal bool IsAnswered => Volatile.Read(ref _answered) != 0;

    /// <summary>Whether the call keeps its activation from being collected: all do but ticks of some timers.</summary>
    internal virtual bool CountsAsUse => true;

    /// <summary>Whether the call may go to another activation: all may but ticks, which belong to theirs.</summary>
    internal virtual bool MayForward => true;

    /// <summary>How many activations ended while the call waited for them.</summary>
    internal int Forwards { get; set; }

    // The list of calls with a deadline, under its lock.
    internal GrainCall? Previous { get; set; }

    internal GrainCall? Next { get; set; }

    internal long Deadline { get; set; }

    internal bool HasDeadline { get; set; }

    internal CancellationTokenRegistration Registration { get; set; }

    /// <summary>Runs the method as a turn of <see cref="Target"/>.</summary>
    internal abstract void Run();

    internal abstract void Fail(Exception exception);

    /// <summary>From here on the answer goes to a task that somebody else already holds.</summary>
    internal abstract void Detach();

    protected bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;
}

/// <summary>A call that returns <typeparamref name="T"/>.</summary>
internal abstract class GrainCall<T> : GrainCall
{
    private TaskCompletionSource<T>? _later;
    private Task<T>? _now;

    /// <summary>
    /// The answer. A call that ran inline to its end has the method's own task; only one that was detached or that
    /// awaited something pays for a task of its own.
    /// </summary>
    internal Task<T> Answer => _later?.Task ?? _now ?? throw new UnreachableException();

    internal sealed override void Detach() =>
        _later ??= new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);

    internal sealed override void Run()
    {
        Task<T> result;
        try
        {
            result = Start(Target!.Instance!);
        }
        catch (Exception exception)
        {
            result = Task.FromException<T>(exception);
        }

        if (!result.IsCompleted)
        {
            Detach();
            _ = EndAsync(result);
            return;
        }

        result = CopyResult(result);
        if (_later is null)
        {
            _now = result;
            _ = TryAnswer();
        }
        else if (TryAnswer())
        {
            _later.SetFromTask(result);
        }

        if (_later is not null)
        {
            _ = result.Exception; // Observed: whoever still waits has a task of its own.
            _ = Method.OneWay ? _later.Task.Exception : null;
        }

        Target!.End(this);
    }

    internal sealed override void Fail(Exception exception)
    {
        Detach();
        if (TryAnswer())
        {
            if (exception is OperationCanceledException canceled)
            {
                _later!.SetCanceled(canceled.CancellationToken);
            }
            else
            {
                _later!.SetException(exception);
                _ = Method.OneWay ? _later.Task.Exception : null;
            }
        }
    }

    /// <summary>Calls the method on the grain; emitted.</summary>
    protected abstract Task<T> Start(object grain);

    // No ConfigureAwait: the copy of the result must be a turn, or the grain could change the result meanwhile.
    private async Task EndAsync(Task<T> pending)
    {
        try
        {
            _ = await pending;
        }
        catch (Exception)
        {
            // It stays in the task, which is handed on whole.
        }

        var result = CopyResult(pending);
        if (TryAnswer())
        {
            _later!.SetFromTask(result);
            if (Method.OneWay)
            {
                _ = _later.Task.Exception;
            }
        }

        Target!.End(this);
    }

    private Task<T> CopyResult(Task<T> result)
    {
        if (!Method.CopyResult || !result.IsCompletedSuccessfully)
        {
            return result;
        }

        try
        {
            return Task.FromResult(DeepCopier.Copy(result.GetAwaiter().GetResult()));
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }
}

/// <summary>A call of a method that returns no value.</summary>
internal abstract class VoidGrainCall : GrainCall<bool>
{
    private static readonly Task<bool> Done = Task.FromResult(true);

    protected sealed override Task<bool> Start(object grain)
    {
        var task = StartVoid(grain);
        return task.IsCompletedSuccessfully ? Done : WaitAsync(task);
    }

    /// <summary>Calls the method on the grain; emitted.</summary>
    protected abstract Task StartVoid(object grain);

    private static async Task<bool> WaitAsync(Task task)
    {
        await task;
        return true;
    }
}
