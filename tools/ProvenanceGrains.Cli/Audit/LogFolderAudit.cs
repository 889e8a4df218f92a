using System.Text;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Audits a public log at a URL or in a folder.</summary>
internal static class LogFolderAudit
{
    private const string Kind = "log";

    public static async Task<AuditReport> RunAsync(
        ILogSource source, AuditTask task, IProgressMeter meter, CancellationToken cancellation)
    {
        var name = source.Prefix + "checkpoint";
        LogInventory? inventory = null;
        if (source is FolderLogSource folder)
        {
            inventory = new LogInventory(folder, interrupted: false);
            await CompareKeyAsync(folder, task.Key, task.Findings, cancellation);
        }

        task.NoteSkippedLeaves();
        await task.ReadIncarnationAsync(source, cancellation);
        var note = await source.ReadCheckpointAsync(cancellation);
        if (note is null)
        {
            task.Findings.Fail(new Finding("The checkpoint is missing: nothing vouches for the rest.", name));
            return AuditReport.Of(task, Kind, null, null);
        }

        var signed = task.Open(note, name);
        if (signed is null)
        {
            return AuditReport.Of(task, Kind, null, null);
        }

        task.CheckWitnesses(note, name);
        var files = new TileComparison(source, task.Findings, inventory);
        if (await task.FitsStateAsync(signed, source, name, cancellation))
        {
            var audit = new LogAudit(source, task.Replay, files, task.Earlier, task.Findings) { AfterBundle = task.SaveUnderWay };
            await audit.RunAsync(signed.Checkpoint, meter, cancellation);
            inventory?.ReportStrays(signed.Checkpoint.Size, task.Findings);
            task.Save();
        }

        return AuditReport.Of(task, Kind, signed.Checkpoint, files);
    }

    /// <summary>A log's folder carries its key for convenience; a wrong one there would lead others astray.</summary>
    public static async Task CompareKeyAsync(
        FolderLogSource folder, VerifierKey key, Findings findings, CancellationToken cancellation)
    {
        if (await folder.ReadFileAsync("vkey", cancellation) is { } vkey
            && !vkey.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(key + "\n")))
        {
            findings.Fail(new Finding($"It is not the key {key.NameAndId} that was given.", folder.Prefix + "vkey"));
        }
    }
}
