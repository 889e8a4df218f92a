using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>
/// Audits the engine's data folder while the engine is stopped: the public log as such, and leaf by leaf against the segments
/// with every payload, and block by block against the sealer's records.
/// </summary>
internal sealed class DataFolderAudit(string folder, VerifierKey key, Findings findings)
{
    private static readonly string[] Known = ["lock", "log.key", "parties.json", "demo.json", "segments", "index", "chain", "log"];

    private IEnumerator<SegmentEntry>? _entries;
    private bool _hasEntry;
    private long _payloads;
    private long _blocks;
    private bool _missingReported;

    /// <summary>Whether a folder is a data folder.</summary>
    public static bool IsDataFolder(string folder) =>
        Directory.Exists(Path.Combine(folder, "segments")) || Directory.Exists(Path.Combine(folder, "chain"));

    public async Task<AuditReport> RunAsync(IProgressMeter meter, CancellationToken cancellation)
    {
        CheckStopped();
        NoteUnaudited();
        var log = new FolderLogSource(Path.Combine(folder, "log"), "log/");
        await LogFolderAudit.CompareKeyAsync(log, key, findings, cancellation);
        var (checkpoint, earlier, stage) = await ReadCheckpointsAsync(log, cancellation);
        var inventory = new LogInventory(log.ListFiles(), log.Prefix, findings, interrupted: true);
        ILogSource source = stage is null ? log : new StagedLogSource(log, stage);
        var audit = new LogAudit(source, key, findings, inventory) { Earlier = earlier };
        var walk = new SegmentWalk(Path.Combine(folder, "segments"), "segments/", findings, meter);
        using var records = new BlockRecords(Path.Combine(folder, "chain", "blocks.bin"), stage, IndexRule.Hash, findings);
        using (_entries = walk.Entries().GetEnumerator())
        {
            _hasEntry = Next();
            if (checkpoint is not null)
            {
                await audit.RunAsync(checkpoint, leaf => Compare(leaf, audit, records), NoMeter.Instance, cancellation);
            }

            LogFolderAudit.ReportStrays(inventory, log.Prefix, checkpoint?.Size ?? 0, findings);
            if (audit.Unfollowed is null)
            {
                records.Finish(audit.Blocks.Count);
            }

            var unsealed = Tail(audit);
            if (checkpoint is null && unsealed > 0)
            {
                findings.Fail(new Finding(
                    $"Nothing is signed: no checkpoint covers the {unsealed} entries. If the engine was stopped before it sealed its first block, "
                    + "start it once and audit again; else chain/ and log/ are lost.",
                    "chain/checkpoint"));
            }

            return new AuditReport
            {
                Kind = "data folder",
                Origin = key.Name,
                Leaves = checkpoint?.Size ?? 0,
                Root = checkpoint?.Root.ToBase64(),
                Blocks = audit.Blocks.Count,
                Entities = audit.Journals.Count,
                Payloads = _payloads,
                Unsealed = unsealed,
                Files = audit.Files,
                Bytes = audit.Bytes + walk.TotalBytes,
            };
        }
    }

    private void Compare(LogLeaf leaf, LogAudit audit, BlockRecords records)
    {
        if (leaf.IsBlock)
        {
            _blocks++;
            records.Compare(leaf.Header!.Value, audit.Blocks.Last!.Value.Content, leaf.Index);
            return;
        }

        var ordinal = leaf.Index - _blocks;
        while (_hasEntry && _entries!.Current.Ordinal < ordinal)
        {
            _hasEntry = Next();
        }

        if (!_hasEntry || _entries!.Current.Ordinal > ordinal)
        {
            if (!_missingReported)
            {
                findings.Fail(new Finding("The log has sealed this entry, but no segment holds it.", Leaf: leaf.Index, Ordinal: ordinal));
                _missingReported = !_hasEntry;
            }

            return;
        }

        var entry = _entries.Current;
        if (leaf.Header is { } header && header != entry.Header)
        {
            findings.Fail(new Finding(
                "The entry's header is not the leaf that the log has.", entry.File, entry.Offset, Leaf: leaf.Index, Ordinal: ordinal));
        }

        _hasEntry = Next();
    }

    /// <summary>Entries behind the last block: durable, not sealed; only the segments' own checks and the chains vouch for them.</summary>
    private long Tail(LogAudit audit)
    {
        var count = 0L;
        for (; _hasEntry; _hasEntry = Next())
        {
            count++;
            var entry = _entries!.Current;
            if (audit.Unfollowed is null && audit.Journals.Follow(entry.Header, entry.LeafHash) is { } error)
            {
                findings.Fail(new Finding(error, entry.File, entry.Offset, Ordinal: entry.Ordinal));
            }
        }

        if (count > 0 && audit.Unfollowed is null)
        {
            findings.Note($"{count} entries at the end are not sealed yet: no signature covers them.");
        }

        return count;
    }

    private bool Next()
    {
        var next = _entries!.MoveNext();
        _payloads += next ? 1 : 0;
        return next;
    }

    /// <summary>The checkpoint to audit against, an earlier one that is still published, and the stage that explains the difference.</summary>
    private async Task<(Checkpoint? Committed, Checkpoint? Earlier, StageFile? Stage)> ReadCheckpointsAsync(
        FolderLogSource log, CancellationToken cancellation)
    {
        var chain = new FolderLogSource(Path.Combine(folder, "chain"), "chain/");
        var committed = await chain.ReadCheckpointAsync(cancellation);
        var published = await log.ReadCheckpointAsync(cancellation);
        var stage = await ReadStageAsync(committed, cancellation);
        if (committed is null)
        {
            if (published is not null)
            {
                findings.Fail(new Finding("It is missing, but the log has published a checkpoint.", "chain/checkpoint"));
                committed = published;
            }
            else
            {
                return (null, null, null);
            }
        }

        if (!LogCheckpoint.TryOpen(committed, key, out var checkpoint, out var error))
        {
            findings.Fail(new Finding(error, "chain/checkpoint"));
        }

        if (published is not null && published.AsSpan().SequenceEqual(committed))
        {
            return (checkpoint, null, stage);
        }

        if (published is null)
        {
            if (stage is null)
            {
                findings.Fail(new Finding("It is missing, but a checkpoint is committed.", "log/checkpoint"));
            }

            return (checkpoint, null, stage);
        }

        if (!LogCheckpoint.TryOpen(published, key, out var earlier, out error))
        {
            findings.Fail(new Finding(error, "log/checkpoint"));
            return (checkpoint, null, stage);
        }

        if (stage is null || checkpoint is null || earlier.Size >= checkpoint.Size)
        {
            findings.Fail(new Finding("It is not the checkpoint that is committed in chain/checkpoint.", "log/checkpoint"));
        }

        return (checkpoint ?? earlier, checkpoint is null ? null : earlier, stage);
    }

    /// <summary>The stage if it is the one that the committed checkpoint names: then its files count as written.</summary>
    private async Task<StageFile?> ReadStageAsync(byte[]? committed, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, "chain", "stage");
        if (!File.Exists(path))
        {
            return null;
        }

        var stage = StageFile.Read(await File.ReadAllBytesAsync(path, cancellation));
        if (stage is not null && committed is not null && stage.Checkpoint.AsSpan().SequenceEqual(committed))
        {
            findings.Note("chain/stage: sealing was interrupted after its commit point. The block was audited with what is staged; the next start writes it.");
            return stage;
        }

        findings.Note("chain/stage: sealing was interrupted before its commit point. The next start drops it; it was not audited.");
        return null;
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

    private void NoteUnaudited()
    {
        if (Directory.Exists(Path.Combine(folder, "index")))
        {
            findings.Note("index/ is derived from the segments and was not audited; delete it and it is rebuilt.");
        }

        if (File.Exists(Path.Combine(folder, "log.key")) || File.Exists(Path.Combine(folder, "parties.json")))
        {
            findings.Note("log.key and parties.json are the operator's own and were not read.");
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Except(Known))
        {
            findings.Note($"{entry} is no part of a data folder and was not audited.");
        }
    }
}
