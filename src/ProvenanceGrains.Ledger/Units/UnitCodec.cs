using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Units;

/// <summary>A unit as bytes, version 1 (docs/formats.md, "Unit"): a head, then one block a matter.</summary>
/// <remarks>
/// The head holds a digest of each block, so that a check over the head is a check over the unit, and yet each block
/// can be read and checked alone. One unit has one encoding.
/// </remarks>
public static class UnitCodec
{
    /// <summary>The form of the unit and its length: see <see cref="UnitCheck.TryCheck"/>.</summary>
    public static bool TryCheck(CommitUnit unit, [NotNullWhen(false)] out string? error)
    {
        if (!UnitCheck.TryCheck(unit, out _, out error))
        {
            return false;
        }

        return TryMeasure(unit, out _, out error);
    }

    /// <summary>The exact length of <see cref="Encode(CommitUnit, Span{byte})"/>'s output.</summary>
    /// <param name="unit">Checked by <see cref="UnitCheck.TryCheck"/>.</param>
    /// <param name="length">In bytes.</param>
    /// <param name="error">Which limit it is over, when the answer is false.</param>
    public static bool TryMeasure(CommitUnit unit, out int length, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(unit);
        long total = HeadLength(unit);
        Span<int> firstOfType = stackalloc int[UnitLimits.MaxTypesOfMatter];
        var matter = -1;
        var types = 0;
        for (var i = 0; i < unit.Entries.Count; i++)
        {
            var entry = unit.Entries[i];
            if (entry.Matter != matter)
            {
                matter = entry.Matter;
                types = 0;
                total += MatterBlock.FixedSize + unit.Matters[matter].Bytes.Length;
            }

            if (FindType(unit, entry, firstOfType[..types]) < 0)
            {
                if (types == UnitLimits.MaxTypesOfMatter)
                {
                    length = 0;
                    error = $"Matter {matter} has over {UnitLimits.MaxTypesOfMatter} different types and roles.";
                    return false;
                }

                firstOfType[types++] = i;
                total += PairLength(entry.EntryType, entry.Role);
            }

            total += MatterBlock.EntrySize + PairLength(entry.Entity.Kind, entry.Entity.Key);
        }

        error = total > UnitLimits.MaxUnitBytes ? $"The unit is over {UnitLimits.MaxUnitBytes} bytes." : null;
        length = error is null ? (int)total : 0;
        return error is null;
    }

    /// <summary>Length of the head alone, in bytes.</summary>
    public static int HeadLength(CommitUnit unit) =>
        UnitHead.FixedSize
        + (unit.Matters.Count * UnitHead.PlaceSize)
        + (unit.Claims.Count * UnitHead.ClaimSize)
        + unit.Author.Bytes.Length
        + unit.Note.Length;

    /// <summary>Encodes a checked unit into exactly as many bytes as <see cref="TryMeasure"/> said.</summary>
    public static void Encode(CommitUnit unit, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(unit);
        WriteFixed(unit, destination);
        var place = UnitHead.FixedSize;
        var at = HeadLength(unit);
        for (int first = 0, matter = 0; matter < unit.Matters.Count; matter++)
        {
            var end = first;
            while (end < unit.Entries.Count && unit.Entries[end].Matter == matter)
            {
                end++;
            }

            var length = WriteBlock(unit, matter, first, end, destination[at..]);
            BinaryPrimitives.WriteInt32BigEndian(destination[place..], length);
            BinaryPrimitives.WriteInt32BigEndian(destination[(place + 4)..], end - first);
            BlockDigest.Of(destination.Slice(at, length)).CopyTo(destination[(place + 8)..]);
            place += UnitHead.PlaceSize;
            at += length;
            first = end;
        }

        foreach (var claim in unit.Claims)
        {
            claim.Name.CopyTo(destination[place..]);
            BinaryPrimitives.WriteInt32BigEndian(destination[(place + Hash256.Size)..], claim.Matter);
            place += UnitHead.ClaimSize;
        }

        unit.Author.Bytes.Span.CopyTo(destination[place..]);
        unit.Note.Span.CopyTo(destination[(place + unit.Author.Bytes.Length)..]);
    }

    /// <summary>Encodes a checked unit.</summary>
    /// <exception cref="ArgumentException">It is not well formed or too long.</exception>
    public static byte[] Encode(CommitUnit unit)
    {
        if (!UnitCheck.TryCheck(unit, out _, out var error) || !TryMeasure(unit, out var length, out error))
        {
            throw new ArgumentException(error, nameof(unit));
        }

        var bytes = new byte[length];
        Encode(unit, bytes);
        return bytes;
    }

    /// <summary>Reads a unit and verifies its blocks' digests. It refers to <paramref name="bytes"/> for its contents.</summary>
    /// <param name="bytes">The unit, no byte more.</param>
    /// <param name="headLength">Length of its head.</param>
    /// <param name="unit">The unit, when the answer is true; well formed as far as one block shows.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryDecode(
        ReadOnlyMemory<byte> bytes,
        int headLength,
        [NotNullWhen(true)] out CommitUnit? unit,
        [NotNullWhen(false)] out string? error)
    {
        unit = null;
        if (headLength < 0 || headLength > bytes.Length)
        {
            error = "The head is longer than the unit.";
            return false;
        }

        if (!UnitHead.TryParse(bytes[..headLength], out var head, out error))
        {
            return false;
        }

        if (head.UnitLength != bytes.Length)
        {
            error = "The lengths of head and blocks do not add up to the unit's.";
            return false;
        }

        var matters = new SaltedBytes[head.Blocks.Count];
        var entries = new UnitEntry[head.EntryCount];
        for (var i = 0; i < matters.Length; i++)
        {
            var place = head.Blocks[i];
            if (!TryDecodeBlock(bytes.Slice(place.Offset, place.Length), i, place, out var block, out error))
            {
                return false;
            }

            matters[i] = block.Content;
            for (var k = 0; k < place.EntryCount; k++)
            {
                entries[place.FirstEntry + k] = block.Entries[k];
            }
        }

        unit = new CommitUnit
        {
            Id = head.Id,
            TimeMs = head.TimeMs,
            Author = head.Author,
            Matters = matters,
            Entries = entries,
            Claims = head.Claims,
            Note = head.Note,
        };
        return true;
    }

    /// <summary>Reads one block, verified against its place in the head.</summary>
    public static bool TryDecodeBlock(
        ReadOnlyMemory<byte> bytes,
        int matter,
        in BlockPlace place,
        [NotNullWhen(true)] out MatterBlock? block,
        [NotNullWhen(false)] out string? error)
    {
        block = null;
        if (bytes.Length != place.Length || BlockDigest.Of(bytes.Span) != place.Digest)
        {
            error = $"The block of matter {matter} does not have the digest that the head names.";
            return false;
        }

        if (!MatterBlock.TryParse(bytes, matter, out block, out error))
        {
            error = $"The block of matter {matter} cannot be read: {error}";
            return false;
        }

        if (block.Entries.Count != place.EntryCount)
        {
            error = $"The block of matter {matter} has another number of entries than the head says.";
            return false;
        }

        return true;
    }

    private static void WriteFixed(CommitUnit unit, Span<byte> destination)
    {
        destination[0] = UnitHead.Version;
        BinaryPrimitives.WriteUInt128BigEndian(destination[1..], unit.Id);
        BinaryPrimitives.WriteInt64BigEndian(destination[17..], unit.TimeMs);
        BinaryPrimitives.WriteInt32BigEndian(destination[25..], unit.Author.Bytes.Length);
        BinaryPrimitives.WriteInt32BigEndian(destination[29..], unit.Note.Length);
        BinaryPrimitives.WriteInt32BigEndian(destination[33..], unit.Matters.Count);
        BinaryPrimitives.WriteInt32BigEndian(destination[37..], unit.Claims.Count);
        unit.Author.Salt.CopyTo(destination[41..]);
    }

    private static int WriteBlock(CommitUnit unit, int matter, int first, int end, Span<byte> destination)
    {
        Span<int> firstOfType = stackalloc int[UnitLimits.MaxTypesOfMatter];
        var types = 0;
        var at = MatterBlock.HeaderOffset(end - first);
        for (var i = first; i < end; i++)
        {
            var entry = unit.Entries[i];
            var type = FindType(unit, entry, firstOfType[..types]);
            if (type < 0)
            {
                type = types;
                firstOfType[types++] = i;
                at += WritePair(entry.EntryType, entry.Role, destination[at..]);
            }

            var part = destination[MatterBlock.HeaderOffset(i - first)..];
            entry.Header.WriteTo(part);
            entry.EntitySalt.CopyTo(part[EntryHeader.Size..]);
            entry.TypeSalt.CopyTo(part[(EntryHeader.Size + Salt.Size)..]);
            part[MatterBlock.EntrySize - 1] = (byte)type;
        }

        for (var i = first; i < end; i++)
        {
            var entity = unit.Entries[i].Entity;
            at += WritePair(entity.Kind, entity.Key, destination[at..]);
        }

        var content = unit.Matters[matter];
        content.Salt.CopyTo(destination);
        BinaryPrimitives.WriteInt32BigEndian(destination[Salt.Size..], content.Bytes.Length);
        BinaryPrimitives.WriteInt32BigEndian(destination[(Salt.Size + 4)..], end - first);
        destination[Salt.Size + 8] = (byte)types;
        content.Bytes.Span.CopyTo(destination[at..]);
        return at + content.Bytes.Length;
    }

    private static int FindType(CommitUnit unit, in UnitEntry entry, ReadOnlySpan<int> firstOfType)
    {
        for (var i = 0; i < firstOfType.Length; i++)
        {
            var known = unit.Entries[firstOfType[i]];
            if (known.Role == entry.Role && known.EntryType == entry.EntryType)
            {
                return i;
            }
        }

        return -1;
    }

    private static int PairLength(string first, string second) =>
        4 + Encoding.UTF8.GetByteCount(first) + Encoding.UTF8.GetByteCount(second);

    private static int WritePair(string first, string second, Span<byte> destination)
    {
        var a = Encoding.UTF8.GetBytes(first, destination[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)a));
        var b = Encoding.UTF8.GetBytes(second, destination[(4 + a)..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(2 + a)..], checked((ushort)b));
        return 4 + a + b;
    }
}
