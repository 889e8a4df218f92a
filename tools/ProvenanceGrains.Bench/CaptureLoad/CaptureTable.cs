using System.Globalization;
using ProvenanceGrains.Bench.Measuring;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.CaptureLoad;

/// <summary>Capture: 1, 10 and 100 events a document, 1, 8 and 32 clients.</summary>
internal static class CaptureTable
{
    /// <summary>Events of a document, and how many events are ready to be sent; the time limit usually comes first.</summary>
    private static readonly (int PerDocument, int Events)[] Documents = [(1, 60_000), (10, 150_000), (100, 250_000)];

    private static readonly int[] Clients = [1, 8, 32];

    /// <param name="folder">On the disk to measure.</param>
    /// <param name="generator">The load.</param>
    /// <param name="only">Documents of this many events and this many clients only; null for all.</param>
    /// <param name="rounds">Medians of so many are printed.</param>
    /// <param name="limit">The longest time of one run.</param>
    /// <param name="report">Gets the tables.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task MeasureAsync(
        string folder,
        LoadGenerator generator,
        (int? PerDocument, int? Clients) only,
        int rounds,
        TimeSpan limit,
        Report report,
        CancellationToken cancellation)
    {
        var machine = Machine.Describe(folder);
        var runs = new Dictionary<(int PerDocument, int Clients), List<CaptureRun>>();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var (perDocument, events) in Documents.Where(row => only.PerDocument is null || row.PerDocument == only.PerDocument))
            {
                foreach (var clients in Clients.Where(count => only.Clients is null || count == only.Clients))
                {
                    var run = await CaptureRun.MeasureAsync(
                        folder, generator, new LoadPlan(perDocument, clients, 0, events, limit), cancellation);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"round {round}, {perDocument,3} a document, {clients,2} clients: {run.EventsPerSecond,6:0} events/s, p50 {run.P50Ms:0.0} ms, silo {run.CpuMs:0.000} ms CPU an event"));
                    if (!runs.TryGetValue((perDocument, clients), out var list))
                    {
                        runs[(perDocument, clients)] = list = [];
                    }

                    list.Add(run);
                }
            }
        }

        await report.PutAsync("capture", Describe(machine, rounds, limit, runs), cancellation);
    }

    private static string Describe(
        string machine, int rounds, TimeSpan limit, Dictionary<(int PerDocument, int Clients), List<CaptureRun>> runs)
    {
        var rates = new TextTable(
            "events/document", "clients", "events/s", "range", "p50 ms", "p99 ms", "peer events/s", "ratio",
            $"aim {Number(PeerFigures.CaptureAim)}");
        var costs = new TextTable(
            "events/document", "clients", "silo CPU ms/event", "peer CPU ms/event", "ratio", "client CPU ms/event", "disk bytes/event", "fsyncs/event");
        foreach (var ((perDocument, clients), list) in runs)
        {
            var peer = PeerFigures.Capture(perDocument, clients);
            var rate = Median(run => run.EventsPerSecond);
            var ratio = rate / (peer?.EventsPerSecond ?? double.NaN);
            var cpu = Median(run => run.CpuMs);
            var all = new Samples(list.Select(run => run.EventsPerSecond));
            rates.Add(
                Text(perDocument), Text(clients), Number(rate), $"{Number(all.Min)} to {Number(all.Max)}", Number(Median(run => run.P50Ms)),
                Number(Median(run => run.P99Ms)), Number(peer?.EventsPerSecond ?? double.NaN), Times(ratio),
                HttpCommand.Judge(ratio, PeerFigures.CaptureAim));
            costs.Add(
                Text(perDocument), Text(clients), Number(cpu), Number(peer?.CpuMs ?? double.NaN),
                Times((peer?.CpuMs ?? double.NaN) / cpu), Number(Median(run => run.ClientCpuMs)),
                Number(Median(run => run.DiskBytes)), Number(Median(run => run.Syncs)));

            double Median(Func<CaptureRun, double> value) => new Samples(list.Select(value)).Median;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            `bench http --rounds {rounds} --seconds {limit.TotalSeconds}`: `POST /capture` with the peer's load; every answer is a 202 that follows the fsync. Each run has a
            fresh data folder and a silo that has been warmed up. Medians of {rounds} rounds. Client and silo share the machine.

            {rates}
            The silo's CPU time includes sealing and indexing to the end; the client's includes its own start.

            {costs}
            {machine}.
            """);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
