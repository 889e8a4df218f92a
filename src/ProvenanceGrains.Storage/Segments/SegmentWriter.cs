using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>Writes frames at the end of the log. One thread.</summary>
/// <remarks>After any exception it is unusable: what is on the disk is known again only after <see cref="SegmentRecovery"/>.</remarks>
internal sealed class SegmentWriter : IDisposable
{
    private readonly SegmentStoreOptions _options;
    private readonly string _folder;
    private readonly SegmentFiles _files;
    private readonly TimeProvider _time;
    private readonly List<ReadOnlyMemory<byte>> _staged = [];
    private SegmentHeader _segment;
    private ISegmentFile _file;
    private long _written;
    private long _length;
    private BlockDigest _lastCheck;
    private long _syncs;
    private long _syncTicks;

    public SegmentWriter(
        SegmentStoreOptions options, string folder, LogTail tail, SegmentFiles files, TimeProvider time)
    {
        _options = options;
        _folder = folder;
        _files = files;
        _time = time;
        _segment = tail.Segment;
        _length = _written = tail.Length;
        _lastCheck = tail.LastCheck;
        NextOrdinal = tail.NextOrdinal;
        DurableOrdinal = tail.NextOrdinal;
        _files.Know(_segment);
        _file = options.Disk.Open(files.PathOf(_segment.Number), create: false);
    }

    /// <summary>What the next frame begins with.</summary>
    public long NextOrdinal { get; private set; }

    /// <summary>Everything below has been synced.</summary>
    public long DurableOrdinal { get; private set; }

    public long Syncs => Volatile.Read(ref _syncs);

    public TimeSpan SyncTime => new(Volatile.Read(ref _syncTicks));

    /// <summary>Gives a frame its place; it is written by the next <see cref="Flush"/>.</summary>
    /// <param name="frame">Unit with room for the frame's header in front; not to be changed before the flush.</param>
    /// <param name="headLength">Length of the unit's head, in bytes.</param>
    /// <param name="entries">Number of the unit's entries.</param>
    /// <returns>Where it will stand.</returns>
    public (long Segment, long Offset) Stage(Memory<byte> frame, int headLength, int entries)
    {
        if (_length + frame.Length > _options.SegmentBytes && _length > SegmentHeader.Size)
        {
            Roll();
        }

        var header = new FrameHeader(
            frame.Length - FrameHeader.Size, headLength, NextOrdinal, entries, DurableOrdinal);
        var offset = _length;
        var span = frame.Span;
        _lastCheck = header.WriteTo(_segment, offset, span, span.Slice(FrameHeader.Size, headLength));
        _staged.Add(frame);
        _length += frame.Length;
        NextOrdinal = header.EndOrdinal;
        return (_segment.Number, offset);
    }

    /// <summary>Makes what was staged durable: one write, one fsync. This is the commit point.</summary>
    /// <remarks>
    /// A crash before the return leaves any part of the staged bytes; recovery keeps whole frames from the front and cuts
    /// off the rest. None of it has been acknowledged.
    /// </remarks>
    public void Flush()
    {
        WriteStaged();
        DurableOrdinal = NextOrdinal;
    }

    public void Dispose() => _file.Dispose();

    private void WriteStaged()
    {
        if (_staged.Count == 0)
        {
            return;
        }

        _file.Write(_staged, _written);
        var start = _time.GetTimestamp();
        _file.Sync();
        Volatile.Write(ref _syncTicks, _syncTicks + _time.GetElapsedTime(start).Ticks);
        Volatile.Write(ref _syncs, _syncs + 1);
        _staged.Clear();
        _written = _length;
    }

    /// <remarks>
    /// 1. The full segment is synced whole. 2. The next one is made with its header (<see cref="SegmentRecovery.Create"/>).
    /// A crash between leaves the full segment as the last; after 2, an empty one behind it. Both are sound.
    /// </remarks>
    private void Roll()
    {
        WriteStaged();
        var next = new SegmentHeader(_segment.Number + 1, NextOrdinal, _segment.LogId, _length, _lastCheck);
        SegmentRecovery.Create(_options.Disk, _folder, next);
        _file.Dispose();
        _segment = next;
        _files.Know(next);
        _file = _options.Disk.Open(_files.PathOf(next.Number), create: false);
        _length = _written = SegmentHeader.Size;
    }
}
