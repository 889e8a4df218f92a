using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.TestKit.Storage;

/// <summary>A disk that fails on demand: the real one, with faults in between.</summary>
public sealed class FaultyDisk : ISegmentDisk
{
    private readonly object _gate = new();
    private long _writeBudget = long.MaxValue;
    private bool _failSync;
    private bool _hold;

    /// <summary>Completes when a sync is being held.</summary>
    public TaskCompletionSource Held { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From now on writes reach the disk until this many bytes are written; then they fail, as on a full disk.</summary>
    public void FailWritesAfter(long bytes)
    {
        lock (_gate)
        {
            _writeBudget = bytes;
        }
    }

    /// <summary>From now on every sync fails.</summary>
    public void FailSyncs()
    {
        lock (_gate)
        {
            _failSync = true;
        }
    }

    /// <summary>Every sync of a file waits until <see cref="Release"/>.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _hold = true;
            Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _hold = false;
            Monitor.PulseAll(_gate);
        }
    }

    public IReadOnlyList<string> List(string folder) => LocalDisk.Instance.List(folder);

    public void CreateFolder(string folder) => LocalDisk.Instance.CreateFolder(folder);

    public ISegmentFile Open(string path, bool create) => new FaultyFile(this, LocalDisk.Instance.Open(path, create));

    public void Rename(string from, string to) => LocalDisk.Instance.Rename(from, to);

    public void Delete(string path) => LocalDisk.Instance.Delete(path);

    public void SyncFolder(string folder) => LocalDisk.Instance.SyncFolder(folder);

    private int Grant(int bytes)
    {
        lock (_gate)
        {
            var granted = (int)Math.Min(bytes, _writeBudget);
            _writeBudget -= granted;
            return granted;
        }
    }

    private void BeforeSync()
    {
        lock (_gate)
        {
            if (_failSync)
            {
                throw new IOException("Input/output error (injected into fsync)");
            }

            while (_hold)
            {
                Held.TrySetResult();
                Monitor.Wait(_gate);
            }
        }
    }

    private sealed class FaultyFile(FaultyDisk disk, ISegmentFile inner) : ISegmentFile
    {
        public long Length => inner.Length;

        public int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            ArgumentNullException.ThrowIfNull(buffers);
            foreach (var buffer in buffers)
            {
                var granted = disk.Grant(buffer.Length);
                inner.Write([buffer[..granted]], offset);
                offset += granted;
                if (granted < buffer.Length)
                {
                    throw new IOException("No space left on device (injected into write)");
                }
            }
        }

        public void Sync()
        {
            disk.BeforeSync();
            inner.Sync();
        }

        public void SetLength(long length) => inner.SetLength(length);

        public void Dispose() => inner.Dispose();
    }
}
