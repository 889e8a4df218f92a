using Orleans.Concurrency;

namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface IFailingGrain : IGrainWithStringKey
{
    Task FailAtOnce();

    Task<int> FailLater();

    ValueTask<int> FailInValueTask();

    [OneWay]
    Task FailUnheard(string wait);

    [OneWay]
    Task OpenUnheard(string open);

    Task<int> Fine();
}

internal interface IUnreadyGrain : IGrainWithStringKey
{
    Task<int> Attempts();
}

internal interface ICycleGrain : IGrainWithStringKey
{
    Task CallBack(string other, string own);

    Task Reach(string back);

    Task Wait(string open, string wait);

    Task<bool> IsCancelled(CancellationToken token);
}

internal sealed class FailingGrain(Probe probe) : Grain, IFailingGrain
{
    public Task FailAtOnce() => throw new InvalidOperationException("at once");

    public async Task<int> FailLater()
    {
        await Task.Yield();
        throw new InvalidOperationException("later");
    }

    public async ValueTask<int> FailInValueTask()
    {
        await Task.Yield();
        throw new FormatException("in a value task");
    }

    public async Task FailUnheard(string wait)
    {
        await probe.WaitAsync(wait);
        probe.Open("failed unheard");
        throw new InvalidOperationException("unheard");
    }

    public Task OpenUnheard(string open)
    {
        probe.Open(open);
        return Task.CompletedTask;
    }

    public Task<int> Fine() => Task.FromResult(1);
}

internal sealed class UnreadyGrain(Probe probe) : Grain, IUnreadyGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (probe.Stored.AddOrUpdate("attempts", 1, (_, n) => n + 1) == 1)
        {
            throw new FormatException("not yet");
        }
    }

    public Task<int> Attempts() => Task.FromResult(probe.Stored["attempts"]);
}

internal sealed class CycleGrain(Probe probe) : Grain, ICycleGrain
{
    public Task CallBack(string other, string own) => GrainFactory.GetGrain<ICycleGrain>(other).Reach(own);

    public async Task Reach(string back)
    {
        try
        {
            await GrainFactory.GetGrain<ICycleGrain>(back).Reach(back);
        }
        catch (TimeoutException)
        {
            probe.Open("inner timeout");
            throw;
        }
    }

    public async Task Wait(string open, string wait)
    {
        probe.Open(open);
        await probe.WaitAsync(wait);
        probe.Note("the callee went on");
        probe.Open("went on");
    }

    public async Task<bool> IsCancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        probe.Open("waiting for cancellation");
        await cancelled.Task;
        probe.Open("cancelled");
        return true;
    }
}

public sealed class FailureTests
{
    [Fact]
    public async Task Exceptions_cross_to_the_caller()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IFailingGrain>();

        var atOnce = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.FailAtOnce());
        var later = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.FailLater());
        var inValueTask = await Assert.ThrowsAsync<FormatException>(async () => await grain.FailInValueTask());

        Assert.Equal("at once", atOnce.Message);
        Assert.Equal("later", later.Message);
        Assert.Equal("in a value task", inValueTask.Message);
        Assert.Equal(1, await grain.Fine());
    }

    [Fact]
    public async Task A_one_way_call_neither_waits_nor_hears_of_a_failure()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IFailingGrain>();

        await grain.FailUnheard("go");
        silo.Probe.Open("go");

        await silo.Probe.WaitAsync("failed unheard");
        await grain.OpenUnheard("heard");
        await silo.Probe.WaitAsync("heard");
    }

    [Fact]
    public async Task A_failed_activation_fails_its_callers_and_the_next_call_tries_again()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IUnreadyGrain>();

        var failure = await Assert.ThrowsAsync<FormatException>(() => grain.Attempts());

        Assert.Equal("not yet", failure.Message);
        Assert.Equal(2, await grain.Attempts());
    }

    [Fact]
    public async Task A_call_cycle_times_out_and_the_grains_go_on()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var first = silo.Get<ICycleGrain>("first");

        var call = first.CallBack("second", "first");
        Assert.False(call.IsCompleted);
        await Assert.ThrowsAsync<TimeoutException>(() => silo.Time.AdvanceUntilAsync(call));

        await silo.Time.AdvanceUntilAsync(silo.Probe.WaitAsync("inner timeout"));
        var wait = first.Wait("free again", "go");
        await silo.Probe.WaitAsync("free again");
        silo.Probe.Open("go");
        await wait;
    }

    [Fact]
    public async Task A_timeout_does_not_stop_the_callee()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        var call = silo.Get<ICycleGrain>().Wait("begun", "go");
        await silo.Probe.WaitAsync("begun");
        silo.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        await Assert.ThrowsAsync<TimeoutException>(() => silo.Time.AdvanceUntilAsync(call));
        Assert.DoesNotContain("the callee went on", silo.Probe.Log);
        silo.Probe.Open("go");

        await silo.Probe.WaitAsync("went on");
        Assert.Contains("the callee went on", silo.Probe.Log);
    }

    [Fact]
    public async Task A_cancelled_token_answers_the_caller_and_reaches_the_callee()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        using var source = new CancellationTokenSource();

        var call = silo.Get<ICycleGrain>().IsCancelled(source.Token);
        await silo.Probe.WaitAsync("waiting for cancellation");
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await silo.Probe.WaitAsync("cancelled");
    }

    [Fact]
    public async Task A_call_cancelled_before_its_turn_does_not_run()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        using var source = new CancellationTokenSource();
        var grain = silo.Get<ICycleGrain>();

        var first = grain.Wait("begun", "go");
        await silo.Probe.WaitAsync("begun");
        var second = grain.IsCancelled(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        silo.Probe.Open("go");
        await first;
        await grain.Wait("after", "go");

        Assert.False(silo.Probe.IsOpen("waiting for cancellation"));
    }
}
