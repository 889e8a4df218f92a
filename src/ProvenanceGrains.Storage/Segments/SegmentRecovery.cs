using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>The end of the log, as it was found: where the next frame goes.</summary>
internal sealed record LogTail(SegmentHeader Segment, long Length, long NextOrdinal, BlockDigest LastCheck);

/// <summary>Looks over the segments at a start, and mends what a crash leaves behind.</summary>
/// <remarks>
/// What a crash can leave, and what is done about it:
/// 1. A <c>.tmp</c> file: a segment that was not in use yet. Removed.
/// 2. Bytes at the end of the last segment that are no whole frame, or frames that no fsync has covered. They were never
///    acknowledged. Whole frames are kept, and written again: after a failed fsync the page cache may show
///    bytes that the disk does not have. The rest is moved to a <c>torn-*.bin</c> file and cut off.
/// Anything else is damage, and the store does not open: see <see cref="StoreDamagedException"/>.
/// </remarks>
internal sealed partial class SegmentRecovery(
    SegmentStoreOptions options, string folder, long mustHoldOrdinal, ILogger logger)
{
    private readonly ISegmentDisk _disk = options.Disk;

    /// <summary>Opens or begins the log.</summary>
    public LogTail Recover()
    {
        _disk.CreateFolder(folder);
        foreach (var leftover in _disk.List(folder).Where(f => f.EndsWith(".tmp", StringComparison.Ordinal)))
        {
            _disk.Delete(leftover);
        }

        var numbers = ListSegments();
        if (numbers.Count == 0)
        {
            return Begin();
        }

        // The last process may have ended between giving a segment its name and making the name durable. What goes into
        // the segment from now on is acknowledged, so the name must not be lost with the power.
        _disk.SyncFolder(folder);
        var headers = ReadHeaders(numbers);
        var last = headers[^1];
        var tail = Scan(last);
        if (tail.NextOrdinal < mustHoldOrdinal)
        {
            throw new StoreDamagedException(
                PathOf(last.Number), tail.Length,
                $"the log ends at ordinal {tail.NextOrdinal}, but entries up to {mustHoldOrdinal - 1} were sealed or indexed");
        }

        return tail;
    }

    /// <summary>Creates a segment under a temporary name, so that a file with a segment's name always has its header.</summary>
    public static void Create(ISegmentDisk disk, string folder, in SegmentHeader header)
    {
        var bytes = new byte[SegmentHeader.Size];
        header.WriteTo(bytes);
        var path = Path.Combine(folder, SegmentHeader.FileName(header.Number));

        // A crash before the rename leaves the .tmp (1 above); after it, a segment without frames, which is sound.
        using (var file = disk.Open(path + ".tmp", create: true))
        {
            file.Write([bytes], 0);
            file.Sync();
        }

        disk.Rename(path + ".tmp", path);
        disk.SyncFolder(folder);
    }

    private LogTail Begin()
    {
        if (mustHoldOrdinal > 0)
        {
            throw new StoreDamagedException(
                folder, 0, $"there are no segments, but entries up to {mustHoldOrdinal - 1} were sealed or indexed");
        }

        var id = options.LogId ?? new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));
        var header = new SegmentHeader(0, 0, id, 0, default);
        Create(_disk, folder, header);
        return new LogTail(header, SegmentHeader.Size, 0, default);
    }

    private List<long> ListSegments()
    {
        var numbers = new List<long>();
        foreach (var path in _disk.List(folder))
        {
            var name = Path.GetFileName(path);
            if (!name.EndsWith(SegmentHeader.Extension, StringComparison.Ordinal))
            {
                continue;
            }

            if (!long.TryParse(Path.GetFileNameWithoutExtension(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || SegmentHeader.FileName(number) != name)
            {
                throw new StoreDamagedException(path, 0, "this is no name of a segment");
            }

            numbers.Add(number);
        }

        numbers.Sort();
        for (var i = 0; i < numbers.Count; i++)
        {
            if (numbers[i] != i)
            {
                throw new StoreDamagedException(PathOf(i), 0, "the segment is missing");
            }
        }

        return numbers;
    }

    private List<SegmentHeader> ReadHeaders(List<long> numbers)
    {
        var headers = new List<SegmentHeader>(numbers.Count);
        var previousLength = 0L;
        var bytes = new byte[SegmentHeader.Size];
        foreach (var number in numbers)
        {
            using var file = _disk.Open(PathOf(number), create: false);
            var read = file.Read(bytes, 0);
            if (!SegmentHeader.TryParse(bytes.AsSpan(0, read), out var header, out var error))
            {
                throw new StoreDamagedException(PathOf(number), 0, error);
            }

            if (header.Number != number || (number > 0 && header.LogId != headers[0].LogId))
            {
                throw new StoreDamagedException(PathOf(number), 0, "the header is that of another segment or log");
            }

            if (header.PreviousLength != previousLength)
            {
                throw new StoreDamagedException(
                    PathOf(number - 1), Math.Min(previousLength, header.PreviousLength),
                    $"it has {previousLength} bytes; the segment after it says {header.PreviousLength}");
            }

            headers.Add(header);
            previousLength = file.Length;
        }

        return headers;
    }

    private LogTail Scan(SegmentHeader segment)
    {
        using var file = _disk.Open(PathOf(segment.Number), create: false);
        var walk = new SegmentWalk(file, new SegmentReader());
        var soundEnd = (long)SegmentHeader.Size;
        var next = segment.FirstOrdinal;
        var check = segment.PreviousCheck;
        var unsynced = soundEnd;
        SegmentStep? damage = null;
        var batch = long.MinValue;
        for (var step = walk.Next(); step.Kind != SegmentStepKind.End; step = walk.Next())
        {
            if (step.Kind == SegmentStepKind.Damage)
            {
                damage ??= step;
                Refuse(segment, damage.Value, step.Frame.DurableOrdinal);
            }
            else if (step.Kind == SegmentStepKind.Frame)
            {
                if (damage is { } before)
                {
                    // The frame was written after everything below its durable ordinal had been synced.
                    Refuse(segment, before, step.Frame.DurableOrdinal);
                    continue;
                }

                if (step.Frame.DurableOrdinal != batch)
                {
                    batch = step.Frame.DurableOrdinal;
                    unsynced = step.Offset;
                }

                soundEnd = step.Offset + step.Length;
                next = step.Frame.EndOrdinal;
                check = step.Check;
            }
        }

        if (damage is { } torn)
        {
            Refuse(segment, torn, 0);
        }

        WriteAgain(file, unsynced, soundEnd);
        Cut(segment, file, soundEnd, damage?.Error);
        return new LogTail(segment, soundEnd, next, check);
    }

    private void Refuse(SegmentHeader segment, in SegmentStep damage, long durableOrdinal)
    {
        if (damage.FirstOrdinal < Math.Max(durableOrdinal, mustHoldOrdinal))
        {
            throw new StoreDamagedException(
                PathOf(segment.Number), damage.Offset,
                $"{damage.Error} Entries from {damage.FirstOrdinal} on were durable and cannot be cut off.");
        }
    }

    private static void WriteAgain(ISegmentFile file, long from, long to)
    {
        var buffer = new byte[1024 * 1024];
        for (var at = from; at < to;)
        {
            var count = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - at)), at);
            file.Write([buffer.AsMemory(0, count)], at);
            at += count;
        }

        file.Sync();
    }

    private void Cut(SegmentHeader segment, ISegmentFile file, long end, string? error)
    {
        var length = file.Length;
        if (length == end)
        {
            return;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"torn-{segment.Number:D8}-{end}.bin");
        var kept = Path.Combine(folder, name);

        // A crash before the cut leaves the copy: the next start makes it again.
        using (var copy = _disk.Open(kept, create: true))
        {
            var buffer = new byte[1024 * 1024];
            for (var at = end; at < length;)
            {
                var count = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)), at);
                copy.Write([buffer.AsMemory(0, count)], at - end);
                at += count;
            }

            copy.Sync();
        }

        _disk.SyncFolder(folder);
        file.SetLength(end);
        file.Sync();
        LogCut(length - end, PathOf(segment.Number), end, kept, error ?? "");
    }

    private string PathOf(long number) => Path.Combine(folder, SegmentHeader.FileName(number));

    [LoggerMessage(2001, LogLevel.Warning,
        "Cut {Bytes} unacknowledged bytes off {File} at offset {Offset}; they are kept in {Kept}. {Reason}")]
    private partial void LogCut(long bytes, string file, long offset, string kept, string reason);
}

/// <summary>Feeds a <see cref="SegmentReader"/> from a file.</summary>
internal sealed class SegmentWalk(ISegmentFile file, SegmentReader reader)
{
    private const int WindowBytes = 1024 * 1024;

    private byte[] _buffer = new byte[(int)Math.Clamp(file.Length, SegmentHeader.Size, WindowBytes)];
    private long _start;
    private int _length;

    /// <summary>The next header, frame, damage or end. A frame's bytes are valid until the next call.</summary>
    public SegmentStep Next()
    {
        while (true)
        {
            Fill();
            var at = (int)(reader.Position - _start);
            var step = reader.Read(_buffer.AsMemory(at, _length - at), _start + _length >= file.Length);
            if (step.Kind != SegmentStepKind.More)
            {
                return step;
            }
        }
    }

    private void Fill()
    {
        var end = _start + _length;
        var have = end - reader.Position;
        if (reader.Position >= _start && have >= 0 && (have >= reader.Wanted || end >= file.Length))
        {
            return;
        }

        if (_buffer.Length < reader.Wanted)
        {
            _buffer = new byte[reader.Wanted];
        }

        _start = reader.Position;
        _length = file.Read(_buffer, _start);
    }
}
