using System.Diagnostics;
using ProvenanceGrains.Bench.Documents;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.Endurance;

/// <summary>A load that goes on for as long as it is told: items that each appear in five events, new ones all the time.</summary>
/// <param name="Clients">Connections, each with one request at a time.</param>
/// <param name="PerDocument">Events of one document.</param>
/// <param name="EventsPerSecond">0 for as many as go.</param>
internal sealed record SteadyLoad(int Clients, int PerDocument, int EventsPerSecond)
{
    private const int ItemsPerLot = 5;

    /// <summary>Runs until it is cancelled.</summary>
    /// <exception cref="BenchException">A document was refused.</exception>
    public async Task RunAsync(SiloProcess silo, CancellationToken stop)
    {
        var next = -1L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = new CaptureClient(silo.Address);
            while (!stop.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref next);
                await WaitForTurnAsync(started, number, stop);
                var answer = await client.SendAsync(Document(number), wait: false);
                if (answer is { Status: 503 })
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
                }
                else if (answer is not { Status: 202 })
                {
                    throw new BenchException($"A document was not taken: {answer?.Status} {answer?.Text}");
                }
            }
        }));
    }

    private async Task WaitForTurnAsync(long started, long number, CancellationToken stop)
    {
        if (EventsPerSecond == 0)
        {
            return;
        }

        var due = TimeSpan.FromSeconds(number * (double)PerDocument / EventsPerSecond) - Stopwatch.GetElapsedTime(started);
        if (due > TimeSpan.Zero)
        {
            await Task.Delay(due, TimeProvider.System, stop).ContinueWith(
                _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private SentDocument Document(long number)
    {
        var events = new List<SentEvent>(PerDocument);
        for (var i = number * PerDocument; i < (number + 1) * PerDocument; i++)
        {
            var lot = i / ItemsPerLot;
            var items = Enumerable.Range(0, ItemsPerLot).Select(item => EventText.Item((lot * ItemsPerLot) + item, link: false));
            var step = (int)(i % 10_000_000);
            events.Add(i % ItemsPerLot == 1
                ? EventText.Packing(EventText.Id(1, i), EventText.Pallet(lot), items, step, "endurance")
                : EventText.Observation(EventText.Id(1, i), items, step, "endurance"));
        }

        return new SentDocument("capture", EventText.Document(events), events, Expectation.Taken);
    }
}
