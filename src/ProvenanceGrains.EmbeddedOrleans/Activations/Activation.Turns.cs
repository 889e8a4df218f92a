using System.Runtime.CompilerServices;
using ProvenanceGrains.EmbeddedOrleans.Calls;

namespace ProvenanceGrains.EmbeddedOrleans.Activations;

/// <content>The task scheduler: one thread at a time, in order.</content>
internal sealed partial class Activation
{
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs queued turns on a thread of the pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        for (var i = 0; i < TurnsPerVisit; i++)
        {
            if (!TryRunNext())
            {
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        // The turn that RunHere starts: this thread owns the activation already.
        if (ReferenceEquals(task, Volatile.Read(ref _inlineTurn)))
        {
            _inlineTurn = null;
            TryExecuteTask(task);
            return;
        }

        lock (_gate)
        {
            if (_executing)
            {
                (_turns ??= new Queue<Task>()).Enqueue(task);
                return;
            }

            _executing = true;
            (_turns ??= new Queue<Task>()).Enqueue(task);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>
    /// A continuation may run where it is only inside a turn of this very activation, and not where one of our turns is
    /// merely further up the stack of code of another.
    /// </summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(TaskScheduler.Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return _turns?.ToArray() ?? [];
        }
    }

    // Under the lock. Deep chains of inline calls go to the pool before they overflow the stack.
    private bool TryOwn()
    {
        if (_executing || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        _executing = true;
        return true;
    }

    // Under the lock. Task.Start would come back to QueueTask, and the lock is re-entrant.
    private void Enqueue(Task turn) => turn.Start(this);

    /// <summary>
    /// Runs a turn on this thread, which owns the activation, and after an activation's first turn its first call. The
    /// caller's synchronization context is set aside: an await inside the grain would go to it before it would go to
    /// the scheduler.
    /// </summary>
    private void RunHere(Task turn, GrainCall? first)
    {
        var context = SynchronizationContext.Current;
        if (context is not null)
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }

        try
        {
            StartHere(turn);
            if (first is not null && TakeFirst(first))
            {
                StartHere(first.Turn);
            }
        }
        finally
        {
            if (context is not null)
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }

        lock (_gate)
        {
            if (_turns is not { Count: > 0 })
            {
                _executing = false;
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void StartHere(Task turn)
    {
        Volatile.Write(ref _inlineTurn, turn);
        turn.Start(this);
    }

    // The call that made this activation: it runs now if the activation was ready at once, and else waits or fails.
    private bool TakeFirst(GrainCall call)
    {
        lock (_gate)
        {
            if (TryBegin(call))
            {
                return true;
            }

            if (_state != State.Ended)
            {
                Wait(call);
                return false;
            }
        }

        Answer(call);
        return false;
    }

    private bool TryRunNext()
    {
        Task? turn;
        lock (_gate)
        {
            if (_turns is null || !_turns.TryDequeue(out turn))
            {
                _executing = false;
                return false;
            }
        }

        TryExecuteTask(turn);
        return true;
    }
}
