using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Ledger.Units;

/// <summary>The first 128 bytes of a segment file (docs/formats.md, "Segment header").</summary>
/// <param name="Number">Position among the segments, from 0; also the file's name.</param>
/// <param name="FirstOrdinal">Ordinal of the first entry in it.</param>
/// <param name="LogId">32 random bytes, the same in every segment of a data folder.</param>
/// <param name="PreviousLength">Length of the segment before, in bytes; 0 for the first.</param>
/// <param name="PreviousCheck">Check of the last frame of the segment before; zero for the first.</param>
public readonly record struct SegmentHeader(
    long Number, long FirstOrdinal, Hash256 LogId, long PreviousLength, BlockDigest PreviousCheck)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 128;

    /// <summary>The only version there is.</summary>
    public const uint Version = 1;

    /// <summary>A new segment begins before this length would be passed, unless one frame alone passes it.</summary>
    public const long RollBytes = 64L * 1024 * 1024;

    /// <summary>The name ends all files of this kind.</summary>
    public const string Extension = ".seg";

    private const int CheckOffset = Size - BlockDigest.Size;

    // As in PNG: a byte over 127 and both line ends show a file that was carried as text.
    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'P', (byte)'G', (byte)'S', (byte)'E', (byte)'G', 0x0D, 0x0A];

    /// <summary>The file's name: eight digits or more, and the extension.</summary>
    public static string FileName(long number) =>
        number.ToString("D8", System.Globalization.CultureInfo.InvariantCulture) + Extension;

    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void WriteTo(Span<byte> destination)
    {
        destination[..Size].Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Size);
        BinaryPrimitives.WriteInt64BigEndian(destination[16..], Number);
        BinaryPrimitives.WriteInt64BigEndian(destination[24..], FirstOrdinal);
        LogId.CopyTo(destination[32..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[64..], PreviousLength);
        PreviousCheck.CopyTo(destination[72..]);
        BlockDigest.Of(destination[..CheckOffset]).CopyTo(destination[CheckOffset..]);
    }

    /// <summary>Reads a header; anything that <see cref="WriteTo"/> would not have written is refused.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, out SegmentHeader header, [NotNullWhen(false)] out string? error)
    {
        header = default;
        if (bytes.Length < Size)
        {
            error = $"A segment header has {Size} bytes, not {bytes.Length}.";
            return false;
        }

        if (!bytes[..8].SequenceEqual(Magic))
        {
            error = "This is not a segment file.";
            return false;
        }

        if (BlockDigest.Read(bytes[CheckOffset..]) != BlockDigest.Of(bytes[..CheckOffset]))
        {
            error = "The segment header does not match its check.";
            return false;
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        var number = BinaryPrimitives.ReadInt64BigEndian(bytes[16..]);
        var first = BinaryPrimitives.ReadInt64BigEndian(bytes[24..]);
        var previous = BinaryPrimitives.ReadInt64BigEndian(bytes[64..]);
        error = version != Version ? $"Segment version {version} is unknown."
            : BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) != Size ? "The segment header has another length."
            : number < 0 || first < 0 || previous < 0 ? "A number in the segment header is negative."
            : bytes[88..CheckOffset].ContainsAnyExcept((byte)0) ? "Reserved bytes of the segment header are set."
            : null;
        if (error is not null)
        {
            return false;
        }

        header = new SegmentHeader(
            number, first, new Hash256(bytes.Slice(32, Hash256.Size)), previous, BlockDigest.Read(bytes[72..]));
        return true;
    }
}
