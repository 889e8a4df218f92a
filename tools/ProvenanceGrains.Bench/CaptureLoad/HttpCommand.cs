using System.CommandLine;
using System.Globalization;
using ProvenanceGrains.Bench.Measuring;

namespace ProvenanceGrains.Bench.CaptureLoad;

/// <summary>Measures capture and queries over HTTP with the peer's load.</summary>
internal static class HttpCommand
{
    public static Command Create(CommonOptions common)
    {
        var load = LoadGenerator.ProjectOption();
        var rounds = new Option<int>("--rounds") { Description = "Rounds; medians are printed.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--seconds") { Description = "The longest time of one run.", DefaultValueFactory = _ => 8 };
        var perDocument = new Option<int?>("--per-doc") { Description = "Only documents of 1, 10 or 100 events, and no queries." };
        var clients = new Option<int?>("--clients") { Description = "Only 1, 8 or 32 clients, and no queries." };
        var command = new Command("http", "Capture and queries over HTTP, with the peer's load and against its figures.")
        {
            load,
            rounds,
            seconds,
            perDocument,
            clients,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var generator = await LoadGenerator.BuildAsync(parsed.GetRequiredValue(load), cancellation);
            var only = (parsed.GetValue(perDocument), parsed.GetValue(clients));
            await RunAsync(
                common.Folder(parsed), generator, only, parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                common.Report(parsed), cancellation);
            return 0;
        });
        return command;
    }

    public static async Task RunAsync(
        string folder,
        LoadGenerator generator,
        (int? PerDocument, int? Clients) only,
        int rounds,
        TimeSpan limit,
        Report report,
        CancellationToken cancellation)
    {
        await CaptureTable.MeasureAsync(folder, generator, only, rounds, limit, report, cancellation);
        if (only == default)
        {
            await QueryTable.MeasureAsync(folder, generator, rounds, report, cancellation);
        }
    }

    /// <summary>Whether an aim is met, in words.</summary>
    public static string Judge(double ratio, double aim) => double.IsNaN(ratio) ? "-"
        : ratio >= aim ? "met"
        : string.Create(CultureInfo.InvariantCulture, $"{ratio / aim:0.00} of it");
}
