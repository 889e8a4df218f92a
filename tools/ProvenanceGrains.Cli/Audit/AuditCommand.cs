using System.CommandLine;
using ProvenanceGrains.Cli.Keys;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Audits a whole log or data folder.</summary>
internal static class AuditCommand
{
    private const int MaxPolicyBytes = 1 << 20;

    private const string Details = """
        TARGET is one of

          a log's URL           https://log.example.org or https://log.example.org/log/
          an exported log       a folder with checkpoint and tile/
          a data folder         the engine's own, while it is stopped

        Of a log, every tile is computed anew from the entries and compared byte by byte, every entry must continue its
        journal (numbered without a gap, naming the entry before by its leaf hash, time not going back), every block must
        seal what lies before it and commit to the head map that the replay gives, and the root must be the one that the key
        signed. Of a data folder, in addition every byte of every segment, every payload against its commitment, every entry
        against its leaf, every block record, the committed checkpoint, and the author's signature of every signed capture. The
        log's private key is never read. vrf.key, where there is one, is: to check each entry's index.

        Of a log that goes on from one that was set back, the signed link to that one is verified and shown.

        --policy asks for witnesses: every cosignature of a key in it must verify, and the published checkpoint must have the
        quorum.

        --state keeps what was verified: the next audit goes on from there, one that was stopped too. A checkpoint that does
        not fit the newest one in it is a fork: the evidence goes to --fork, for provenance verify. Of a data folder an audit goes
        on only from audits of a data folder; of the segments that it skips it compares presence, length, header and last frame,
        no more. An audit without --state reads every byte.

        Not audited: index/ (derived, rebuilt at will), whether other people were shown another log (that takes witnesses, or
        provenance compare), and entries that no block seals yet, beyond their own chains. A request's id, note and claims stand
        in the segments under a check against damage; no commitment covers them.

        Memory: about 95 bytes for each journal in the log, and 180 more where the log has a head map. Every failure names file,
        bytes, leaf and entry.

        Exit codes: 0 sound, 1 not sound, 2 it could not be told.
        """;

    public static Command Create(Terminal terminal)
    {
        var target = new Argument<string>("TARGET") { Description = "URL or folder." };
        var key = KeyOption.Create(required: true);
        var policy = new Option<string?>("--policy", "-p") { Description = "A tlog-policy file: the witnesses and their quorum.", HelpName = "FILE" };
        var state = new Option<string?>("--state") { Description = "Go on from what this file keeps, and keep it there.", HelpName = "FILE" };
        var fork = new Option<string>("--fork")
        {
            Description = "Where evidence of a fork goes.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "fork.json",
        };
        var json = new Option<string?>("--json") { Description = "Write the result as JSON; - for standard output.", HelpName = "FILE|-" };
        var vrfKey = VrfKeyOption.Create(
            "The log's VRF key (.../log/vrf) if its indexes are not hashes. Default: what the log says; its blocks have to agree.");
        var command = new ToolCommand(
            "audit",
            "Audits a whole log, at a URL or in a folder, or an engine's data folder.",
            Details,
            "provenance audit https://log.example.org --key @log.vkey --policy trust.policy --state log.state",
            "provenance audit ./data --key \"$(curl -s http://127.0.0.1:8080/log/vkey)\"",
            "provenance audit ./exported --key @log.vkey --json -")
        {
            target,
            key,
            policy,
            state,
            fork,
            json,
            vrfKey,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var logKey = KeyOption.Parse(parsed.GetRequiredValue(key));
            var options = new AuditOptions(
                logKey, ReadPolicy(parsed.GetValue(policy), logKey), parsed.GetValue(state), parsed.GetRequiredValue(fork))
            {
                Rule = await VrfKeyOption.ParseOrAskAsync(parsed.GetValue(vrfKey), parsed.GetRequiredValue(target), cancellation),
            };
            return await RunAsync(terminal, parsed.GetRequiredValue(target), options, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, string target, AuditOptions options, string? json, CancellationToken cancellation)
    {
        var findings = new Findings();
        var started = terminal.Clock.GetTimestamp();
        var report = await Progress.RunAsync(
            terminal, "auditing", meter => AuditAsync(target, new AuditTask(options, findings), meter, cancellation));
        var elapsed = terminal.Clock.GetElapsedTime(started);
        if (json is not null)
        {
            AuditOutput.WriteJson(terminal, json, target, report, findings, elapsed);
        }

        if (json is not "-")
        {
            AuditOutput.WriteText(terminal, target, report, findings, elapsed);
        }

        return findings.FailureCount == 0 ? ExitCode.Sound : ExitCode.Failed;
    }

    private static async Task<AuditReport> AuditAsync(
        string target, AuditTask task, IProgressMeter meter, CancellationToken cancellation)
    {
        if (LogSources.IsUrl(target))
        {
            using var web = await HttpLogSource.OpenAsync(target, cancellation);
            return await LogFolderAudit.RunAsync(web, task, meter, cancellation);
        }

        if (!Directory.Exists(target))
        {
            throw new UnusableException($"{target} is neither a URL nor a folder.");
        }

        if (DataFolderAudit.IsDataFolder(target))
        {
            return await new DataFolderAudit(target, task).RunAsync(meter, cancellation);
        }

        return File.Exists(Path.Combine(target, "checkpoint")) || Directory.Exists(Path.Combine(target, "tile"))
            ? await LogFolderAudit.RunAsync(new FolderLogSource(target, ""), task, meter, cancellation)
            : throw new UnusableException($"{target} holds neither a log (checkpoint, tile/) nor a data folder (segments/, chain/).");
    }

    private static LogPolicy? ReadPolicy(string? file, VerifierKey key)
    {
        if (file is null)
        {
            return null;
        }

        var info = new FileInfo(file);
        if (!info.Exists || info.Length > MaxPolicyBytes)
        {
            throw new UnusableException($"--policy: {file} is not there or is no policy.");
        }

        if (!LogPolicy.TryParse(File.ReadAllBytes(file), out var policy, out var error))
        {
            throw new UnusableException($"--policy: {error}");
        }

        return policy.Logs.Any(log => log.Key.ToString() == key.ToString())
            ? policy
            : throw new UnusableException($"--policy: it does not name log key {key.NameAndId}.");
    }
}
