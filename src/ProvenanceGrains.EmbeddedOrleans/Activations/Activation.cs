using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Calls;
using ProvenanceGrains.EmbeddedOrleans.Timers;

namespace ProvenanceGrains.EmbeddedOrleans.Activations;

/// <summary>
/// One activation: its grain object, its calls, and the task scheduler on which every line of its code runs.
/// </summary>
/// <remarks>
/// Two rules make a turn. First, one thread at a time executes tasks of this scheduler: whoever sets
/// <see cref="_executing"/> under the lock owns it, until the queue is empty. A call to an idle activation sets it
/// and runs on the caller's own thread, which is what makes an uncontended call cheap; everything else goes through the
/// queue and the thread pool. Second, <see cref="MayStart"/> decides when a call's first turn may be queued at all;
/// calls that may not wait in order of arrival. All fields are written under <see cref="_gate"/>, except
/// <see cref="Instance"/> and <see cref="_scope"/>, which only turns touch.
/// </remarks>
internal sealed partial class Activation(GrainClass grainClass, string key)
    : TaskScheduler, IGrainContext, IThreadPoolWorkItem
{
    /// <summary>Turns that one thread runs before it lets other activations have it.</summary>
    private const int TurnsPerVisit = 64;

    private readonly Lock _gate = new();
    private Queue<Task>? _turns;
    private List<GrainCall>? _waiting;
    private TaskCompletionSource? _deactivated;
    private HashSet<GrainTimer>? _timers;
    private AsyncServiceScope? _scope;
    private Task? _inlineTurn;
    private DeactivationReason _reason;
    private Exception? _failure;
    private State _state;
    private bool _executing;
    private bool _ending;
    private int _running;
    private int _readers;
    private int _writers;
    private long _lastUse = grainClass.Silo.CoarseNow;
    private long _keepUntil;

    private enum State : byte
    {
        New,
        Activating,
        Valid,
        Deactivating,
        Ended,
    }

    /// <summary>The activation whose turn the current code is, or null outside grains.</summary>
    public static new Activation? Current => TaskScheduler.Current as Activation;

    public GrainClass Class => grainClass;

    public string Key => key;

    public Silo Silo => grainClass.Silo;

    public object? Instance { get; private set; }

    public GrainId GrainId => GrainId.Create(grainClass.TypeName, key);

    public object? GrainInstance => Instance;

    public IServiceProvider ActivationServices =>
        _scope?.ServiceProvider ?? throw new InvalidOperationException($"Grain {GrainId} is not active.");

    public Task Deactivated
    {
        get
        {
            lock (_gate)
            {
                _deactivated ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_state == State.Ended)
                {
                    _deactivated.TrySetResult();
                }

                return _deactivated.Task;
            }
        }
    }

    /// <summary>Calls under way and waiting; what a pool of workers goes by.</summary>
    public int Load
    {
        get
        {
            lock (_gate)
            {
                return _running + (_waiting?.Count ?? 0);
            }
        }
    }

    /// <summary>Takes a call, or returns false where this activation has ended and the call needs another.</summary>
    public bool TryTake(GrainCall call, bool inline)
    {
        Task turn;
        bool isFirst;
        lock (_gate)
        {
            if (_state == State.Ended)
            {
                return false;
            }

            call.Target = this;
            isFirst = _state == State.New;
            if (isFirst)
            {
                _state = State.Activating;
                turn = Detached.Turn(static activation => ((Activation)activation!).Activate(), this);
            }
            else if (TryBegin(call))
            {
                turn = call.Turn;
            }
            else
            {
                Wait(call);
                return true;
            }

            if (!inline || !TryOwn())
            {
                if (isFirst)
                {
                    Wait(call);
                }

                call.Detach();
                Enqueue(turn);
                return true;
            }
        }

        RunHere(turn, isFirst ? call : null);
        return true;
    }

    /// <summary>Ends a call's claim on this activation and starts what waited for that.</summary>
    public void End(GrainCall call)
    {
        Silo.Deadlines.Forget(call);
        lock (_gate)
        {
            _running--;
            if (!Interleaves(call))
            {
                _ = call.Method.ReadOnly ? _readers-- : _writers--;
            }

            Use(call);
            Advance();
        }
    }

    /// <summary>Drops a waiting call that somebody else has answered: it will not run.</summary>
    public void Withdraw(GrainCall call)
    {
        lock (_gate)
        {
            _waiting?.Remove(call);
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_state == State.New)
            {
                _state = State.Ended;
                _deactivated?.TrySetResult();
                grainClass.Remove(this);
            }
            else if (!_ending && _state != State.Ended)
            {
                _ending = true;
                _reason = deactivationReason;
                Advance();
            }
        }
    }

    /// <summary>Keeps this activation from collection for a time, for ever, or (zero or less) no longer.</summary>
    public void KeepAlive(TimeSpan time)
    {
        lock (_gate)
        {
            _keepUntil = time <= TimeSpan.Zero ? 0
                : time == TimeSpan.MaxValue ? long.MaxValue
                : Silo.After(time);
        }
    }

    /// <summary>Deactivates this activation if nobody used it since <paramref name="limit"/>.</summary>
    public void CollectIfIdle(long limit, long now)
    {
        lock (_gate)
        {
            if (_state == State.Valid && !_ending && _running == 0 && _lastUse <= limit && _keepUntil <= now)
            {
                _ending = true;
                _reason = new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Nobody used the activation.");
                Advance();
            }
        }
    }

    public IGrainTimer StartTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        lock (_gate)
        {
            if (_state is State.Deactivating or State.Ended)
            {
                throw new InvalidOperationException($"Grain {GrainId} is being deactivated: it can start no timer.");
            }

            (_timers ??= []).Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (_gate)
        {
            _timers?.Remove(timer);
        }
    }

    private bool Interleaves(GrainCall call) => call.Method.AlwaysInterleave || grainClass.IsReentrant;

    private bool MayStart(GrainCall call) =>
        _running == 0
        || Interleaves(call)
        || (_writers == 0 && (call.Method.ReadOnly || _readers == 0));

    // Under the lock.
    private bool TryBegin(GrainCall call)
    {
        if (_state != State.Valid || _ending || !MayStart(call))
        {
            return false;
        }

        Begin(call);
        return true;
    }

    // Under the lock.
    private void Wait(GrainCall call)
    {
        call.Detach();
        (_waiting ??= []).Add(call);
    }

    // Under the lock.
    private void Begin(GrainCall call)
    {
        _running++;
        if (!Interleaves(call))
        {
            _ = call.Method.ReadOnly ? _readers++ : _writers++;
        }

        Use(call);
    }

    // Under the lock.
    private void Use(GrainCall call) => _lastUse = call.CountsAsUse ? Silo.CoarseNow : _lastUse;

    // Under the lock: starts every waiting call that may start, or the deactivation once nothing runs.
    private void Advance()
    {
        if (_state != State.Valid)
        {
            return;
        }

        if (_ending)
        {
            if (_running == 0)
            {
                _state = State.Deactivating;
                Enqueue(Detached.Turn(static activation => ((Activation)activation!).BeginEnd(), this));
            }

            return;
        }

        for (var i = 0; i < (_waiting?.Count ?? 0);)
        {
            var call = _waiting![i];
            if (call.IsAnswered)
            {
                _waiting.RemoveAt(i);
                continue;
            }

            if (!MayStart(call))
            {
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            Begin(call);
            Enqueue(call.Turn);
        }
    }
}
