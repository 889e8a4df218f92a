using Orleans.Concurrency;

namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface IWorkerGrain : IGrainWithStringKey
{
    Task Work(string open, string wait);
}

[StatelessWorker(2)]
internal sealed class WorkerGrain(Probe probe) : Grain, IWorkerGrain
{
    public async Task Work(string open, string wait)
    {
        probe.Open(open);
        await probe.WaitAsync(wait);
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

        var calls = Enumerable.Range(0, 20).Select(n => silo.Get<IWorkerGrain>().Work($"begun {n}", "go")).ToArray();
        await silo.Probe.WaitAsync("begun 0");
        await silo.Probe.WaitAsync("begun 1");
        for (var other = 0; other < 100; other++)
        {
            // Real turns elsewhere: were there more workers, theirs would be begun by now.
            await silo.Get<ITurnGrain>($"{other}").Step(other);
        }

        Assert.Equal(18, Enumerable.Range(0, 20).Count(n => !silo.Probe.IsOpen($"begun {n}")));
        silo.Probe.Open("go");
        await Task.WhenAll(calls);
    }
}
