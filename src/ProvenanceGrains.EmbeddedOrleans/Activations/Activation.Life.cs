using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Calls;
using ProvenanceGrains.EmbeddedOrleans.Timers;

namespace ProvenanceGrains.EmbeddedOrleans.Activations;

/// <content>From the first call to the last: making the grain, activating, deactivating.</content>
internal sealed partial class Activation
{
    /// <summary>How often a call may find that its activation ends: a grain could end itself in every activation.</summary>
    private const int MaxForwards = 3;

    // A turn. Most grains activate without waiting for anything, so the asynchronous half is a method of its own.
    private void Activate()
    {
        try
        {
            _scope = Silo.CreateScope();
            Instance = grainClass.Create(ActivationServices);
            var activating = grainClass.HasActivate && Instance is IGrainBase grain ? BeginActivate(grain) : Task.CompletedTask;
            if (!activating.IsCompletedSuccessfully)
            {
                _ = FinishActivateAsync(activating);
                return;
            }
        }
        catch (Exception exception)
        {
            _ = FailActivationAsync(exception);
            return;
        }

        Open();
    }

    private static Task BeginActivate(IGrainBase grain)
    {
        var deadline = new CancellationTokenSource();
        var task = grain.OnActivateAsync(deadline.Token);
        if (task.IsCompleted)
        {
            deadline.Dispose();
            return task;
        }

        return WaitAsync(task, deadline, ((Activation)grain.GrainContext).Silo.ActivationTimeout, grain.GrainContext);
    }

    private static async Task WaitAsync(
        Task task, CancellationTokenSource deadline, TimeSpan timeout, IGrainContext context)
    {
        using (deadline)
        {
            try
            {
                await task.WaitAsync(timeout, ((Activation)context).Silo.Time);
            }
            catch (TimeoutException) when (!task.IsCompleted)
            {
                await deadline.CancelAsync();
                throw;
            }
        }
    }

    private async Task FinishActivateAsync(Task activating)
    {
        try
        {
            await activating;
        }
        catch (Exception exception)
        {
            await FailActivationAsync(exception);
            return;
        }

        Open();
    }

    private void Open()
    {
        lock (_gate)
        {
            _state = State.Valid;
            _lastUse = Silo.CoarseNow;
            Advance();
        }
    }

    private async Task FailActivationAsync(Exception exception)
    {
        _failure = exception;
        await CloseAsync();
    }

    // A turn. Nothing runs any more and nothing starts: callers wait for the next activation.
    private void BeginEnd() => _ = EndAsync();

    private async Task EndAsync()
    {
        if (grainClass.HasDeactivate && Instance is IGrainBase grain)
        {
            try
            {
                var deadline = new CancellationTokenSource();
                await WaitAsync(
                    grain.OnDeactivateAsync(_reason, deadline.Token), deadline, Silo.DeactivationTimeout, this);
            }
            catch (Exception exception)
            {
                LogDeactivationFailed(Silo.Logger, exception, GrainId);
            }
        }

        await CloseAsync();
    }

    /// <summary>
    /// Takes the activation out of the directory and answers those who wait: with the failure of an activation that
    /// never became valid, or else by sending them to the next activation.
    /// </summary>
    private async Task CloseAsync()
    {
        foreach (var timer in TakeTimers())
        {
            timer.Dispose();
        }

        try
        {
            await DisposeGrainAsync();
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(Silo.Logger, exception, GrainId);
        }

        List<GrainCall> waiting;
        lock (_gate)
        {
            _state = State.Ended;
            waiting = _waiting ?? [];
            _waiting = null;
            grainClass.Remove(this);
            _deactivated?.TrySetResult();
        }

        foreach (var call in waiting)
        {
            Answer(call);
        }
    }

    // A call that found this activation ended.
    private void Answer(GrainCall call)
    {
        if (_failure is not null)
        {
            call.Fail(_failure);
            Silo.Deadlines.Forget(call);
        }
        else
        {
            Forward(call);
        }
    }

    private void Forward(GrainCall call)
    {
        if (call.IsAnswered || !call.MayForward)
        {
            return;
        }

        call.Detach();
        call.Forwards++;
        if (call.Forwards > MaxForwards)
        {
            call.Fail(new OrleansException(
                $"{call.Method.Name} met {MaxForwards} activations of grain {GrainId} that ended before it could run."));
            Silo.Deadlines.Forget(call);
            return;
        }

        grainClass.Route(key, call, inline: false);
    }

    private GrainTimer[] TakeTimers()
    {
        lock (_gate)
        {
            return _timers?.ToArray() ?? [];
        }
    }

    private async Task DisposeGrainAsync()
    {
        if (Instance is IAsyncDisposable later)
        {
            await later.DisposeAsync();
        }
        else if (Instance is IDisposable now)
        {
            now.Dispose();
        }

        if (_scope is { } scope)
        {
            await scope.DisposeAsync();
        }
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "Deactivation of grain {GrainId} failed.")]
    private static partial void LogDeactivationFailed(ILogger logger, Exception exception, GrainId grainId);
}
