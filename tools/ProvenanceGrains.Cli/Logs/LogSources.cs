using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Logs;

/// <summary>Opens logs and notes by what a user calls them.</summary>
internal static class LogSources
{
    /// <summary>Whether it is a URL rather than a path.</summary>
    public static bool IsUrl(string place) =>
        place.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || place.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens a log at a URL, an exported log, or the log within a data folder.</summary>
    /// <param name="place">URL or folder.</param>
    /// <param name="opened">Gets what the caller must dispose of.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UnusableException">There is no log.</exception>
    public static async Task<ILogSource> OpenAsync(string place, List<HttpLogSource> opened, CancellationToken cancellation)
    {
        if (IsUrl(place))
        {
            var source = await HttpLogSource.OpenAsync(place, cancellation);
            opened.Add(source);
            return source;
        }

        var within = Path.Combine(place, "log");
        return Directory.Exists(Path.Combine(place, "tile")) ? new FolderLogSource(place, "")
            : Directory.Exists(Path.Combine(within, "tile")) ? new FolderLogSource(within, "log/")
            : throw new UnusableException($"{place} holds no log (tile/).");
    }

    /// <summary>Reads a file that holds a signed note.</summary>
    /// <exception cref="UnusableException">It is not there, or longer than any note.</exception>
    public static async Task<byte[]> ReadNoteAsync(string file, CancellationToken cancellation)
    {
        var info = new FileInfo(file);
        return info.Exists && info.Length <= SignedNote.MaxBytes
            ? await File.ReadAllBytesAsync(file, cancellation)
            : throw new UnusableException($"{file} is not there or is no note.");
    }
}
