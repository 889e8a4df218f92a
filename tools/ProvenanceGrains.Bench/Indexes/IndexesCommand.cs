using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ProvenanceGrains.Bench.LedgerPath;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Vrf;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.Indexes;

/// <summary>Measures what a hidden index costs: the function itself, and the ledger path under either rule.</summary>
internal static class IndexesCommand
{
    private const int Writers = 64;

    public static Command Create(CommonOptions common)
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; medians are printed.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "Time of one run.", DefaultValueFactory = _ => 3 };
        var command = new Command("indexes", "The index as a hash and as a verifiable random function: the function itself, and the ledger path.")
        {
            rounds,
            seconds,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await RunAsync(
                common.Folder(parsed), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), common.Report(parsed), cancellation);
            return 0;
        });
        return command;
    }

    public static async Task RunAsync(string folder, int rounds, TimeSpan duration, Report report, CancellationToken cancellation)
    {
        var machine = Machine.Describe(folder);
        var functions = Functions();
        List<LedgerRun> hashed = [], hidden = [];
        for (var round = 0; round <= rounds; round++)
        {
            var one = await LedgerRun.MeasureAsync(folder, Writers, duration, cancellation);
            var other = await LedgerRun.MeasureAsync(folder, Writers, duration, cancellation, new VrfEntityIndex(Key()));
            if (round > 0)
            {
                hashed.Add(one);
                hidden.Add(other);
            }
        }

        var path = new TextTable("index", "entries/s", "CPU us/entry", "ack p50 ms", "ack p99 ms");
        Add(path, "hash", hashed);
        Add(path, "vrf", hidden);
        var ratio = new Samples(hidden.Zip(hashed, (vrf, hash) => vrf.Rate / hash.Rate));
        await report.PutAsync(
            "indexes",
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                `bench indexes --rounds {rounds} --seconds {duration.TotalSeconds}`: an item of a known product is derived from the product's output; a product that was not seen for long is evaluated.

                {functions}
                The ledger path with {Writers} writers under either rule, interleaved, medians of {rounds} rounds; items of one product. Entries/s with the hidden index are {Times(ratio.Median)} ({Number(ratio.Min)} to {Number(ratio.Max)})
                of those with the open one.

                {path}
                {machine}.
                """),
            cancellation);
    }

    private static void Add(TextTable table, string name, List<LedgerRun> runs) => table.Add(
        name, Median(runs, run => run.Rate), Median(runs, run => run.CpuMicroseconds), Median(runs, run => run.AckMs.Median),
        Median(runs, run => run.AckMs.Percentile(0.99)));

    private static string Median(List<LedgerRun> runs, Func<LedgerRun, double> value) => Number(new Samples(runs.Select(value)).Median);

    private static TextTable Functions()
    {
        var indexes = new VrfEntityIndex(Key());
        var item = EntityId.Create("lot", "01/09521234000037/21/1");
        var index = indexes.Compute(item);
        var proof = indexes.Prove(item);
        var table = new TextTable("", "us");
        table.Add("hash", Time(20_000, i => HashedEntityIndex.Instance.Compute(Item(i))));
        table.Add("item of a known product", Time(20_000, i => indexes.Compute(Item(i))));
        table.Add("product evaluated", Time(300, i => indexes.Compute(Product(i))));
        table.Add("proof made", Time(300, i => indexes.Prove(Product(i + 1_000))));
        table.Add("proof verified", Time(300, _ => IndexVerifier.TryVerify(indexes.Rule, item, index, proof, out var _)));
        return table;
    }

    private static EntityId Item(int number) =>
        EntityId.Create("lot", string.Create(CultureInfo.InvariantCulture, $"01/09521234000037/21/{number}"));

    private static EntityId Product(int number) =>
        EntityId.Create("lot", string.Create(CultureInfo.InvariantCulture, $"01/{number:00000000000000}"));

    private static string Time(int times, Action<int> work)
    {
        work(0);
        var clock = Stopwatch.StartNew();
        for (var i = 1; i <= times; i++)
        {
            work(i);
        }

        return Number(clock.Elapsed.TotalMicroseconds / times);
    }

    private static VrfPrivateKey Key() => VrfPrivateKey.TryCreate([.. Enumerable.Repeat((byte)7, VrfPrivateKey.Size)], out var key, out var error)
        ? key
        : throw new BenchException(error);
}
