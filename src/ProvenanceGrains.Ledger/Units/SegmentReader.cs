namespace ProvenanceGrains.Ledger.Units;

/// <summary>What <see cref="SegmentReader.Read"/> found at its position.</summary>
public enum SegmentStepKind
{
    /// <summary>The window is too short: give at least <see cref="SegmentReader.Wanted"/> bytes.</summary>
    More,

    /// <summary>The segment's header, sound.</summary>
    Header,

    /// <summary>A frame, sound to its last byte.</summary>
    Frame,

    /// <summary>Bytes that are not what was written there, or not a whole frame.</summary>
    Damage,

    /// <summary>The end of the segment.</summary>
    End,
}

/// <summary>One step through a segment.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">How many bytes it takes; for damage, as far as is known so far.</param>
/// <param name="Frame">With a sound frame, or a damaged one whose head is sound.</param>
/// <param name="Check">The frame's check.</param>
/// <param name="Unit">The unit's bytes, inside the window; empty unless the frame is sound.</param>
/// <param name="FirstOrdinal">The first ordinal concerned.</param>
/// <param name="Error">With damage: what is wrong, for a person.</param>
public readonly record struct SegmentStep(
    SegmentStepKind Kind,
    long Offset,
    long Length,
    FrameHeader Frame,
    BlockDigest Check,
    ReadOnlyMemory<byte> Unit,
    long FirstOrdinal,
    string? Error);

/// <summary>Walks through one segment, frame by frame, without I/O: the caller brings the bytes.</summary>
/// <remarks>
/// <para>Use: read a window of the file that begins at <see cref="Position"/> and has <see cref="Wanted"/> bytes (or
/// what is left of the file), call <see cref="Read"/>, repeat until <see cref="SegmentStepKind.End"/>. A window may be longer: call
/// again with its rest. Memory: one frame, 64 MiB at the very most.</para>
/// <para>Every byte of the file is under a check. After damage the reader looks for the next sound frame, byte by byte, so that it
/// can tell what lies behind; ordinals in between are those that are lost.</para>
/// </remarks>
public sealed class SegmentReader
{
    private const int MinWanted = 64 * 1024;

    private SegmentHeader _segment;
    private bool _begun;
    private bool _lost;
    private bool _resync;

    /// <summary>Begins at the start of a segment, at its header.</summary>
    public SegmentReader() => Wanted = MinWanted;

    /// <summary>Begins at a frame in the middle of a segment whose header has been read.</summary>
    public SegmentReader(SegmentHeader segment, long position, long nextOrdinal)
        : this()
    {
        _begun = true;
        _segment = segment;
        Position = position;
        NextOrdinal = nextOrdinal;
    }

    /// <summary>Offset in the file of the next byte to read.</summary>
    public long Position { get; private set; }

    /// <summary>How many bytes from <see cref="Position"/> on the next step may need.</summary>
    public int Wanted { get; private set; }

    /// <summary>The ordinal that the next frame should begin with.</summary>
    public long NextOrdinal { get; private set; }

    /// <summary>The segment's header, once it has been read.</summary>
    public SegmentHeader Segment => _segment;

    /// <summary>Takes one step.</summary>
    /// <param name="window">The file's bytes from <see cref="Position"/> on.</param>
    /// <param name="toEnd">Whether the window reaches to the end of the file.</param>
    public SegmentStep Read(ReadOnlyMemory<byte> window, bool toEnd)
    {
        if (!_begun)
        {
            return ReadHeader(window, toEnd);
        }

        if (_lost || (window.IsEmpty && toEnd))
        {
            return new SegmentStep(SegmentStepKind.End, Position, 0, default, default, default, NextOrdinal, null);
        }

        return _resync ? Resync(window, toEnd) : ReadFrame(window, toEnd);
    }

    private SegmentStep ReadHeader(ReadOnlyMemory<byte> window, bool toEnd)
    {
        if (window.Length < SegmentHeader.Size && !toEnd)
        {
            return More(SegmentHeader.Size);
        }

        _begun = true;
        if (!SegmentHeader.TryParse(window.Span, out var header, out var error))
        {
            // Without the header no frame can be verified: the whole file is lost to this reader.
            _lost = true;
            Position += window.Length;
            return new SegmentStep(SegmentStepKind.Damage, 0, window.Length, default, default, default, 0, error);
        }

        _segment = header;
        Position = SegmentHeader.Size;
        NextOrdinal = header.FirstOrdinal;
        return new SegmentStep(
            SegmentStepKind.Header, 0, SegmentHeader.Size, default, default, default, NextOrdinal, null);
    }

    private SegmentStep ReadFrame(ReadOnlyMemory<byte> window, bool toEnd)
    {
        var span = window.Span;
        if (span.Length < FrameHeader.Size && !toEnd)
        {
            return More(FrameHeader.Size);
        }

        if (!FrameHeader.TryPeek(span, out var header, out var error))
        {
            return Lost(error, toEnd && span.Length < FrameHeader.Size ? span.Length : 1);
        }

        if (span.Length < header.FrameLength && !toEnd)
        {
            return More(header.FrameLength);
        }

        if (!FrameHeader.TryParse(_segment, Position, span, out header, out var check, out error))
        {
            return Lost(error, 1);
        }

        if (header.FirstOrdinal != NextOrdinal)
        {
            return Lost($"The frame begins with ordinal {header.FirstOrdinal}, not {NextOrdinal}.", 1);
        }

        if (span.Length < header.FrameLength)
        {
            return Lost("The frame is cut off.", 1, header);
        }

        var unit = window.Slice(FrameHeader.Size, header.UnitLength);
        if (CheckUnit(unit, header) is { } damage)
        {
            return Skip(header, damage);
        }

        var step = new SegmentStep(
            SegmentStepKind.Frame, Position, header.FrameLength, header, check, unit, header.FirstOrdinal, null);
        Pass(header);
        return step;
    }

    // The head is sound, so its lengths are: the damage ends with this frame.
    private SegmentStep Skip(in FrameHeader header, string error)
    {
        var step = new SegmentStep(
            SegmentStepKind.Damage, Position, header.FrameLength, header, default, default, header.FirstOrdinal, error);
        Pass(header);
        return step;
    }

    private void Pass(in FrameHeader header)
    {
        Position += header.FrameLength;
        NextOrdinal = header.EndOrdinal;
        Wanted = MinWanted;
    }

    private static string? CheckUnit(ReadOnlyMemory<byte> unit, in FrameHeader frame)
    {
        if (!UnitHead.TryParse(unit[..frame.HeadLength], out var head, out var error))
        {
            return error;
        }

        if (head.UnitLength != frame.UnitLength || head.EntryCount != frame.EntryCount)
        {
            return "Frame and unit disagree on the unit's size.";
        }

        for (var i = 0; i < head.Blocks.Count; i++)
        {
            var place = head.Blocks[i];
            if (BlockDigest.Of(unit.Span.Slice(place.Offset, place.Length)) != place.Digest)
            {
                var first = frame.FirstOrdinal + place.FirstEntry;
                return $"Matter {i} of the unit, entries {first} to {first + place.EntryCount - 1}, is damaged.";
            }
        }

        return null;
    }

    private SegmentStep Lost(string error, int length, FrameHeader header = default)
    {
        var step = new SegmentStep(
            SegmentStepKind.Damage, Position, length, header, default, default, NextOrdinal, error);
        Position += length;
        _resync = true;
        Wanted = MinWanted;
        return step;
    }

    // Silently passes over bytes until a frame's head verifies at its place; the ordinal may jump, forwards only.
    private SegmentStep Resync(ReadOnlyMemory<byte> window, bool toEnd)
    {
        var span = window.Span;
        var at = 0;
        while (true)
        {
            var found = span[at..].IndexOf(FrameHeader.Magic);
            if (found < 0)
            {
                // A magic may begin in the last three bytes.
                var passed = toEnd ? span.Length : Math.Max(at, span.Length - (FrameHeader.Magic.Length - 1));
                return Passed(passed, MinWanted);
            }

            at += found;
            if (FrameHeader.TryPeek(span[at..], out var header, out _) || span.Length - at < FrameHeader.Size)
            {
                var wanted = FrameHeader.Size + header.HeadLength;
                if (span.Length - at < wanted && !toEnd)
                {
                    return Passed(at, wanted);
                }

                if (FrameHeader.TryParse(_segment, Position + at, span[at..], out header, out _, out _)
                    && header.FirstOrdinal >= NextOrdinal)
                {
                    NextOrdinal = header.FirstOrdinal;
                    _resync = false;
                    return Passed(at, header.FrameLength);
                }
            }

            at++;
        }
    }

    private SegmentStep Passed(int count, int wanted)
    {
        Position += count;
        return More(wanted);
    }

    private SegmentStep More(int wanted)
    {
        Wanted = Math.Max(wanted, MinWanted);
        return new SegmentStep(SegmentStepKind.More, Position, 0, default, default, default, NextOrdinal, null);
    }
}
