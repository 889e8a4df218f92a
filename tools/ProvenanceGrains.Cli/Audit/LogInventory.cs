using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>The files of a log folder, crossed off as they are verified: what is left over does not belong there.</summary>
internal sealed class LogInventory
{
    private readonly HashSet<TilePath> _open = [];
    private readonly Dictionary<(int Level, long Index), List<TilePath>> _partials = [];

    /// <param name="files">Paths relative to the log's folder.</param>
    /// <param name="prefix">What to put before them to name them.</param>
    /// <param name="findings">Gets a failure for every file that has no place under <c>tile/</c>.</param>
    /// <param name="interrupted">Whether a writer may have been stopped here: its temporary files are then no failure.</param>
    public LogInventory(IEnumerable<string> files, string prefix, Findings findings, bool interrupted)
    {
        foreach (var file in files)
        {
            if (TilePath.TryParse(file, out var tile, out _))
            {
                _open.Add(tile);
                if (tile.IsPartial)
                {
                    PartialsAt(tile).Add(tile);
                }
            }
            else if (interrupted && file.EndsWith(".tmp", StringComparison.Ordinal))
            {
                findings.Note($"{prefix}{file} is left over from a write that was interrupted.");
            }
            else if (file.StartsWith("tile/", StringComparison.Ordinal))
            {
                findings.Fail(new Finding("This is not the name of a tile or an entry bundle.", prefix + file));
            }
            else if (file is not ("checkpoint" or "vkey"))
            {
                findings.Note($"{prefix}{file} is no part of a log and was not audited.");
            }
        }
    }

    /// <summary>The number of files that nobody has crossed off.</summary>
    public IReadOnlyCollection<TilePath> Left => _open;

    /// <summary>Crosses a file off.</summary>
    public void Done(TilePath tile) => _open.Remove(tile);

    /// <summary>The partial files at a tile's place that are narrower than it: what the log once was, kept for slow readers.</summary>
    public IEnumerable<TilePath> NarrowerThan(TilePath tile) =>
        _partials.TryGetValue((tile.Level, tile.Index), out var list) ? list.Where(other => other.Width < tile.Width) : [];

    private List<TilePath> PartialsAt(TilePath tile)
    {
        var place = (tile.Level, tile.Index);
        if (!_partials.TryGetValue(place, out var list))
        {
            _partials[place] = list = [];
        }

        return list;
    }
}
