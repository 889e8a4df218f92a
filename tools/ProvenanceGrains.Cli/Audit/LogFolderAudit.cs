using System.Text;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Audits a public log at a URL or in a folder.</summary>
internal static class LogFolderAudit
{
    public static async Task<AuditReport> RunAsync(
        ILogSource source, VerifierKey key, Findings findings, IProgressMeter meter, CancellationToken cancellation)
    {
        LogInventory? inventory = null;
        if (source is FolderLogSource folder)
        {
            inventory = new LogInventory(folder.ListFiles(), folder.Prefix, findings, interrupted: false);
            await CompareKeyAsync(folder, key, findings, cancellation);
        }

        var note = await source.ReadCheckpointAsync(cancellation);
        if (note is null)
        {
            findings.Fail(new Finding("The checkpoint is missing: nothing vouches for the rest.", source.Prefix + "checkpoint"));
            return new AuditReport { Kind = "log", Origin = key.Name };
        }

        if (!LogCheckpoint.TryOpen(note, key, out var checkpoint, out var error))
        {
            findings.Fail(new Finding(error, source.Prefix + "checkpoint"));
            return new AuditReport { Kind = "log", Origin = key.Name };
        }

        var audit = new LogAudit(source, key, findings, inventory);
        await audit.RunAsync(checkpoint, null, meter, cancellation);
        ReportStrays(inventory, source.Prefix, checkpoint.Size, findings);
        return new AuditReport
        {
            Kind = "log",
            Origin = checkpoint.Origin,
            Leaves = checkpoint.Size,
            Root = checkpoint.Root.ToBase64(),
            Blocks = audit.Blocks.Count,
            Entities = audit.Journals.Count,
            Files = audit.Files,
            Bytes = audit.Bytes,
        };
    }

    public static void ReportStrays(LogInventory? inventory, string prefix, long size, Findings findings)
    {
        foreach (var stray in inventory?.Left ?? [])
        {
            findings.Fail(new Finding($"A tree of {size} leaves has no such file.", prefix + stray));
        }
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
