using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.Endurance;

/// <summary>Watches a silo's memory under a load that does not end.</summary>
internal static class MemoryCommand
{
    /// <summary>Growth over the second half of the time, as a share of the size, that still counts as flat.</summary>
    private const double FlatShare = 0.1;

    /// <summary>The load of the documentation.</summary>
    public static readonly SteadyLoad DefaultLoad = new(Clients: 8, PerDocument: 10, EventsPerSecond: 2_000);

    private static readonly long[] Marks = [100_000, 1_000_000, 5_000_000, 10_000_000];

    public static Command Create(CommonOptions common)
    {
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 10 };
        var rate = new Option<int>("--rate")
        {
            Description = "Events a second; 0 for as many as go.",
            DefaultValueFactory = _ => DefaultLoad.EventsPerSecond,
        };
        var clients = new Option<int>("--clients") { Description = "Connections.", DefaultValueFactory = _ => DefaultLoad.Clients };
        var perDocument = new Option<int>("--per-doc") { Description = "Events of one document.", DefaultValueFactory = _ => DefaultLoad.PerDocument };
        var command = new Command("memory", "The working set of a silo under a load that goes on.")
        {
            minutes,
            rate,
            clients,
            perDocument,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var load = new SteadyLoad(parsed.GetValue(clients), parsed.GetValue(perDocument), parsed.GetValue(rate));
            var length = TimeSpan.FromMinutes(parsed.GetValue(minutes));
            await RunAsync(common.Folder(parsed), load, length, common.Report(parsed), cancellation);
            return 0;
        });
        return command;
    }

    public static async Task RunAsync(
        string folder, SteadyLoad load, TimeSpan length, Report report, CancellationToken cancellation)
    {
        var machine = Machine.Describe(folder);
        using var work = new WorkFolder(folder);
        await using var silo = SiloProcess.Start(work.In("data"), SiloProcess.FreePort(), work.In("silo.log"));
        if (!await silo.WaitReadyAsync(TimeSpan.FromMinutes(2), cancellation))
        {
            throw new BenchException($"The silo ended: {await File.ReadAllTextAsync(work.In("silo.log"), cancellation)}");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = load.RunAsync(silo, stop.Token);
        var samples = await WatchAsync(silo, running, length, cancellation);
        await stop.CancelAsync();
        await running;
        var disk = WorkFolder.SizeOf(work.In("data"));
        await report.PutAsync("memory", Describe(machine, load, length, samples, disk), cancellation);
    }

    private static async Task<List<MemorySample>> WatchAsync(
        SiloProcess silo, Task running, TimeSpan length, CancellationToken cancellation)
    {
        var samples = new List<MemorySample>();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            if (running.IsFaulted)
            {
                await running;
            }

            var sample = await MemorySample.TakeAsync(silo, Stopwatch.GetElapsedTime(started), cancellation);
            samples.Add(sample);
            if (samples.Count % 30 == 0)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{sample.Elapsed.TotalSeconds,5:0} s: {sample.Entries,10:#,##0} entries, working set {Mebibytes(sample.Resident)} MiB, heap {Mebibytes(sample.GcHeap)} MiB"));
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
        }

        return samples;
    }

    private static string Describe(
        string machine, SteadyLoad load, TimeSpan length, List<MemorySample> samples, long disk)
    {
        var table = new TextTable("when", "entries", "events", "working set MiB", "of it anonymous MiB", "GC heap MiB");
        foreach (var mark in Marks)
        {
            if (samples.Find(sample => sample.Entries >= mark) is { } sample)
            {
                AddRow($"{mark.ToString("#,##0", CultureInfo.InvariantCulture)} entries", sample);
            }
        }

        AddRow("half time", samples[samples.Count / 2]);
        AddRow("end", samples[^1]);
        var second = samples[(samples.Count / 2)..];
        var last = samples[^1];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            `bench memory --minutes {length.TotalMinutes} --rate {load.EventsPerSecond} --clients {load.Clients} --per-doc {load.PerDocument}`: {last.Events:#,##0} events, {last.Events / last.Elapsed.TotalSeconds:#,##0} a second,
            {disk / (1 << 20):#,##0} MiB on disk in the end. A sample a second; the trend is the least-squares line over the second half.

            {table}
            Trend of the working set: {Trend(second, sample => sample.Resident)}. Of its anonymous part: {Trend(second, sample => sample.Anonymous)}.
            Of the GC heap: {Trend(second, sample => sample.GcHeap)}. Flat is a growth under {FlatShare:0%} of the mean over the second half.

            {machine}.
            """);

        void AddRow(string name, MemorySample sample) => table.Add(
            name, sample.Entries.ToString("#,##0", CultureInfo.InvariantCulture), sample.Events.ToString("#,##0", CultureInfo.InvariantCulture),
            Mebibytes(sample.Resident), Mebibytes(sample.Anonymous), Mebibytes(sample.GcHeap));
    }

    private static string Trend(List<MemorySample> samples, Func<MemorySample, long> size)
    {
        var slope = MemorySample.Slope(samples, size);
        var time = samples[^1].Elapsed - samples[0].Elapsed;
        var growth = slope * time.TotalSeconds / samples.Average(sample => (double)size(sample));
        var entries = Math.Max(1, samples[^1].Entries - samples[0].Entries);
        var verdict = growth <= FlatShare ? "flat" : "GROWS";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{slope * 60 / (1 << 20):+0.00;-0.00} MiB a minute, {slope * time.TotalSeconds / entries:+0.0;-0.0} bytes an entry ({growth:+0.0%;-0.0%}, {verdict})");
    }

    private static string Mebibytes(long bytes) => Number(bytes / (double)(1 << 20));
}
