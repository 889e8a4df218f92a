namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface ITurnGrain : IGrainWithStringKey
{
    Task Step(int number);

    Task<bool> StaysAfterAwait();

    Task<bool> StaysAfterConfigureAwaitFalse();

    Task<int> Made();

    Task<bool> SeesNoContextOfItsCaller();
}

internal sealed class TurnGrain : Grain, ITurnGrain
{
    private readonly Probe _probe;

    public TurnGrain(Probe probe)
    {
        _probe = probe;
        probe.Stored.AddOrUpdate("made", 1, (_, n) => n + 1);
    }

    public async Task Step(int number)
    {
        _probe.Enter();
        await Task.Yield();
        await Task.Yield();
        _probe.Note($"{number}");
        _probe.Leave();
    }

    public async Task<bool> StaysAfterAwait()
    {
        var scheduler = TaskScheduler.Current;
        await Task.Yield();
        var after = TaskScheduler.Current;
        await Task.Factory.StartNew(() => { }, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
        return scheduler == after && scheduler == TaskScheduler.Current && scheduler != TaskScheduler.Default;
    }

    public async Task<bool> StaysAfterConfigureAwaitFalse()
    {
        var scheduler = TaskScheduler.Current;
        var elsewhere = Task.Factory.StartNew(
            () => _probe.WaitAsync("go"), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default).Unwrap();
        _probe.Open("waiting");
#pragma warning disable RS0030 // The trap itself is under test.
        await elsewhere.ConfigureAwait(false);
#pragma warning restore RS0030
        return scheduler == TaskScheduler.Current;
    }

    public Task<int> Made() => Task.FromResult(_probe.Stored["made"]);

    public Task<bool> SeesNoContextOfItsCaller() => Task.FromResult(SynchronizationContext.Current is null);
}

public sealed class TurnTests
{
    [Fact]
    public async Task Calls_to_one_grain_never_overlap_and_run_in_order_of_arrival()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<ITurnGrain>();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(grain.Step).ToArray());

        Assert.Equal(1, silo.Probe.MostAtOnce);
        Assert.Equal(Enumerable.Range(0, 200).Select(n => $"{n}"), silo.Probe.Log);
    }

    [Fact]
    public async Task Calls_from_many_threads_never_overlap()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2_000),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, _) => await silo.Get<ITurnGrain>().Step(number));

        Assert.Equal(1, silo.Probe.MostAtOnce);
        Assert.Equal(2_000, silo.Probe.Log.Distinct().Count());
    }

    [Fact]
    public async Task Concurrent_first_calls_make_one_activation()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        using var start = new Barrier(8);

        var calls = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return silo.Get<ITurnGrain>().Made();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap());

        Assert.All(await Task.WhenAll(calls), made => Assert.Equal(1, made));
    }

    [Fact]
    public async Task Different_grains_run_at_the_same_time()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        var first = silo.Get<IGateGrain>("a").OpenAndWait("one", "two");
        var second = silo.Get<IGateGrain>("b").OpenAndWait("two", "one");

        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task An_await_inside_a_grain_resumes_in_the_grain()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        Assert.True(await silo.Get<ITurnGrain>().StaysAfterAwait());
    }

    [Fact]
    public async Task ConfigureAwait_false_leaves_the_grain()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        var stays = silo.Get<ITurnGrain>().StaysAfterConfigureAwaitFalse();
        await silo.Probe.WaitAsync("waiting");
        silo.Probe.Open("go");

        Assert.False(await stays);
    }

    [Fact]
    public async Task A_grain_does_not_see_its_callers_synchronization_context()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var own = new SynchronizationContext();
        SynchronizationContext.SetSynchronizationContext(own);

        var call = silo.Get<ITurnGrain>().SeesNoContextOfItsCaller();

        Assert.Same(own, SynchronizationContext.Current);
        Assert.True(await call);
    }
}
