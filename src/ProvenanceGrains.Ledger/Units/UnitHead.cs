using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Units;

/// <summary>Where a matter's block stands in its unit, and the check over it.</summary>
/// <param name="Offset">From the unit's first byte.</param>
/// <param name="Length">In bytes.</param>
/// <param name="FirstEntry">Position in the unit of the matter's first entry.</param>
/// <param name="EntryCount">How many entries are about it.</param>
/// <param name="Digest">Over the block's bytes.</param>
public readonly record struct BlockPlace(int Offset, int Length, int FirstEntry, int EntryCount, BlockDigest Digest);

/// <summary>A unit without its matters: everything that its head says (docs/formats.md, "Unit").</summary>
public sealed record UnitHead
{
    /// <summary>Length of the fixed part, in bytes.</summary>
    public const int FixedSize = 1 + 16 + 8 + 4 + 4 + 4 + 4 + Salt.Size;

    /// <summary>Length of one block's place, in bytes.</summary>
    public const int PlaceSize = 4 + 4 + BlockDigest.Size;

    /// <summary>Length of one claim, in bytes.</summary>
    public const int ClaimSize = Hash256.Size + 4;

    /// <summary>The only version there is.</summary>
    public const byte Version = 1;

    public required UInt128 Id { get; init; }

    public required long TimeMs { get; init; }

    public required SaltedBytes Author { get; init; }

    public required ReadOnlyMemory<byte> Note { get; init; }

    public required IReadOnlyList<BlockPlace> Blocks { get; init; }

    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>Length of the head itself, in bytes.</summary>
    public required int Length { get; init; }

    /// <summary>Entries of the whole unit.</summary>
    public required int EntryCount { get; init; }

    /// <summary>Length of the whole unit, in bytes.</summary>
    public required int UnitLength { get; init; }

    /// <summary>Reads a head. What it refers to is inside <paramref name="bytes"/>, which must not change.</summary>
    /// <param name="bytes">The head, no byte more; its check has been verified.</param>
    /// <param name="head">The head, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes,
        [NotNullWhen(true)] out UnitHead? head,
        [NotNullWhen(false)] out string? error)
    {
        head = null;
        var span = bytes.Span;
        if (span.Length < FixedSize || span[0] != Version)
        {
            error = span.Length < FixedSize ? "The head of the unit is too short." : $"Unit version {span[0]} is unknown.";
            return false;
        }

        var time = BinaryPrimitives.ReadInt64BigEndian(span[17..]);
        var authorLength = BinaryPrimitives.ReadUInt32BigEndian(span[25..]);
        var noteLength = BinaryPrimitives.ReadUInt32BigEndian(span[29..]);
        var matters = BinaryPrimitives.ReadUInt32BigEndian(span[33..]);
        var claims = BinaryPrimitives.ReadUInt32BigEndian(span[37..]);
        error = time < 0 ? "The unit's time is negative."
            : authorLength > UnitLimits.MaxAuthorBytes ? "The author group is too long."
            : noteLength > UnitLimits.MaxNoteBytes ? "The note is too long."
            : matters is 0 or > UnitLimits.MaxMatters ? $"The unit has {matters} matters."
            : claims > UnitLimits.MaxClaims ? $"The unit has {claims} claims."
            : FixedSize + (matters * PlaceSize) + (claims * ClaimSize) + authorLength + noteLength != span.Length
                ? "The lengths in the head do not add up to its own."
            : null;
        if (error is not null)
        {
            return false;
        }

        var at = FixedSize;
        if (!TryReadPlaces(span, (int)matters, ref at, out var places, out var entries, out var end, out error)
            || !TryReadClaims(span, (int)claims, (int)matters, ref at, out var names, out error))
        {
            return false;
        }

        head = new UnitHead
        {
            Id = BinaryPrimitives.ReadUInt128BigEndian(span[1..]),
            TimeMs = time,
            Author = new SaltedBytes(Salt.FromBytes(span[41..]), bytes.Slice(at, (int)authorLength)),
            Note = bytes.Slice(at + (int)authorLength, (int)noteLength),
            Blocks = places,
            Claims = names,
            Length = span.Length,
            EntryCount = entries,
            UnitLength = end,
        };
        return true;
    }

    private static bool TryReadPlaces(
        ReadOnlySpan<byte> span,
        int count,
        ref int at,
        out BlockPlace[] places,
        out int entries,
        out int end,
        [NotNullWhen(false)] out string? error)
    {
        places = new BlockPlace[count];
        entries = 0;
        end = span.Length;
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(span[at..]);
            var about = BinaryPrimitives.ReadUInt32BigEndian(span[(at + 4)..]);

            // A block has room for its entries: nobody allocates more of them than there are bytes for.
            if (length > UnitLimits.MaxUnitBytes - end
                || about == 0
                || about > UnitLimits.MaxEntries - entries
                || length < MatterBlock.FixedSize + ((long)about * MatterBlock.EntrySize))
            {
                error = $"The place of block {i} is out of bounds.";
                return false;
            }

            places[i] = new BlockPlace(end, (int)length, entries, (int)about, BlockDigest.Read(span[(at + 8)..]));
            end += (int)length;
            entries += (int)about;
            at += PlaceSize;
        }

        error = null;
        return true;
    }

    private static bool TryReadClaims(
        ReadOnlySpan<byte> span,
        int count,
        int matters,
        ref int at,
        out Claim[] claims,
        [NotNullWhen(false)] out string? error)
    {
        claims = new Claim[count];
        for (var i = 0; i < count; i++)
        {
            var matter = BinaryPrimitives.ReadUInt32BigEndian(span[(at + Hash256.Size)..]);
            if (matter >= matters)
            {
                error = $"Claim {i} names matter {matter}, which is not there.";
                return false;
            }

            claims[i] = new Claim(new Hash256(span.Slice(at, Hash256.Size)), (int)matter);
            at += ClaimSize;
        }

        error = null;
        return true;
    }
}
