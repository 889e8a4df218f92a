using System.CommandLine;
using System.Globalization;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Epcis.Samples;

namespace ProvenanceGrains.Cli.Load;

/// <summary>Feeds a server with a generated supply chain.</summary>
internal static class LoadCommand
{
    private const int MaxClients = 256;

    public static Command Create(Terminal terminal)
    {
        var url = new Option<string>("--url") { Description = "The server.", HelpName = "URL", Required = true };
        var apiKey = new Option<string?>("--api-key")
        {
            Description = "A party's API key; else the environment variable PROVENANCE_API_KEY.",
            HelpName = "KEY",
        };
        var bars = new Option<int>("--bars") { Description = "Chocolate bars to make.", HelpName = "N", DefaultValueFactory = _ => 96 };
        var seed = new Option<ulong?>("--seed")
        {
            Description = "The same seed and start give the same documents, which a server takes only once. Default: today's date.",
            HelpName = "S",
        };
        var clients = new Option<int>("--clients")
        {
            Description = "Connections that post at the same time; the documents of one factory run stay in order.",
            HelpName = "C",
            DefaultValueFactory = _ => 1,
        };
        var start = new Option<DateTimeOffset?>("--start")
        {
            Description = "When the first harvest begins. Default: so that the last event is before today.",
            HelpName = "TIME",
        };
        var command = new ToolCommand(
            "load",
            "Feeds a server with a generated supply chain.",
            """
            The chain is one of cocoa: farms, a cooperative, ocean and road carriers, a factory, a shop, as EPCIS 2.0 documents.
            They are posted in order, each with Prefer: wait. Where the server is busy (503, Retry-After) the command waits.
            """,
            "provenance load --url http://127.0.0.1:8080 --api-key KEY",
            "provenance load --url http://127.0.0.1:8080 --api-key KEY --bars 9600 --clients 8 --seed 7")
        {
            url,
            apiKey,
            bars,
            seed,
            clients,
            start,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var options = Options(
                terminal, parsed.GetValue(bars), parsed.GetValue(seed), parsed.GetValue(start), parsed.GetValue(clients));
            var key = parsed.GetValue(apiKey) ?? Environment.GetEnvironmentVariable("PROVENANCE_API_KEY")
                ?? throw new UnusableException("--api-key or PROVENANCE_API_KEY is needed: writing takes a key.");
            return RunAsync(
                terminal, HttpLogSource.ParseAddress(parsed.GetRequiredValue(url)), key, options, parsed.GetValue(clients), cancellation);
        });
        return command;
    }

    private static SupplyChainOptions Options(Terminal terminal, int bars, ulong? seed, DateTimeOffset? start, int clients)
    {
        if (bars is < 1 or > SupplyChainOptions.MaxBars)
        {
            throw new UnusableException($"--bars: 1 to {SupplyChainOptions.MaxBars}.");
        }

        if (clients is < 1 or > MaxClients)
        {
            throw new UnusableException($"--clients: 1 to {MaxClients}.");
        }

        // Both defaults change once a day: to load again on the same day is to post the same documents again.
        var today = new DateTimeOffset(terminal.Clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var options = new SupplyChainOptions
        {
            Start = today,
            Bars = bars,
            Seed = seed ?? ulong.Parse(today.ToString("yyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        };
        return options with { Start = start ?? today - SupplyChain.Span(options) };
    }

    private static async Task<int> RunAsync(
        Terminal terminal, Uri server, string apiKey, SupplyChainOptions options, int clients, CancellationToken cancellation)
    {
        using var http = HttpLogSource.CreateClient(ILogSource.MaxFileBytes);
        var poster = new CapturePoster(http, server, apiKey, terminal.Clock);
        var started = terminal.Clock.GetTimestamp();
        var (documents, events) = await Progress.RunAsync(
            terminal, "loading", meter => PostAllAsync(poster, options, clients, meter, cancellation));
        var seconds = Math.Max(terminal.Clock.GetElapsedTime(started).TotalSeconds, 0.001);
        await terminal.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{events:N0} events in {documents:N0} documents, {seconds:0.0} s, {events / seconds:N0} events/s, {poster.Retries:N0} waits for a busy server{Broken(poster.Broken)}"));
        foreach (var highlight in SupplyChain.Highlights(options))
        {
            await terminal.Out.WriteLineAsync($"{highlight.Title,-22} {new Uri(server, highlight.Path[1..])}");
        }

        return ExitCode.Sound;
    }

    private static string Broken(long connections) => connections switch
    {
        0 => "",
        1 => ", 1 broken connection",
        _ => string.Create(CultureInfo.InvariantCulture, $", {connections:N0} broken connections"),
    };

    private static async Task<(long Documents, long Events)> PostAllAsync(
        CapturePoster poster, SupplyChainOptions options, int clients, IProgressMeter meter, CancellationToken cancellation)
    {
        var (documents, events, bars) = (0L, 0L, 0L);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = clients, CancellationToken = cancellation };
        try
        {
            await Parallel.ForEachAsync(Runs(options), parallel, async (run, stop) =>
            {
                foreach (var document in run)
                {
                    await poster.PostAsync(document.Name, document.Json, stop);
                    Interlocked.Increment(ref documents);
                    Interlocked.Add(ref events, document.Events);
                }

                var done = Interlocked.Add(ref bars, options.BarsPerCase * options.CasesPerPallet);
                meter.Report(Math.Min(options.Bars, done), options.Bars);
            });
        }
        catch (AggregateException several)
        {
            throw several.InnerExceptions[0];
        }

        return (documents, events);
    }

    /// <summary>The documents run by run: within one they keep their order, and no more runs exist than are being posted.</summary>
    private static IEnumerable<IReadOnlyList<SampleDocument>> Runs(SupplyChainOptions options)
    {
        var run = new List<SampleDocument>();
        foreach (var document in SupplyChain.Generate(options))
        {
            if (run.Count > 0 && run[^1].Run != document.Run)
            {
                yield return run;
                run = [];
            }

            run.Add(document);
        }

        yield return run;
    }
}
