using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Grains.Tests.Sealing;

/// <summary>A data folder's seal store, opened anew for each sealing, whose parts can be set back or lost in between.</summary>
internal sealed class SealFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-set-back-");
    private readonly DirectoryInfo _saved = Directory.CreateTempSubdirectory("provenance-saved-");

    /// <summary>What is published; null if nothing is.</summary>
    public string? Checkpoint
    {
        get
        {
            var path = Path.Combine(_folder.FullName, "log", "checkpoint");
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
    }

    public async Task SealAsync(Func<ISealStore, ChainSealer> sealer)
    {
        using var store = new FileSealStore(_folder.FullName, BlockRecord.SizeOf(IndexRule.Hash));
        await sealer(store).SealAsync(CancellationToken.None);
    }

    public void Save(string part) => Copy(Path.Combine(_folder.FullName, part), Path.Combine(_saved.FullName, part));

    public void Restore(string part)
    {
        Delete(part);
        Copy(Path.Combine(_saved.FullName, part), Path.Combine(_folder.FullName, part));
    }

    public void Delete(string part) => Directory.Delete(Path.Combine(_folder.FullName, part), recursive: true);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _saved.Delete(recursive: true);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
