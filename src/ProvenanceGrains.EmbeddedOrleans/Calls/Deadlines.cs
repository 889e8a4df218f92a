namespace ProvenanceGrains.EmbeddedOrleans.Calls;

/// <summary>
/// Answers calls that take longer than the response timeout. All have the same timeout, so a list in order of
/// sending is in order of deadline, and one timer, set to its head, serves them all. Only calls that did not end at
/// once are ever here.
/// </summary>
internal sealed class Deadlines : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly long _ticks;
    private readonly ITimer _timer;
    private GrainCall? _first;
    private GrainCall? _last;

    public Deadlines(TimeProvider time, TimeSpan timeout)
    {
        _time = time;
        _timeout = timeout;
        _ticks = (long)Math.Min(timeout.TotalSeconds * time.TimestampFrequency, long.MaxValue / 4d);
        _timer = Detached.Timer(time, static state => ((Deadlines)state!).Expire(), this);
    }

    /// <summary>Begins to watch a call that its caller waits for.</summary>
    public void Watch(GrainCall call)
    {
        if (_timeout > TimeSpan.Zero)
        {
            lock (_gate)
            {
                if (call.IsAnswered)
                {
                    return;
                }

                call.Deadline = _time.GetTimestamp() + _ticks;
                call.HasDeadline = true;
                call.Previous = _last;
                if (_last is null)
                {
                    _first = call;
                    Arm(call);
                }
                else
                {
                    _last.Next = call;
                }

                _last = call;
            }
        }

        if (call.Token.CanBeCanceled)
        {
            call.Registration = call.Token.UnsafeRegister(static state => Cancel((GrainCall)state!), call);
            if (call.IsAnswered)
            {
                call.Registration.Unregister(); // It ended in between, and Forget saw no registration.
            }
        }
    }

    /// <summary>Stops watching; called once for each call that ends.</summary>
    public void Forget(GrainCall call)
    {
        lock (_gate)
        {
            Unlink(call);
        }

        call.Registration.Unregister();
    }

    public void Dispose() => _timer.Dispose();

    private static void Cancel(GrainCall call)
    {
        call.Fail(new OperationCanceledException(call.Token));
        call.Target?.Withdraw(call);
    }

    private void Expire()
    {
        while (true)
        {
            GrainCall? call;
            lock (_gate)
            {
                call = _first;
                if (call is null)
                {
                    return;
                }

                if (call.Deadline > _time.GetTimestamp())
                {
                    Arm(call);
                    return;
                }

                Unlink(call);
            }

            call.Fail(new TimeoutException(
                $"No answer in {_timeout} from {call.Method.Name} of grain {call.Target?.GrainId}. "
                + "The call may still be running."));
            call.Target?.Withdraw(call);
        }
    }

    private void Arm(GrainCall call)
    {
        var left = _time.GetElapsedTime(_time.GetTimestamp(), call.Deadline);
        _timer.Change(Detached.Clamp(left + TimeSpan.FromMilliseconds(1)), Timeout.InfiniteTimeSpan);
    }

    private void Unlink(GrainCall call)
    {
        if (!call.HasDeadline)
        {
            return;
        }

        call.HasDeadline = false;
        if (call.Previous is null)
        {
            _first = call.Next;
        }
        else
        {
            call.Previous.Next = call.Next;
        }

        if (call.Next is null)
        {
            _last = call.Previous;
        }
        else
        {
            call.Next.Previous = call.Previous;
        }

        call.Previous = null;
        call.Next = null;
    }
}
