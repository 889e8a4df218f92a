using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Units;

/// <summary>
/// One matter with the entries about it, as it stands in a unit (docs/formats.md, "Matter block"). It can be read and
/// checked alone, so that one event of a large document costs no more than itself.
/// </summary>
/// <param name="Content">The content group.</param>
/// <param name="Entries">
/// The entries about it, in order; <see cref="UnitEntry.Matter"/> is the number that the reader asked for.
/// </param>
public sealed record MatterBlock(SaltedBytes Content, IReadOnlyList<UnitEntry> Entries)
{
    /// <summary>Length of the fixed part, in bytes: salt, content length, entry count, number of types.</summary>
    public const int FixedSize = Salt.Size + 4 + 4 + 1;

    /// <summary>Length of one entry's fixed part, in bytes: header, two salts, number of its type.</summary>
    public const int EntrySize = EntryHeader.Size + Salt.Size + Salt.Size + 1;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Offset of an entry's header from the block's first byte.</summary>
    /// <param name="entry">Its position in the block.</param>
    public static int HeaderOffset(int entry) => FixedSize + (entry * EntrySize);

    /// <summary>Reads a block. The content is a slice of <paramref name="bytes"/>, which must not change.</summary>
    /// <param name="bytes">The block, no byte more; its digest has been verified.</param>
    /// <param name="matter">What to put into <see cref="UnitEntry.Matter"/>.</param>
    /// <param name="block">The block, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes,
        int matter,
        [NotNullWhen(true)] out MatterBlock? block,
        [NotNullWhen(false)] out string? error)
    {
        block = null;
        var span = bytes.Span;
        if (!TryReadFixed(span, out var contentLength, out var entryCount, out var typeCount, out error))
        {
            return false;
        }

        var types = new (string EntryType, string Role)[typeCount];
        var at = HeaderOffset(entryCount);
        for (var i = 0; i < typeCount; i++)
        {
            if (!TryTake(span, ref at, out types[i].EntryType) || !TryTake(span, ref at, out types[i].Role))
            {
                error = $"Type {i} of the block cannot be read.";
                return false;
            }
        }

        var entries = new UnitEntry[entryCount];
        string? kind = null;
        for (var i = 0; i < entryCount; i++)
        {
            if (!TryReadEntry(span, i, matter, types, ref at, ref kind, out entries[i], out error))
            {
                return false;
            }
        }

        if (span.Length - at != contentLength)
        {
            error = "The lengths in the block do not add up to its own.";
            return false;
        }

        block = new MatterBlock(new SaltedBytes(Salt.FromBytes(span), bytes[at..]), entries);
        return true;
    }

    /// <summary>The matter's bytes and salt without its entries: what a query needs.</summary>
    public static bool TryParseContent(ReadOnlyMemory<byte> bytes, out SaltedBytes content)
    {
        content = default;
        if (!TryReadFixed(bytes.Span, out var length, out _, out _, out _))
        {
            return false;
        }

        content = new SaltedBytes(Salt.FromBytes(bytes.Span), bytes[(bytes.Length - length)..]);
        return true;
    }

    private static bool TryReadFixed(
        ReadOnlySpan<byte> span,
        out int contentLength,
        out int entryCount,
        out int typeCount,
        [NotNullWhen(false)] out string? error)
    {
        contentLength = entryCount = typeCount = 0;
        if (span.Length < FixedSize)
        {
            error = "The block is too short.";
            return false;
        }

        var content = BinaryPrimitives.ReadUInt32BigEndian(span[Salt.Size..]);
        var entries = BinaryPrimitives.ReadUInt32BigEndian(span[(Salt.Size + 4)..]);
        typeCount = span[Salt.Size + 8];
        if (content > UnitLimits.MaxMatterBytes
            || entries is 0 or > UnitLimits.MaxEntries
            || typeCount == 0
            || FixedSize + (entries * (long)EntrySize) + content > span.Length)
        {
            error = "The lengths in the block are out of bounds.";
            return false;
        }

        contentLength = (int)content;
        entryCount = (int)entries;
        error = null;
        return true;
    }

    private static bool TryReadEntry(
        ReadOnlySpan<byte> span,
        int position,
        int matter,
        (string EntryType, string Role)[] types,
        ref int at,
        ref string? kind,
        out UnitEntry entry,
        [NotNullWhen(false)] out string? error)
    {
        entry = default;
        var part = span.Slice(HeaderOffset(position), EntrySize);
        if (!EntryHeader.TryParse(part[..EntryHeader.Size], out var header, out error))
        {
            return false;
        }

        var type = part[EntrySize - 1];
        if (type >= types.Length)
        {
            error = $"Entry {position} of the block has an unknown type.";
            return false;
        }

        if (!TryTake(span, ref at, out var thisKind) || !TryTake(span, ref at, out var key))
        {
            error = $"The entity of entry {position} cannot be read.";
            return false;
        }

        // Neighbours are mostly of one kind: one string serves all.
        kind = thisKind == kind ? kind : thisKind;
        if (!EntityId.TryCreate(kind, key, out var entity, out error))
        {
            return false;
        }

        entry = new UnitEntry(
            entity,
            header,
            Salt.FromBytes(part[EntryHeader.Size..]),
            Salt.FromBytes(part[(EntryHeader.Size + Salt.Size)..]),
            types[type].EntryType,
            types[type].Role,
            matter);
        return true;
    }

    private static bool TryTake(ReadOnlySpan<byte> span, ref int at, out string text)
    {
        text = "";
        if (span.Length - at < 2)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(span[at..]);
        if (span.Length - at - 2 < length)
        {
            return false;
        }

        try
        {
            text = StrictUtf8.GetString(span.Slice(at + 2, length));
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        at += 2 + length;
        return true;
    }
}
