using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ProvenanceGrains.Ledger.Units;

/// <summary>What stands before each unit in a segment (docs/formats.md, "Frame").</summary>
/// <param name="UnitLength">Length of the unit that follows, in bytes.</param>
/// <param name="HeadLength">Length of the unit's head, in bytes.</param>
/// <param name="FirstOrdinal">Ordinal of the unit's first entry.</param>
/// <param name="EntryCount">Entries of the unit.</param>
/// <param name="DurableOrdinal">
/// Every entry below this was durable before this frame was written. It tells a write that a crash cut short, which may be
/// dropped, from damage to what was acknowledged, which may not.
/// </param>
public readonly record struct FrameHeader(
    int UnitLength, int HeadLength, long FirstOrdinal, int EntryCount, long DurableOrdinal)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 4 + 4 + 4 + 8 + 4 + 8 + BlockDigest.Size;

    private const int CheckOffset = Size - BlockDigest.Size;

    /// <summary>The four bytes that a frame begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "PGF1"u8;

    /// <summary>Length of the whole frame, in bytes.</summary>
    public int FrameLength => Size + UnitLength;

    /// <summary>Ordinal after the unit's last entry.</summary>
    public long EndOrdinal => FirstOrdinal + EntryCount;

    /// <summary>Writes the header with its check, which covers the header, the unit's head and where the frame stands.</summary>
    /// <param name="segment">The segment it stands in.</param>
    /// <param name="offset">Offset of the frame in the segment's file.</param>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <param name="unitHead">The first <see cref="HeadLength"/> bytes of the unit.</param>
    public BlockDigest WriteTo(
        in SegmentHeader segment, long offset, Span<byte> destination, ReadOnlySpan<byte> unitHead)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteInt32BigEndian(destination[4..], UnitLength);
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], HeadLength);
        BinaryPrimitives.WriteInt64BigEndian(destination[12..], FirstOrdinal);
        BinaryPrimitives.WriteInt32BigEndian(destination[20..], EntryCount);
        BinaryPrimitives.WriteInt64BigEndian(destination[24..], DurableOrdinal);
        var check = Check(segment, offset, destination[..CheckOffset], unitHead);
        check.CopyTo(destination[CheckOffset..]);
        return check;
    }

    /// <summary>Reads the lengths, which are not verified yet: how many bytes <see cref="TryParse"/> wants.</summary>
    public static bool TryPeek(ReadOnlySpan<byte> bytes, out FrameHeader header, [NotNullWhen(false)] out string? error)
    {
        header = default;
        if (bytes.Length < Size)
        {
            error = "The frame is cut off in its header.";
            return false;
        }

        var unit = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var head = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        var first = BinaryPrimitives.ReadInt64BigEndian(bytes[12..]);
        var count = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]);
        var durable = BinaryPrimitives.ReadInt64BigEndian(bytes[24..]);
        error = !bytes[..4].SequenceEqual(Magic) ? "No frame begins here."
            : unit > UnitLimits.MaxUnitBytes ? "The frame's length is out of bounds."
            : head < UnitHead.FixedSize || head > unit ? "The head's length is out of bounds."
            : count is 0 or > UnitLimits.MaxEntries ? "The number of entries is out of bounds."
            : first < 0 || first > long.MaxValue - count || durable < 0 || durable > first
                ? "The frame's ordinals are out of bounds."
            : null;
        if (error is not null)
        {
            return false;
        }

        header = new FrameHeader((int)unit, (int)head, first, (int)count, durable);
        return true;
    }

    /// <summary>Reads and verifies a frame's header together with the unit's head.</summary>
    /// <param name="segment">The segment it stands in.</param>
    /// <param name="offset">Offset of the frame in the segment's file.</param>
    /// <param name="bytes">At least <see cref="Size"/> + <see cref="HeadLength"/> bytes, from the frame's first.</param>
    /// <param name="header">The header, when the answer is true.</param>
    /// <param name="check">Its check, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryParse(
        in SegmentHeader segment,
        long offset,
        ReadOnlySpan<byte> bytes,
        out FrameHeader header,
        out BlockDigest check,
        [NotNullWhen(false)] out string? error)
    {
        check = default;
        if (!TryPeek(bytes, out header, out error))
        {
            return false;
        }

        if (bytes.Length < Size + header.HeadLength)
        {
            error = "The frame is cut off in its head.";
            return false;
        }

        check = BlockDigest.Read(bytes[CheckOffset..]);
        if (check != Check(segment, offset, bytes[..CheckOffset], bytes.Slice(Size, header.HeadLength)))
        {
            error = "The frame's head does not match its check.";
            return false;
        }

        return true;
    }

    private static BlockDigest Check(
        in SegmentHeader segment, long offset, ReadOnlySpan<byte> header, ReadOnlySpan<byte> unitHead)
    {
        // The place is part of what is checked: a frame copied from elsewhere, or left over in a reused disk block, is
        // not taken for one that was written here.
        const int PlaceSize = Hash256.Size + 8 + 8;
        const int Inline = 1024;
        var length = PlaceSize + header.Length + unitHead.Length;
        Span<byte> place = stackalloc byte[PlaceSize];
        segment.LogId.CopyTo(place);
        BinaryPrimitives.WriteInt64BigEndian(place[Hash256.Size..], segment.Number);
        BinaryPrimitives.WriteInt64BigEndian(place[(Hash256.Size + 8)..], offset);
        if (length <= Inline)
        {
            Span<byte> buffer = stackalloc byte[Inline];
            place.CopyTo(buffer);
            header.CopyTo(buffer[PlaceSize..]);
            unitHead.CopyTo(buffer[(PlaceSize + header.Length)..]);
            return BlockDigest.Of(buffer[..length]);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(place);
        hash.AppendData(header);
        hash.AppendData(unitHead);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BlockDigest.Read(digest);
    }
}
