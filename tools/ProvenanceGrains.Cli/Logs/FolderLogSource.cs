using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Logs;

/// <summary>A log as files in a folder: exported, or the <c>log/</c> of an engine's data folder.</summary>
internal sealed class FolderLogSource(string folder, string prefix) : ILogSource
{
    public string Prefix => prefix;

    public Task<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => ReadFileAsync("checkpoint", cancellation);

    public Task<byte[]?> ReadAsync(TilePath path, CancellationToken cancellation) => ReadFileAsync(path.ToString(), cancellation);

    /// <summary>A file beside the tiles, e.g. <c>vkey</c>.</summary>
    public async Task<byte[]?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        var file = new FileInfo(Path.Combine(folder, path));
        if (!file.Exists)
        {
            return null;
        }

        return file.Length <= ILogSource.MaxFileBytes
            ? await File.ReadAllBytesAsync(file.FullName, cancellation)
            : throw new UnusableException($"{prefix}{path} has {file.Length} bytes; no file of a log is so long.");
    }

    /// <summary>The names of the files directly in a folder of the log; none if it is not there.</summary>
    public IEnumerable<string> ListFolder(string path) => new DirectoryInfo(Path.Combine(folder, path)) is { Exists: true } directory
        ? directory.EnumerateFiles().Select(file => file.Name)
        : [];

    /// <summary>Every file below the folder, relative to it, with forward slashes.</summary>
    public IEnumerable<string> ListFiles() => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
        : [];
}
