using ProvenanceGrains.Cli.Forks;
using ProvenanceGrains.Cli.Logs;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>What a data folder's two checkpoints and its stage say.</summary>
/// <param name="Committed">What to audit against; null if nothing is signed, or what is cannot be opened.</param>
/// <param name="Published">What the public sees; null if it is the same, or absent.</param>
/// <param name="Stage">The stage that explains a difference; its files count as written.</param>
internal sealed record DataFolderCheckpoints(SignedCheckpoint? Committed, SignedCheckpoint? Published, StageFile? Stage)
{
    public static async Task<DataFolderCheckpoints> ReadAsync(
        string folder, FolderLogSource log, AuditTask task, CancellationToken cancellation)
    {
        const string CommittedFile = "chain/checkpoint", PublishedFile = "log/checkpoint";
        var chain = new FolderLogSource(Path.Combine(folder, "chain"), "chain/");
        var committed = await chain.ReadCheckpointAsync(cancellation);
        var published = await log.ReadCheckpointAsync(cancellation);
        var stage = await ReadStageAsync(folder, committed, task.Findings, cancellation);
        if (published is not null)
        {
            task.CheckWitnesses(published, PublishedFile);
        }

        if (committed is null && published is not null)
        {
            task.Findings.Fail(new Finding("It is missing, but the log has published a checkpoint.", CommittedFile));
        }

        if (committed is null || published is null)
        {
            if (committed is not null && task.HasPolicy)
            {
                task.Findings.Note("Nothing is published: the witnesses' quorum has not cosigned yet, or log/checkpoint is lost.");
            }
            else if (committed is not null && stage is null)
            {
                task.Findings.Fail(new Finding("It is missing, but a checkpoint is committed.", PublishedFile));
            }

            return (committed ?? published) is { } only
                ? new DataFolderCheckpoints(task.Open(only, committed is null ? PublishedFile : CommittedFile), null, stage)
                : new DataFolderCheckpoints(null, null, null);
        }

        var newest = task.Open(committed, CommittedFile);
        if (published.AsSpan().SequenceEqual(committed))
        {
            return new DataFolderCheckpoints(newest, null, stage);
        }

        var shown = task.Open(published, PublishedFile);
        return newest is null ? new DataFolderCheckpoints(shown, null, stage)
            : new DataFolderCheckpoints(newest, shown, stage);
    }

    /// <summary>Compares what is published with what is committed: the same, or an earlier part of it.</summary>
    public async Task ComparePublishedAsync(AuditTask task, ILogSource source, CancellationToken cancellation)
    {
        const string File = "log/checkpoint";
        if (Committed is null || Published is null)
        {
            return;
        }

        if (Published.Checkpoint.Size > Committed.Checkpoint.Size)
        {
            task.Findings.Fail(new Finding(
                $"It was published for {Published.Checkpoint.Size} leaves, but chain/checkpoint is at {Committed.Checkpoint.Size}: chain/ was set back.", File));
        }
        else if (Published.Checkpoint.Size < Committed.Checkpoint.Size)
        {
            task.Earlier.Add(Published.Checkpoint);
            if (Stage is null)
            {
                task.Findings.Note(
                    $"log/checkpoint is at {Published.Checkpoint.Size} leaves, chain/checkpoint at {Committed.Checkpoint.Size}: what lies between is held back for the witnesses' quorum, or the published one was set back.");
            }
        }

        await task.FitsAsync(Published, Committed, source, File, cancellation);
    }

    /// <summary>The stage if it is the one that the committed checkpoint names: then its files count as written.</summary>
    private static async Task<StageFile?> ReadStageAsync(
        string folder, byte[]? committed, Findings findings, CancellationToken cancellation)
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
}
