using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Activations;
using ProvenanceGrains.EmbeddedOrleans.Calls;

namespace ProvenanceGrains.EmbeddedOrleans.Timers;

/// <summary>
/// A grain's timer. A tick is a call to the grain like any other, so it waits for calls and calls wait for it,
/// unless it interleaves. The next tick is set when one ends.
/// </summary>
internal sealed partial class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainMethod _method;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly bool _keepAlive;
    private TimeSpan _period;
    private TimeSpan _due;
    private bool _ticking;
    private bool _changed;
    private bool _disposed;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _keepAlive = options.KeepAlive;
        _method = new GrainMethod("timer", options.Interleave, ReadOnly: false, OneWay: true, CopyResult: false);
        _timer = Detached.Timer(activation.Silo.Time, static timer => ((GrainTimer)timer!).Ring(), this);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime);
        Check(period);
        lock (_gate)
        {
            if (!_disposed)
            {
                (_due, _period) = (dueTime, period);
                _changed = _ticking;
                if (!_ticking)
                {
                    Arm(dueTime);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _timer.Dispose();
        _activation.Forget(this);
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private static void Check(TimeSpan time)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(time), time, "A timer's times are not negative.");
        }
    }

    private void Arm(TimeSpan due) => _timer.Change(
        due == Timeout.InfiniteTimeSpan ? due : Detached.Clamp(due), Timeout.InfiniteTimeSpan);

    private void Ring()
    {
        lock (_gate)
        {
            if (_disposed || _ticking)
            {
                return;
            }

            _ticking = true;
        }

        var tick = new Tick(this) { Method = _method };
        tick.Detach();
        _ = _activation.TryTake(tick, inline: false);
    }

    private async Task TickAsync()
    {
        CancellationToken token;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            token = _stopped.Token;
        }

        try
        {
            await _callback(token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The timer was stopped, and its callback obeyed.
        }
        catch (Exception exception)
        {
            LogTickFailed(_activation.Silo.Logger, exception, _activation.GrainId);
        }

        lock (_gate)
        {
            _ticking = false;
            if (!_disposed)
            {
                Arm(_changed ? _due : _period);
            }

            _changed = false;
        }
    }

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error, Message = "A timer's tick in grain {GrainId} failed; the timer goes on.")]
    private static partial void LogTickFailed(ILogger logger, Exception exception, GrainId grainId);

    private sealed class Tick(GrainTimer timer) : VoidGrainCall
    {
        internal override bool CountsAsUse => timer._keepAlive;

        internal override bool MayForward => false;

        protected override Task StartVoid(object grain) => timer.TickAsync();
    }
}
