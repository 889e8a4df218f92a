using Microsoft.Extensions.Logging;
using ProvenanceGrains.Storage.Files;
using ProvenanceGrains.Storage.Segments.Index;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>A data folder that is locked, mended and ready for a store.</summary>
internal sealed record OpenedFolder(
    FolderLock Lock, string SegmentFolder, SegmentFiles Files, LogTail Tail, IndexDatabase Index, IndexPosition Position)
    : IDisposable
{
    /// <remarks>
    /// 1. Lock. 2. Ask the index how far it came: it holds durable entries only, so the log must reach as far. 3. Mend the log.
    /// 4. Make a new index if the old one does not fit.
    /// </remarks>
    public static OpenedFolder Open(SegmentStoreOptions options, long mustHoldOrdinal, ILogger logger)
    {
        options.Disk.CreateFolder(options.Folder);
        var folderLock = FolderLock.TakeOf(options.Folder);
        var segments = Path.Combine(options.Folder, "segments");
        var index = new IndexDatabase(Path.Combine(options.Folder, "index"), logger);
        try
        {
            var fits = index.TryOpen(out var position, out var logId);
            var must = fits ? Math.Max(mustHoldOrdinal, position.NextOrdinal) : mustHoldOrdinal;
            var tail = new SegmentRecovery(options, segments, must, logger).Recover();
            if (!fits || logId != tail.Segment.LogId)
            {
                index.Create(tail.Segment.LogId);
                position = default;
            }

            return new OpenedFolder(
                folderLock, segments, new SegmentFiles(options.Disk, segments), tail, index, position);
        }
        catch (Exception failure)
        {
            index.Dispose();
            folderLock.Dispose();
            if (failure is IndexException or UnauthorizedAccessException)
            {
                var file = failure is IndexException ? index.DatabasePath : options.Folder;
                throw new StoreUnavailableException($"The data folder cannot be opened: {file}: {failure.Message}", failure);
            }

            throw;
        }
    }

    public void Dispose()
    {
        Files.Dispose();
        Index.Dispose();
        Lock.Dispose();
    }
}
