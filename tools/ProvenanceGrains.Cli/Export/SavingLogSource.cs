using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Export;

/// <summary>Saves every tile and bundle that is read through it. The checkpoint is not saved: it comes last, elsewhere.</summary>
internal sealed class SavingLogSource(ILogSource source, string folder) : ILogSource
{
    public string Prefix => source.Prefix;

    public Task<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => source.ReadCheckpointAsync(cancellation);

    public Task<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) => source.ReadFileAsync(path, cancellation);

    public async Task<byte[]?> ReadAsync(TilePath path, CancellationToken cancellation)
    {
        var content = await source.ReadAsync(path, cancellation);
        if (content is not null)
        {
            var file = Path.Combine(folder, path.ToString());
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, content, cancellation);
        }

        return content;
    }
}
