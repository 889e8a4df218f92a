using Microsoft.Extensions.Logging.Abstractions;
using ProvenanceGrains.Storage.Segments;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Segments;

/// <summary>A data folder of its own for one test.</summary>
public sealed class StoreFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("provenance-store-").FullName;

    public SegmentStoreOptions Options => new() { Folder = Path };

    public string Segment(int number) =>
        System.IO.Path.Combine(Path, "segments", $"{number:D8}.seg");

    public static Task<SegmentStore> OpenAsync(SegmentStoreOptions options, long mustHold = 0) => SegmentStore.OpenAsync(
        options, TextMatterProjector.Instance, TimeProvider.System, NullLogger.Instance, mustHold, CancellationToken.None);

    public Task<SegmentStore> OpenAsync(long mustHold = 0) => OpenAsync(Options, mustHold);

    public void DeleteIndex()
    {
        var index = System.IO.Path.Combine(Path, "index");
        if (Directory.Exists(index))
        {
            Directory.Delete(index, recursive: true);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
