using Orleans.Concurrency;

namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface ITimerGrain : IGrainWithStringKey
{
    Task Start(bool interleave, bool keepAlive, TimeSpan due, TimeSpan period);

    Task Wait(string open, string wait);

    [AlwaysInterleave]
    Task<int> Ticks();

    Task Stop();

    Task FailNext();

    Task ChangeNext(TimeSpan due, string hold, string wait);
}

internal sealed class TimerGrain(Probe probe) : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private bool _fail;
    private (TimeSpan Due, string Hold, string Wait)? _change;
    private int _ticks;

    public Task Start(bool interleave, bool keepAlive, TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            TickAsync, "state", new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public async Task Wait(string open, string wait)
    {
        probe.Open(open);
        await probe.WaitAsync(wait);
        probe.Note("call ended");
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task FailNext()
    {
        _fail = true;
        return Task.CompletedTask;
    }

    public Task ChangeNext(TimeSpan due, string hold, string wait)
    {
        _change = (due, hold, wait);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Open($"deactivated {this.GetPrimaryKeyString()}");
        return Task.CompletedTask;
    }

    private async Task TickAsync(string state, CancellationToken token)
    {
        _ticks++;
        probe.Note($"tick {_ticks} {state}");
        probe.Open($"tick {_ticks}");
        if (_change is { } change)
        {
            _change = null;
            _timer!.Change(change.Due, Timeout.InfiniteTimeSpan);
            probe.Open(change.Hold);
            await probe.WaitAsync(change.Wait);
        }

        if (_fail)
        {
            throw new InvalidOperationException("tick");
        }
    }
}

public sealed class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_timer_ticks_when_due_and_then_every_period()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<ITimerGrain>();

        // Kept alive, and not counted to the last tick: time is run until the second one is seen, however long that takes.
        await grain.Start(interleave: false, keepAlive: true, due: 2 * Second, period: 5 * Second);
        silo.Time.Advance(1.9 * Second);
        Assert.Equal(0, await grain.Ticks());
        silo.Time.Advance(0.1 * Second);
        await silo.Probe.WaitAsync("tick 1");
        await silo.Time.AdvanceUntilAsync(silo.Probe.WaitAsync("tick 2"));

        Assert.Equal(["tick 1 state", "tick 2 state"], silo.Probe.Log.Take(2));
    }

    [Fact]
    public async Task A_tick_waits_for_the_running_call()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<ITimerGrain>();
        await grain.Start(interleave: false, keepAlive: false, due: Second, period: Timeout.InfiniteTimeSpan);

        var call = grain.Wait("begun", "go");
        await silo.Probe.WaitAsync("begun");
        silo.Time.Advance(Second);
        silo.Probe.Open("go");
        await call;
        await silo.Probe.WaitAsync("tick 1");

        Assert.Equal(["call ended", "tick 1 state"], silo.Probe.Log);
    }

    [Fact]
    public async Task An_interleaving_timer_ticks_during_a_call()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<ITimerGrain>();
        await grain.Start(interleave: true, keepAlive: false, due: Second, period: Timeout.InfiniteTimeSpan);

        var call = grain.Wait("begun", "tick 1");
        await silo.Probe.WaitAsync("begun");
        silo.Time.Advance(Second);
        await call;

        Assert.Equal(["tick 1 state", "call ended"], silo.Probe.Log);
    }

    [Fact]
    public async Task A_failed_tick_does_not_end_the_timer()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<ITimerGrain>();
        await grain.FailNext();

        await grain.Start(interleave: false, keepAlive: true, due: Second, period: Second);

        await silo.Time.AdvanceUntilAsync(silo.Probe.WaitAsync("tick 3"));
    }

    [Fact]
    public async Task A_change_during_a_tick_counts_from_its_end()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<ITimerGrain>();
        await grain.ChangeNext(due: Second, hold: "held", wait: "go");
        await grain.Start(interleave: false, keepAlive: true, due: Second, period: Timeout.InfiniteTimeSpan);
        silo.Time.Advance(Second);
        await silo.Probe.WaitAsync("held");

        silo.Time.Advance(10 * Second);
        silo.Probe.Open("go");

        await silo.Time.AdvanceUntilAsync(silo.Probe.WaitAsync("tick 2"));
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<ITimerGrain>();
        await grain.Start(interleave: false, keepAlive: false, due: Second, period: Second);
        silo.Time.Advance(Second);
        await silo.Probe.WaitAsync("tick 1");

        await grain.Stop();
        var ticks = await grain.Ticks();
        silo.Time.Advance(10 * Second);

        Assert.Equal(ticks, await grain.Ticks());
    }

    [Fact]
    public async Task Ticks_keep_an_activation_only_where_asked_to()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var kept = silo.Get<ITimerGrain>("kept");
        await kept.Start(interleave: false, keepAlive: true, due: 30 * Second, period: 30 * Second);
        await silo.Get<ITimerGrain>("not kept").Start(
            interleave: false, keepAlive: false, due: 30 * Second, period: 30 * Second);

        await silo.Time.AdvanceUntilAsync(silo.Probe.WaitAsync("deactivated not kept"));

        Assert.False(silo.Probe.IsOpen("deactivated kept"));
    }
}
