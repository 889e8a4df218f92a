using System.CommandLine;
using System.Globalization;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.CaptureLoad;

/// <summary>The load generator that the peer was measured with, as a child process.</summary>
internal sealed class LoadGenerator(BuiltTool tool)
{
    /// <summary>Says where it is; beside the checkout by default.</summary>
    public static Option<string> ProjectOption() => new("--load")
    {
        Description = "Folder of the load generator's project.",
        HelpName = "PROJECT",
        DefaultValueFactory = _ => Path.Combine(Repository.Root, "..", "shared", "peer"),
    };

    public static async Task<LoadGenerator> BuildAsync(string project, CancellationToken cancellation) =>
        new(await BuiltTool.BuildAsync(Path.GetFullPath(project), "epload", cancellation));

    /// <summary>Sends documents until all are sent or the time is up.</summary>
    /// <returns>Its figures, and the processor time that it took itself.</returns>
    public async Task<(LoadOutput Output, TimeSpan ClientCpu)> CaptureAsync(
        SiloProcess silo, LoadPlan load, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "capture", "--url", silo.Address.ToString(), "--bearer", SiloProcess.ApiKey,
            "--per-doc", Text(load.PerDocument), "--clients", Text(load.Clients),
            "--first-event", Text(load.FirstEvent), "--events", Text(load.Events),
        ];
        var limit = load.Limit is { } time
            ? (string[])["--max-seconds", time.TotalSeconds.ToString(CultureInfo.InvariantCulture)]
            : [];
        return await RunAsync("capture", [.. arguments, .. limit], cancellation);
    }

    /// <summary>Asks for events by EPC; every answer must hold five.</summary>
    public Task<(LoadOutput Output, TimeSpan ClientCpu)> QueryAsync(
        SiloProcess silo, int maxEvent, int count, int clients, CancellationToken cancellation) => RunAsync(
            "query",
            [
                "query", "--url", silo.Address.ToString(), "--bearer", SiloProcess.ApiKey,
                "--max-event", Text(maxEvent), "--count", Text(count), "--clients", Text(clients),
            ],
            cancellation);

    /// <summary>The documents that <see cref="CaptureAsync"/> would send.</summary>
    public async Task<List<byte[]>> GenerateAsync(int perDocument, int events, CancellationToken cancellation)
    {
        using var folder = new WorkFolder(WorkFolder.DefaultParent);
        var (code, output) = await tool.RunAsync(
            ["gen", "--out", folder.Path, "--per-doc", Text(perDocument), "--events", Text(events)], cancellation);
        if (code != 0)
        {
            throw new BenchException($"The load generator fails: {output}");
        }

        var documents = new List<byte[]>();
        foreach (var file in Directory.GetFiles(folder.Path, "*.json").Order(StringComparer.Ordinal))
        {
            documents.Add(await File.ReadAllBytesAsync(file, cancellation));
        }

        return documents;
    }

    private async Task<(LoadOutput Output, TimeSpan ClientCpu)> RunAsync(
        string command, string[] arguments, CancellationToken cancellation)
    {
        var before = ProcessUsage.EndedChildren();
        var (code, output) = await tool.RunAsync(arguments, cancellation);
        return (new LoadOutput(command, code, output), ProcessUsage.EndedChildren() - before);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What to send.</summary>
/// <param name="PerDocument">Events of one document.</param>
/// <param name="Clients">Connections, each with one request at a time.</param>
/// <param name="FirstEvent">Number of the first event; the same number is the same event.</param>
/// <param name="Events">How many.</param>
/// <param name="Limit">When to stop before all are sent.</param>
internal sealed record LoadPlan(int PerDocument, int Clients, int FirstEvent, int Events, TimeSpan? Limit = null);
