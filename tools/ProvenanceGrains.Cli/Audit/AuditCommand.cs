using System.CommandLine;
using ProvenanceGrains.Cli.Keys;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Audits a whole log or data folder.</summary>
internal static class AuditCommand
{
    private const string Details = """
        TARGET is one of

          a log's URL           https://log.example.org or https://log.example.org/log/
          an exported log       a folder with checkpoint and tile/
          a data folder         the engine's own, while it is stopped

        Of a log, every tile is computed anew from the entries and compared byte by byte, every entry must continue its
        journal (numbered without a gap, naming the entry before by its leaf hash, time not going back), every block must
        seal what lies before it, and the root must be the one that the key signed. Of a data folder, in addition every
        byte of every segment, every payload against its commitment, every entry against its leaf, every block record and
        the committed checkpoint. The private key is never read.

        Not audited: index/ (derived, rebuilt at will), whether other people were shown another log (that takes
        witnesses), and entries that no block seals yet, beyond their own chains. A request's id, note and claims stand in the
        segments under a check against damage; no commitment covers them.

        Memory: 100 to 200 bytes for each journal in the log. Every failure names file, bytes, leaf and entry.
        """;

    public static Command Create(Terminal terminal)
    {
        var target = new Argument<string>("TARGET") { Description = "URL or folder." };
        var key = KeyOption.Create(required: true);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };
        var command = new ToolCommand(
            "audit",
            "Audits a whole log, at a URL or in a folder, or an engine's data folder.",
            Details,
            "provenance audit https://log.example.org --key @log.vkey",
            "provenance audit ./data --key \"$(curl -s http://127.0.0.1:8080/log/vkey)\"",
            "provenance audit ./exported --key @log.vkey --json")
        {
            target,
            key,
            json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            terminal,
            parsed.GetRequiredValue(target),
            KeyOption.Parse(parsed.GetRequiredValue(key)),
            parsed.GetValue(json),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, string target, VerifierKey key, bool json, CancellationToken cancellation)
    {
        var findings = new Findings();
        var started = terminal.Clock.GetTimestamp();
        var report = await Progress.RunAsync(
            terminal, "auditing", meter => AuditAsync(target, key, findings, meter, cancellation));
        var elapsed = terminal.Clock.GetElapsedTime(started);
        if (json)
        {
            AuditOutput.WriteJson(terminal, target, report, findings, elapsed);
        }
        else
        {
            AuditOutput.WriteText(terminal, target, report, findings, elapsed);
        }

        return findings.FailureCount == 0 ? ExitCode.Sound : ExitCode.Failed;
    }

    private static async Task<AuditReport> AuditAsync(
        string target, VerifierKey key, Findings findings, IProgressMeter meter, CancellationToken cancellation)
    {
        if (target.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || target.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            using var web = await HttpLogSource.OpenAsync(target, cancellation);
            return await LogFolderAudit.RunAsync(web, key, findings, meter, cancellation);
        }

        if (!Directory.Exists(target))
        {
            throw new UnusableException($"{target} is neither a URL nor a folder.");
        }

        if (DataFolderAudit.IsDataFolder(target))
        {
            return await new DataFolderAudit(target, key, findings).RunAsync(meter, cancellation);
        }

        return File.Exists(Path.Combine(target, "checkpoint")) || Directory.Exists(Path.Combine(target, "tile"))
            ? await LogFolderAudit.RunAsync(new FolderLogSource(target, ""), key, findings, meter, cancellation)
            : throw new UnusableException($"{target} holds neither a log (checkpoint, tile/) nor a data folder (segments/, chain/).");
    }
}
