using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Ledger.Entries;

/// <summary>
/// Entry header, version 1: 113 bytes, big-endian, and the whole content of a leaf of the log (docs/formats.md).
/// </summary>
/// <param name="Index">Stands for the entity.</param>
/// <param name="Sequence">Position in the entity's journal, from 0.</param>
/// <param name="Previous">Leaf hash of the entry before; zero at sequence 0.</param>
/// <param name="TimeMs">When it was decided: milliseconds since 1970-01-01T00:00:00Z, not negative.</param>
/// <param name="Commitment">Root over the payload's field groups.</param>
public readonly record struct EntryHeader(
    EntityIndex Index,
    long Sequence,
    Hash256 Previous,
    long TimeMs,
    Hash256 Commitment)
{
    /// <summary>Length of an encoded header, in bytes.</summary>
    public const int Size = 1 + 32 + 8 + 32 + 8 + 32;

    /// <summary>The only version there is.</summary>
    public const byte Version = 1;

    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void WriteTo(Span<byte> destination)
    {
        destination[0] = Version;
        Index.Value.CopyTo(destination[1..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[33..], Sequence);
        Previous.CopyTo(destination[41..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[73..], TimeMs);
        Commitment.CopyTo(destination[81..]);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>Reads a header; anything that <see cref="WriteTo"/> would not have written is refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out EntryHeader header, [NotNullWhen(false)] out string? error)
    {
        header = default;
        if (bytes.Length != Size)
        {
            error = $"An entry header has {Size} bytes, not {bytes.Length}.";
            return false;
        }

        if (bytes[0] != Version)
        {
            error = $"Entry header version {bytes[0]} is unknown.";
            return false;
        }

        var sequence = BinaryPrimitives.ReadInt64BigEndian(bytes[33..]);
        var previous = new Hash256(bytes[41..73]);
        var time = BinaryPrimitives.ReadInt64BigEndian(bytes[73..]);
        error = sequence < 0 ? "The sequence is negative."
            : time < 0 ? "The time is negative."
            : sequence == 0 && !previous.IsZero ? "The first entry of a journal names a previous entry."
            : sequence != 0 && previous.IsZero ? "An entry after the first names no previous entry."
            : null;
        if (error is not null)
        {
            return false;
        }

        header = new EntryHeader(
            new EntityIndex(new Hash256(bytes[1..33])), sequence, previous, time, new Hash256(bytes[81..113]));
        return true;
    }

    /// <summary>The leaf hash, SHA-256(0x00 || header) (RFC 9162 section 2.1.1): what the next entry names.</summary>
    public Hash256 LeafHash()
    {
        Span<byte> leaf = stackalloc byte[1 + Size];
        leaf[0] = 0x00;
        WriteTo(leaf[1..]);
        return Hash256.Sha256(leaf);
    }
}
