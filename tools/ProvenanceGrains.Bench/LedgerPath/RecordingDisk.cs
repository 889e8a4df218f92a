using System.Diagnostics;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Storage.Files;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.Bench.LedgerPath;

/// <summary>The machine's own disk, which notes how many bytes each fsync made durable.</summary>
internal sealed class RecordingDisk : ISegmentDisk
{
    private readonly List<int> _batches = [];

    /// <summary>Bytes written between one fsync of a segment and the next. Read when the store is closed.</summary>
    public IReadOnlyList<int> Batches => _batches;

    public IReadOnlyList<string> List(string folder) => LocalDisk.Instance.List(folder);

    public void CreateFolder(string folder) => LocalDisk.Instance.CreateFolder(folder);

    public ISegmentFile Open(string path, bool create) => new RecordingFile(LocalDisk.Instance.Open(path, create), _batches);

    public void Rename(string from, string to) => LocalDisk.Instance.Rename(from, to);

    public void Delete(string path) => LocalDisk.Instance.Delete(path);

    public void SyncFolder(string folder) => LocalDisk.Instance.SyncFolder(folder);

    /// <remarks>Only the committer's thread writes.</remarks>
    private sealed class RecordingFile(ISegmentFile inner, List<int> batches) : ISegmentFile
    {
        private int _unsynced;

        public long Length => inner.Length;

        public int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            inner.Write(buffers, offset);
            _unsynced += buffers.Sum(buffer => buffer.Length);
        }

        public void Sync()
        {
            inner.Sync();
            if (_unsynced > 0)
            {
                batches.Add(_unsynced);
                _unsynced = 0;
            }
        }

        public void SetLength(long length) => inner.SetLength(length);

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>What the ledger path is compared with: the same bytes in the same batches, written and synced, and nothing else.</summary>
/// <param name="Elapsed">Time of all batches together.</param>
/// <param name="BatchMs">Time of each batch's write and fsync, in milliseconds.</param>
internal sealed record BareLoop(TimeSpan Elapsed, Samples BatchMs)
{
    /// <summary>Writes the batches to a new file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All bytes, in order.</param>
    /// <param name="batches">How many of them go with each fsync.</param>
    public static BareLoop Run(string path, ReadOnlyMemory<byte> content, IReadOnlyList<int> batches)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var times = new double[batches.Count];
        var offset = 0;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < batches.Count; i++)
        {
            var from = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, content.Span.Slice(offset, batches[i]), offset);
            DurableFile.Sync(file);
            times[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            offset += batches[i];
        }

        return new BareLoop(Stopwatch.GetElapsedTime(started), new Samples(times));
    }
}
