using System.Text;
using ProvenanceGrains.Cli.Audit;
using ProvenanceGrains.Cli.Keys;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Export;

/// <summary>Mirrors a public log into a folder and audits it on the way.</summary>
/// <remarks>
/// Steps: 1. the checkpoint is fetched and verified; 2. bundles and tiles are fetched, saved and audited; 3. the key is
/// written; 4. the checkpoint is written last, at once. Without it no folder passes an audit: an export that was stopped, or
/// that failed, can be begun again in the same folder but is never taken for a log.
/// </remarks>
internal static class LogExport
{
    public static async Task<(AuditReport Report, Findings Findings)> RunAsync(
        HttpLogSource web, VerifierKey key, string folder, IProgressMeter meter, CancellationToken cancellation)
    {
        Prepare(folder);
        var findings = new Findings();
        var failed = new AuditReport { Kind = "log", Origin = key.Name };

        // 1. Checkpoint.
        var note = await web.ReadCheckpointAsync(cancellation)
            ?? throw new UnusableException($"{web.Prefix}checkpoint is gone.");
        if (!LogCheckpoint.TryOpen(note, key, out var checkpoint, out var error))
        {
            findings.Fail(new Finding(error, web.Prefix + "checkpoint"));
            return (failed, findings);
        }

        var vrf = await web.ReadFileAsync("vrf", cancellation);
        var rule = VrfKeyOption.Of(vrf, web.Prefix + "vrf");

        // 2. Bundles and tiles.
        var saving = new SavingLogSource(web, folder);
        var task = new AuditTask(new AuditOptions(key, null, null, "") { Rule = rule }, findings);
        var files = new TileComparison(saving, findings, inventory: null);
        await new LogAudit(saving, task.Replay, files, [], findings).RunAsync(checkpoint, meter, cancellation);
        if (findings.FailureCount > 0)
        {
            return (failed, findings);
        }

        // 3. Key.
        await File.WriteAllBytesAsync(Path.Combine(folder, "vkey"), Encoding.UTF8.GetBytes(key + "\n"), cancellation);

        if (vrf is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "vrf"), vrf, cancellation);
        }

        if (await web.ReadFileAsync("incarnation", cancellation) is { } link)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "incarnation"), link, cancellation);
        }

        // 4. Checkpoint. A crash before the rename leaves a folder without one.
        AtomicFile.Replace(Path.Combine(folder, "checkpoint"), stream => stream.Write(note));
        var report = AuditReport.Of(task, "log", checkpoint, files);
        return (report, findings);
    }

    private static void Prepare(string folder)
    {
        if (Directory.Exists(folder))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName))
            {
                if (entry is not ("tile" or "vkey" or "vrf" or "incarnation" or "checkpoint.tmp"))
                {
                    throw new UnusableException($"{folder} holds '{entry}'. Give an empty folder, or one where an export was stopped.");
                }
            }

            // Tiles of an export that was stopped may be of another size: they would be strays.
            if (Directory.Exists(Path.Combine(folder, "tile")))
            {
                Directory.Delete(Path.Combine(folder, "tile"), recursive: true);
            }
        }

        Directory.CreateDirectory(folder);
    }
}
