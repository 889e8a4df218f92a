using System.Globalization;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>The files of a log folder: older, narrower ones beside those that the tree needs, and those that do not belong there.</summary>
/// <remarks>Keeps nothing: folders are listed as they are asked about, so that a log of any length takes no memory.</remarks>
/// <param name="folder">The log's folder.</param>
/// <param name="interrupted">Whether a writer may have been stopped here: its temporary files are then no failure.</param>
internal sealed class LogInventory(FolderLogSource folder, bool interrupted)
{
    /// <summary>The partial files at a tile's place that are narrower than it: what the log once was, kept for slow readers.</summary>
    public IEnumerable<TilePath> NarrowerThan(TilePath tile)
    {
        foreach (var name in folder.ListFolder(tile.Full + ".p"))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var width)
                && width > 0
                && width < tile.Width
                && width.ToString(CultureInfo.InvariantCulture) == name)
            {
                yield return tile with { Width = width };
            }
        }
    }

    /// <summary>Reports every file that has no place in a log of that size. Those that have one were compared.</summary>
    public void ReportStrays(long size, Findings findings)
    {
        foreach (var file in folder.ListFiles())
        {
            var name = folder.Prefix + file;
            if (TilePath.TryParse(file, out var tile, out _))
            {
                if (!HasPlace(tile, size))
                {
                    findings.Fail(new Finding($"A tree of {size} leaves has no such file.", name));
                }
            }
            else if (interrupted && file.EndsWith(".tmp", StringComparison.Ordinal))
            {
                findings.Note($"{name} is left over from a write that was interrupted.");
            }
            else if (file.StartsWith("tile/", StringComparison.Ordinal))
            {
                findings.Fail(new Finding("This is not the name of a tile or an entry bundle.", name));
            }
            else if (file is not ("checkpoint" or "vkey" or "vrf" or "incarnation"))
            {
                findings.Note($"{name} is no part of a log and was not audited.");
            }
        }
    }

    private static bool HasPlace(TilePath tile, long size)
    {
        var shift = Math.Max(tile.Level, 0) * TileLayout.Height;
        var count = shift > 62 ? 0 : size >> shift;
        return tile.Index <= (count - tile.Width) / TilePath.FullWidth && tile.Width <= count;
    }
}
