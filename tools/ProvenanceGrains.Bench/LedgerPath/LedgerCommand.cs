using System.CommandLine;
using System.Globalization;
using ProvenanceGrains.Bench.Measuring;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.LedgerPath;

/// <summary>Measures the ledger path alone: append, durable, sealed.</summary>
internal static class LedgerCommand
{
    private static readonly int[] Writers = [1, 64, 1024];

    public static Command Create(CommonOptions common)
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; medians are printed.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "Time of one run.", DefaultValueFactory = _ => 3 };
        var command = new Command(
            "ledger", "The ledger path in this process (append durable, sealed), against a loop that only writes and fsyncs the same bytes.")
        {
            rounds,
            seconds,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await RunAsync(
                common.Folder(parsed), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                common.Report(parsed), cancellation);
            return 0;
        });
        return command;
    }

    public static async Task RunAsync(
        string folder, int rounds, TimeSpan duration, Report report, CancellationToken cancellation)
    {
        var machine = Machine.Describe(folder);
        var runs = Writers.ToDictionary(writers => writers, _ => new List<LedgerRun>());

        // Interleaved, so that a busy minute of the machine is not one row's alone; and after one round that only warms up.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var writers in Writers)
            {
                var run = await LedgerRun.MeasureAsync(folder, writers, duration, cancellation);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round}, {writers,5} writers: {run.Rate,8:0} entries/s, bare loop {run.BareRate,8:0}, ack p50 {run.AckMs.Median:0.00} ms"));
                if (round > 0)
                {
                    runs[writers].Add(run);
                }
            }
        }

        await report.PutAsync("ledger", Describe(machine, rounds, duration, runs), cancellation);
    }

    private static string Describe(string machine, int rounds, TimeSpan duration, Dictionary<int, List<LedgerRun>> runs)
    {
        var rates = new TextTable(
            "writers", "entries/s", "bare loop", "ratio", "ratio, range", "ack p50 ms", "ack p99 ms", "bare fsync p50 ms", "bare fsync p99 ms");
        var costs = new TextTable(
            "writers", "sealed p50 ms", "sealed p99 ms", "entries/fsync", "bytes/entry", "CPU us/entry");
        foreach (var (writers, list) in runs)
        {
            var ratios = new Samples(list.Select(run => run.Rate / run.BareRate));
            var name = writers.ToString("#,##0", CultureInfo.InvariantCulture);
            rates.Add(
                name, Median(run => run.Rate), Median(run => run.BareRate), Number(ratios.Median),
                $"{Number(ratios.Min)} to {Number(ratios.Max)}", Median(run => run.AckMs.Median),
                Median(run => run.AckMs.Percentile(0.99)), Median(run => run.BareMs.Median), Median(run => run.BareMs.Percentile(0.99)));
            costs.Add(
                name, Median(run => run.SealedMs.Median), Median(run => run.SealedMs.Percentile(0.99)),
                Median(run => run.EntriesPerSync), Median(run => run.BytesPerEntry), Median(run => run.CpuMicroseconds));

            string Median(Func<LedgerRun, double> value) => Number(new Samples(list.Select(value)).Median);
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            `bench ledger --rounds {rounds} --seconds {duration.TotalSeconds}`: units of one entry with a {SmallEntries.PayloadBytes}-byte payload; each writer waits for its
            durable answer before it goes on. The bare loop writes the same bytes in the same batches and fsyncs each. Medians of {rounds} interleaved rounds.

            {rates}
            Sealed: from the call to the published checkpoint that covers the entry. CPU: this whole process, index and sealing included.

            {costs}
            {machine}.
            """);
    }
}
