using System.CommandLine;
using System.Text;
using ProvenanceGrains.Cli.Audit;
using ProvenanceGrains.Cli.Keys;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Export;

/// <summary>Takes a log home, or all about one entity.</summary>
internal static class ExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var url = new Argument<string>("URL") { Description = "The server, or the log below it (.../log/)." };
        var output = new Option<string>("--out", "-o")
        {
            Description = "Folder for the log, empty or not there yet; with --entity a file.",
            HelpName = "PATH",
            Required = true,
        };
        var entity = new Option<string?>("--entity")
        {
            Description = "Fetch the bundle of this entity instead, e.g. lot/01/09506000134352/21/17: all about it, or the proof that there is nothing.",
            HelpName = "KIND/KEY",
        };
        var history = new Option<bool>("--history")
        {
            Description = "With --entity: its history, which may be longer than a bundle, but does not prove that it is everything.",
        };
        var key = KeyOption.Create(required: false);
        var command = new ToolCommand(
            "export",
            "Mirrors a public log into a folder, or fetches all about one entity.",
            """
            A log is audited on its way into the folder. Its checkpoint is written last: a folder without one is an export that
            was stopped. Without --key the log's own word for its key is taken; it is printed, so that you can compare it with
            what you know. A bundle or history is saved unverified; provenance verify does that.
            """,
            "provenance export https://log.example.org --out ./exported --key @log.vkey",
            "provenance export http://127.0.0.1:8080 --entity lot/01/09506000134352/21/17 --out bar.json")
        {
            url,
            output,
            entity,
            history,
            key,
        };
        command.SetAction((parsed, cancellation) => parsed.GetValue(entity) is { } one
            ? EntityAsync(
                terminal, parsed.GetRequiredValue(url), one, parsed.GetValue(history), parsed.GetRequiredValue(output), cancellation)
            : LogAsync(terminal, parsed.GetRequiredValue(url), parsed.GetRequiredValue(output), parsed.GetValue(key), cancellation));
        return command;
    }

    private static async Task<int> LogAsync(
        Terminal terminal, string url, string folder, string? givenKey, CancellationToken cancellation)
    {
        using var web = await HttpLogSource.OpenAsync(url, cancellation);
        var key = givenKey is not null ? KeyOption.Parse(givenKey) : await AskKeyAsync(terminal, web, cancellation);
        var started = terminal.Clock.GetTimestamp();
        var (report, findings) = await Progress.RunAsync(
            terminal, "exporting", meter => LogExport.RunAsync(web, key, folder, meter, cancellation));
        AuditOutput.WriteText(terminal, web.Prefix, report, findings, terminal.Clock.GetElapsedTime(started));
        if (findings.FailureCount > 0)
        {
            await terminal.Error.WriteLineAsync($"{folder} has no checkpoint: what was fetched does not hold together.");
            return ExitCode.Failed;
        }

        await terminal.Out.WriteLineAsync($"exported to {Path.GetFullPath(folder)}");
        return ExitCode.Sound;
    }

    private static async Task<VerifierKey> AskKeyAsync(Terminal terminal, HttpLogSource web, CancellationToken cancellation)
    {
        var vkey = await web.ReadFileAsync("vkey", cancellation)
            ?? throw new UnusableException($"{web.Prefix}vkey is not there: give the key with --key.");
        var key = KeyOption.Parse(Encoding.UTF8.GetString(vkey).TrimStart('@'));
        await terminal.Error.WriteLineAsync($"The log says that its key is {key}");
        return key;
    }

    private static async Task<int> EntityAsync(
        Terminal terminal, string url, string entity, bool asHistory, string file, CancellationToken cancellation)
    {
        var slash = entity.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == entity.Length - 1)
        {
            throw new UnusableException("--entity takes KIND/KEY, e.g. lot/01/09506000134352/21/17.");
        }

        if (File.Exists(file))
        {
            throw new UnusableException($"{file} exists already.");
        }

        var server = HttpLogSource.ParseAddress(url);
        var document = asHistory
            ? await HistoryDownload.RunAsync(server, entity, cancellation)
            : await BundleDownload.RunAsync(server, entity, cancellation);
        await File.WriteAllBytesAsync(file, document, cancellation);
        await terminal.Out.WriteLineAsync(file);
        await terminal.Error.WriteLineAsync($"Nothing was verified yet. Next: provenance verify {file} --key VKEY --entity {entity}");
        return ExitCode.Sound;
    }
}
