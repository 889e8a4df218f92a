using System.Globalization;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.CaptureLoad;

/// <summary><c>GET /events?MATCH_epc=...</c> over 10,000 and 100,000 events, with 1 and 8 clients.</summary>
internal static class QueryTable
{
    private const int WarmUpQueries = 3_000;
    private const int Queries = 4_000;

    private static readonly int[] Sizes = [10_000, 100_000];
    private static readonly int[] Clients = [1, 8];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task MeasureAsync(
        string folder, LoadGenerator generator, int rounds, Report report, CancellationToken cancellation)
    {
        var machine = Machine.Describe(folder);
        using var work = new WorkFolder(folder);
        await using var silo = SiloProcess.Start(work.In("data"), SiloProcess.FreePort(), work.In("silo.log"));
        if (!await silo.WaitReadyAsync(Patience, cancellation))
        {
            throw new BenchException($"The silo ended: {await File.ReadAllTextAsync(work.In("silo.log"), cancellation)}");
        }

        var table = new TextTable(
            "events stored", "clients", "queries/s", "p50 ms", "p99 ms", "silo CPU ms/query", "peer queries/s", "peer p50 ms", "ratio of rates",
            "ratio of p50", $"aim {Number(PeerFigures.QueryAim)}");
        var stored = 0;
        foreach (var size in Sizes)
        {
            await generator.CaptureAsync(silo, new LoadPlan(100, 8, stored, size - stored), cancellation);
            await silo.WaitQuietAsync(Patience, cancellation);
            stored = size;
            await generator.QueryAsync(silo, size, WarmUpQueries, 8, cancellation);
            foreach (var clients in Clients)
            {
                table.Add(await RowAsync(silo, generator, size, clients, rounds, cancellation));
            }
        }

        await report.PutAsync(
            "query",
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                `bench http`, second part: `GET /events?MATCH_epc=...&perPage=30`, {Queries:#,##0} queries a run, each answer checked to hold the EPC's five events. Medians of
                {rounds} rounds. One silo, first with 10,000 events, then with 100,000.

                {table}
                {machine}.
                """),
            cancellation);
    }

    private static async Task<string[]> RowAsync(
        SiloProcess silo, LoadGenerator generator, int size, int clients, int rounds, CancellationToken cancellation)
    {
        var outputs = new List<LoadOutput>();
        var cpu = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            var before = silo.CpuTime();
            var (output, _) = await generator.QueryAsync(silo, size, Queries, clients, cancellation);
            cpu.Add((silo.CpuTime() - before).TotalMilliseconds / Queries);
            outputs.Add(output);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round}, {size} events, {clients} clients: {output["qps"]:0} queries/s, p50 {output["p50"]:0.00} ms"));
        }

        var peer = PeerFigures.Query(size, clients);
        var rate = Median("qps");
        var p50 = Median("p50");
        var rateRatio = rate / (peer?.QueriesPerSecond ?? double.NaN);
        var timeRatio = (peer?.P50Ms ?? double.NaN) / p50;
        return
        [
            size.ToString("#,##0", CultureInfo.InvariantCulture), clients.ToString(CultureInfo.InvariantCulture), Number(rate), Number(p50),
            Number(Median("p99")), Number(new Samples(cpu).Median), Number(peer?.QueriesPerSecond ?? double.NaN),
            Number(peer?.P50Ms ?? double.NaN), Times(rateRatio), Times(timeRatio),
            HttpCommand.Judge(double.IsNaN(timeRatio) ? rateRatio : timeRatio, PeerFigures.QueryAim),
        ];

        double Median(string name) => new Samples(outputs.Select(output => output[name])).Median;
    }
}
