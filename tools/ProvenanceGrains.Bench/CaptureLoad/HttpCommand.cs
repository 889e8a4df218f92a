using System.CommandLine;
using System.Globalization;

namespace ProvenanceGrains.Bench.CaptureLoad;

/// <summary>Measures capture and queries over HTTP with the peer's load.</summary>
internal static class HttpCommand
{
    public static Command Create(CommonOptions common)
    {
        var load = new Option<string>("--load")
        {
            Description = "Folder of the load generator's project.",
            HelpName = "PROJECT",
            DefaultValueFactory = _ => LoadGenerator.DefaultProject,
        };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; medians are printed.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--seconds") { Description = "The longest time of one run.", DefaultValueFactory = _ => 8 };
        var command = new Command("http", "Capture and queries over HTTP, with the peer's load and against its figures.")
        {
            load,
            rounds,
            seconds,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var generator = await LoadGenerator.BuildAsync(parsed.GetRequiredValue(load), cancellation);
            var report = common.Report(parsed);
            var folder = common.Folder(parsed);
            var limit = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            await CaptureTable.MeasureAsync(folder, generator, parsed.GetValue(rounds), limit, report, cancellation);
            await QueryTable.MeasureAsync(folder, generator, parsed.GetValue(rounds), report, cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Whether an aim is met, in words.</summary>
    public static string Judge(double ratio, double aim) => double.IsNaN(ratio) ? "-"
        : ratio >= aim ? "met"
        : string.Create(CultureInfo.InvariantCulture, $"{ratio / aim:0.00} of it");
}
