using Orleans.Concurrency;

namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface IGateGrain : IGrainWithStringKey
{
    Task OpenAndWait(string open, string wait);

    [AlwaysInterleave]
    Task OpenAlways(string open);

    [ReadOnly]
    Task ReadAndWait(string open, string wait);

    [ReadOnly]
    Task Read(string open);

    Task Write(string note);
}

internal interface IReentrantGrain : IGrainWithStringKey
{
    Task Turns(int count);

    Task OpenAndWait(string open, string wait);
}

internal sealed class GateGrain(Probe probe) : Grain, IGateGrain
{
    public async Task OpenAndWait(string open, string wait)
    {
        probe.Note($"begin {open}");
        probe.Open(open);
        await probe.WaitAsync(wait);
        probe.Note($"end {open}");
    }

    public Task OpenAlways(string open)
    {
        probe.Open(open);
        return Task.CompletedTask;
    }

    public Task ReadAndWait(string open, string wait) => OpenAndWait(open, wait);

    public Task Read(string open) => OpenAlways(open);

    public Task Write(string note)
    {
        probe.Note(note);
        return Task.CompletedTask;
    }
}

[Reentrant]
internal sealed class ReentrantGrain(Probe probe) : Grain, IReentrantGrain
{
    public async Task Turns(int count)
    {
        for (var turn = 0; turn < count; turn++)
        {
            probe.Enter();
            Thread.SpinWait(2_000);
            probe.Leave();
            await Task.Yield();
        }
    }

    public async Task OpenAndWait(string open, string wait)
    {
        probe.Open(open);
        await probe.WaitAsync(wait);
    }
}

public sealed class InterleavingTests
{
    [Fact]
    public async Task An_unmarked_call_waits_for_the_one_before_it()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IGateGrain>();

        var first = grain.OpenAndWait("first", "go");
        var second = grain.Write("second");
        await silo.Probe.WaitAsync("first");
        Assert.False(second.IsCompleted);
        silo.Probe.Open("go");
        await Task.WhenAll(first, second);

        Assert.Equal(["begin first", "end first", "second"], silo.Probe.Log);
    }

    [Fact]
    public async Task Calls_to_a_reentrant_grain_interleave()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IReentrantGrain>();

        await Task.WhenAll(grain.OpenAndWait("one", "two"), grain.OpenAndWait("two", "one"));
    }

    [Fact]
    public async Task The_turns_of_interleaving_calls_never_overlap()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2_000),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (_, _) => await silo.Get<IReentrantGrain>().Turns(5)).WaitAsync(Probe.Patience);

        Assert.Equal(1, silo.Probe.MostAtOnce);
    }

    [Fact]
    public async Task A_call_marked_always_interleave_does_not_wait()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IGateGrain>();

        await Task.WhenAll(grain.OpenAndWait("first", "go"), grain.OpenAlways("go"));
    }

    [Fact]
    public async Task Read_only_calls_interleave_with_each_other()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IGateGrain>();

        await Task.WhenAll(grain.ReadAndWait("one", "two"), grain.Read("two"));
    }

    [Fact]
    public async Task A_read_only_call_waits_for_a_writer_and_a_writer_for_a_read_only_call()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IGateGrain>();

        var writer = grain.OpenAndWait("writing", "go");
        var read = grain.Read("read");
        await silo.Probe.WaitAsync("writing");
        Assert.False(silo.Probe.IsOpen("read"));
        silo.Probe.Open("go");
        await Task.WhenAll(writer, read);

        var reading = grain.ReadAndWait("reading", "go on");
        var write = grain.Write("written");
        await silo.Probe.WaitAsync("reading");
        Assert.DoesNotContain("written", silo.Probe.Log);
        silo.Probe.Open("go on");
        await Task.WhenAll(reading, write);
        Assert.Equal("written", silo.Probe.Log[^1]);
    }
}
