using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>
/// Audits the engine's data folder while the engine is stopped: the public log as such, and leaf by leaf against the segments
/// with every payload, and block by block against the sealer's records.
/// </summary>
internal sealed class DataFolderAudit(string folder, AuditTask task)
{
    private const string Kind = "data folder";
    private const string Prefix = "segments/";

    private static readonly string[] Known =
        ["lock", "log.key", "parties.json", "demo.json", "sealed", "segments", "index", "chain", "log", "incarnations", "incarnation.next", "vrf.key"];

    /// <summary>Whether a folder is a data folder.</summary>
    public static bool IsDataFolder(string folder) =>
        Directory.Exists(Path.Combine(folder, "segments")) || Directory.Exists(Path.Combine(folder, "chain"));

    private string Segments => Path.Combine(folder, "segments");

    public async Task<AuditReport> RunAsync(IProgressMeter meter, CancellationToken cancellation)
    {
        CheckStopped();
        var indexes = OpenIndexes();
        var audited = GoOn(indexes is not null);
        NoteUnaudited();
        var log = new FolderLogSource(Path.Combine(folder, "log"), "log/");
        await LogFolderAudit.CompareKeyAsync(log, task.Key, task.Findings, cancellation);
        await task.ReadIncarnationAsync(log, cancellation);
        var checkpoints = await DataFolderCheckpoints.ReadAsync(folder, log, task, cancellation);
        if (checkpoints.Committed is null && task.State.Seen is { } seen)
        {
            task.Findings.Fail(new Finding($"There is none, but one of {seen.Checkpoint.Size} leaves was seen before.", "chain/checkpoint"));
        }

        ILogSource source = checkpoints.Stage is { } stage ? new StagedLogSource(log, stage) : log;
        await checkpoints.ComparePublishedAsync(task, source, cancellation);
        var inventory = new LogInventory(log, interrupted: true);
        var files = new TileComparison(source, task.Findings, inventory);
        if (checkpoints.Committed is { } signed
            && !await task.FitsStateAsync(signed, source, "chain/checkpoint", cancellation))
        {
            return AuditReport.Of(task, Kind, signed.Checkpoint, files);
        }

        var payloads = new PayloadChecks(task.Key, indexes, task.Replay.Parties, task.Findings);
        var walk = new SegmentWalk(Segments, Prefix, payloads, task.Findings, meter);
        using var records = new BlockRecords(Path.Combine(folder, "chain", "blocks.bin"), checkpoints.Stage, task.Rule, task.Findings);
        using var segments = new SegmentComparison(walk, records, task.Replay, audited, task.Findings);
        task.Payloads = () => segments.Read(indexes is not null);
        var audit = new LogAudit(source, task.Replay, files, task.Earlier, task.Findings)
        {
            Visit = segments.Compare,
            AfterBundle = task.SaveUnderWay,
        };
        var checkpoint = checkpoints.Committed?.Checkpoint;
        segments.CompareAudited();
        if (checkpoint is not null)
        {
            await audit.RunAsync(checkpoint, NoMeter.Instance, cancellation);
        }

        inventory.ReportStrays(checkpoint?.Size ?? 0, task.Findings);
        if (audit.Unfollowed is null)
        {
            records.Finish(task.Replay.Blocks.Count);
        }

        // The tail is not the log's: the state is kept without it.
        task.Save();
        var report = AuditReport.Of(task, Kind, checkpoint, files);
        var unsealed = segments.Tail(task.Replay.NextOrdinal, audit.Unfollowed is null);
        if (checkpoint is null && unsealed > 0)
        {
            task.Findings.Fail(new Finding(
                $"Nothing is signed: no checkpoint covers the {unsealed} entries. If the engine was stopped before it sealed its first block, "
                + "start it once and audit again; else chain/ and log/ are lost.",
                "chain/checkpoint"));
        }

        CheckIncarnations(payloads);
        return report with { Signed = payloads.Signed, Payloads = segments.Payloads, PayloadsBegun = audited?.OpenOrdinal ?? 0, Unsealed = unsealed, Bytes = report.Bytes + walk.ReadBytes };
    }

    /// <summary>
    /// What of an earlier audit this one goes on from. Leaves and payloads go on together or not at all: a state that does not vouch for the
    /// payloads of all its leaves, or not for those of this folder, gives only its checkpoint.
    /// </summary>
    private AuditedPayloads? GoOn(bool hasIndexes)
    {
        if (task.Begun == 0)
        {
            return null;
        }

        var state = task.State;
        var why = state.Payloads is not { } audited ? "only the public log was audited before, no payloads"
            : audited.Leaves != state.Position
                ? $"only the first {audited.Leaves} leaves were audited with their payloads before, of {state.Position}"
            : hasIndexes && !audited.HasIndexes ? "indexes were not audited before, without vrf.key"
            : SkippedSegments.WhyOthers(Segments, Prefix, audited);
        if (why is null)
        {
            return state.Payloads;
        }

        task.Findings.Note($"Everything was read from the beginning: {why}.");
        task.Restart();
        return null;
    }

    /// <summary>The note beside the checkpoint must stand in the log itself. An audit that goes on has seen the entry before.</summary>
    private void CheckIncarnations(PayloadChecks payloads)
    {
        foreach (var link in payloads.Incarnations)
        {
            task.Findings.Note($"Incarnation {link.NewOrigin} of {link.OldOrigin} is in the log: {link.OldSize} leaves were known.");
        }

        if (task.Incarnation is { } own && task.Begun == 0 && !payloads.Incarnations.Contains(own))
        {
            task.Findings.Fail(new Finding(
                "No entry of the log holds this link. If the engine crashed and was not started since, start it once and audit again.",
                "log/incarnation"));
        }
    }

    private void CheckStopped()
    {
        var path = Path.Combine(folder, "lock");
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException inUse)
        {
            throw new UnusableException($"{path} is held: stop the engine first, or audit its URL.", inUse);
        }
    }

    /// <summary>The function that made the entries' indexes: under a VRF only the folder's own key can compute it.</summary>
    private IEntityIndexFunction? OpenIndexes()
    {
        if (task.Rule is not IndexRule.Vrf rule)
        {
            return HashedEntityIndex.Instance;
        }

        var path = Path.Combine(folder, "vrf.key");
        if (!File.Exists(path))
        {
            task.Findings.Note("vrf.key is not there: of the entries that were read, whether each one's index is that of its entity was not audited.");
            return null;
        }

        if (!VrfPrivateKey.TryParseText(File.ReadAllText(path).TrimEnd('\n'), out var key, out var error) || key.Public != rule.Key)
        {
            task.Findings.Fail(new Finding(error ?? $"It is not the private half of {rule.Key}.", "vrf.key"));
            return null;
        }

        return new VrfEntityIndex(key);
    }

    private void NoteUnaudited()
    {
        if (task.Begun > 0)
        {
            NoteSkipped(task.State.Payloads!);
        }

        if (Directory.Exists(Path.Combine(folder, "index")))
        {
            task.Findings.Note("index/ is derived from the segments and was not audited; delete it and it is rebuilt.");
        }

        if (File.Exists(Path.Combine(folder, "log.key")) || File.Exists(Path.Combine(folder, "parties.json")))
        {
            task.Findings.Note("log.key and parties.json are the operator's own and were not read.");
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Except(Known))
        {
            task.Findings.Note($"{entry} is no part of a data folder and was not audited.");
        }
    }

    private void NoteSkipped(AuditedPayloads audited)
    {
        task.NoteSkippedLeaves();
        if (audited.Segments.Count > 0)
        {
            task.Findings.Note(
                $"Of segments 0 to {audited.Segments.Count - 1}, which hold entries 0 to {audited.OpenOrdinal - 1}, an earlier audit read every byte. "
                + "This one compared their presence, lengths, headers and last frames with what that one kept, and read nothing between.");
        }

        if (task.Replay.Blocks.Count > 1)
        {
            task.Findings.Note($"Of chain/blocks.bin the records of blocks 0 to {task.Replay.Blocks.Count - 2} were not read again.");
        }
    }
}
