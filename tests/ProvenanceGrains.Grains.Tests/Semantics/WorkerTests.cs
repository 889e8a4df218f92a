using Orleans.Concurrency;

namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface IWorkerGrain : IGrainWithStringKey
{
    Task Work(string open, string wait);

    Task Note(string text);
}

[StatelessWorker(2)]
internal sealed class WorkerGrain(Probe probe) : Grain, IWorkerGrain
{
    public async Task Work(string open, string wait)
    {
        probe.Enter();
        probe.Open(open);
        await probe.WaitAsync(wait);
        probe.Leave();
    }

    public async Task Note(string text)
    {
        probe.Enter();
        await Task.Yield();
        probe.Note(text);
        probe.Leave();
    }
}

public sealed class WorkerTests
{
    [Fact]
    public async Task A_stateless_worker_runs_several_calls_at_once()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IWorkerGrain>();

        await Task.WhenAll(grain.Work("one", "two"), grain.Work("two", "one"));
    }

    [Fact]
    public async Task A_stateless_worker_has_no_more_activations_than_it_says()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(n => silo.Get<IWorkerGrain>().Note($"{n}")));

        Assert.InRange(silo.Probe.MostAtOnce, 1, 2);
        Assert.Equal(100, silo.Probe.Log.Count);
    }
}
