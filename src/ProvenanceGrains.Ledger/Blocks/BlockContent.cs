using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Ledger.Blocks;

/// <summary>
/// What a block says of itself, big-endian, the content group of an entry of type <c>chain.block</c> in the sealer's own journal
/// (docs/formats.md): version 1, 97 bytes, where indexes are hashes; version 2, 130 bytes, where they are a VRF's. A block of n
/// entries is n leaves followed by the block entry as the last leaf.
/// </summary>
/// <param name="Height">0 for the first block; equals the block entry's sequence.</param>
/// <param name="Previous">Leaf hash of the previous block's entry; zero at height 0.</param>
/// <param name="TreeSizeBefore">Leaves before the block: the index of its first leaf.</param>
/// <param name="Count">Entries sealed, the block entry itself not counted.</param>
/// <param name="FirstOrdinal">Ordinal of the first of these entries in commit order.</param>
/// <param name="HeadMapRoot">Root of the head map after the block; zero for "there is no head map yet".</param>
public readonly record struct BlockContent(
    long Height, Hash256 Previous, long TreeSizeBefore, long Count, long FirstOrdinal, Hash256 HeadMapRoot)
{
    /// <summary>Length of version 1, in bytes.</summary>
    public const int HashedSize = 1 + 8 + 32 + 8 + 8 + 8 + 32;

    /// <summary>Length of version 2, in bytes.</summary>
    public const int VrfSize = HashedSize + VrfPublicKey.Size;

    private const byte HashedVersion = 1;
    private const byte VrfVersion = 2;

    // Null for hashed, so that the default value and equality need no care.
    private readonly IndexRule.Vrf? _vrf;

    /// <summary>The entry type of a block entry.</summary>
    public const string EntryType = "chain.block";

    /// <summary>The entity kind of the sealer's journal; its key is the log's origin.</summary>
    public const string EntityKind = "chain";

    /// <summary>By which function the log's indexes are made; the same in every block.</summary>
    public IndexRule IndexRule
    {
        get => _vrf ?? IndexRule.Hash;
        init => _vrf = value as IndexRule.Vrf;
    }

    /// <summary>Length of this content, in bytes.</summary>
    public int Size => SizeOf(IndexRule);

    /// <summary>Length of every content in a log with this rule, in bytes.</summary>
    public static int SizeOf(IndexRule rule) => rule switch
    {
        IndexRule.Hashed => HashedSize,
        IndexRule.Vrf => VrfSize,
        _ => throw new ArgumentException("The index rule is unknown.", nameof(rule)),
    };

    /// <summary>Index of the block entry's own leaf.</summary>
    public long BlockLeafIndex => TreeSizeBefore + Count;

    /// <summary>Leaves of the tree that ends with this block: the size of its checkpoint.</summary>
    public long TreeSizeAfter => TreeSizeBefore + Count + 1;

    /// <summary>Ordinal of the first entry that is not in this block or one before.</summary>
    public long NextOrdinal => FirstOrdinal + Count;

    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void WriteTo(Span<byte> destination)
    {
        destination[0] = _vrf is null ? HashedVersion : VrfVersion;
        BinaryPrimitives.WriteInt64BigEndian(destination[1..], Height);
        Previous.CopyTo(destination[9..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[41..], TreeSizeBefore);
        BinaryPrimitives.WriteInt64BigEndian(destination[49..], Count);
        BinaryPrimitives.WriteInt64BigEndian(destination[57..], FirstOrdinal);
        HeadMapRoot.CopyTo(destination[65..]);
        _vrf?.Key.Bytes.CopyTo(destination[HashedSize..]);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>Reads a block's content; anything that <see cref="WriteTo"/> would not have written is refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out BlockContent content, [NotNullWhen(false)] out string? error)
    {
        content = default;
        if (bytes.IsEmpty || bytes[0] is not (HashedVersion or VrfVersion))
        {
            error = bytes.IsEmpty ? "A block's content is not empty." : $"Block version {bytes[0]} is unknown.";
            return false;
        }

        var size = bytes[0] == HashedVersion ? HashedSize : VrfSize;
        if (bytes.Length != size)
        {
            error = $"A block's content of version {bytes[0]} has {size} bytes, not {bytes.Length}.";
            return false;
        }

        VrfPublicKey? key = null;
        if (size == VrfSize && !VrfPublicKey.TryParse(bytes[HashedSize..], out key, out error))
        {
            error = $"The block's index rule: {error}";
            return false;
        }

        var read = new BlockContent(
            BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            new Hash256(bytes[9..41]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[41..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[49..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[57..]),
            new Hash256(bytes[65..97]))
        {
            IndexRule = key is null ? IndexRule.Hash : new IndexRule.Vrf(key),
        };
        error = read.Check();
        content = error is null ? read : default;
        return error is null;
    }

    /// <summary>Checks that this block comes right after another.</summary>
    /// <param name="previous">The block before; null for the first block.</param>
    /// <param name="previousLeafHash">Leaf hash of that block's entry; zero for the first block.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public bool TryFollow(BlockContent? previous, Hash256 previousLeafHash, [NotNullWhen(false)] out string? error)
    {
        var (height, size, ordinal) = previous is { } p ? (p.Height + 1, p.TreeSizeAfter, p.NextOrdinal) : (0L, 0L, 0L);
        error = Height != height ? $"The block has height {Height}, but {height} comes next."
            : Previous != previousLeafHash ? $"Block {Height} names {Previous} as the one before, which is {previousLeafHash}."
            : TreeSizeBefore != size ? $"Block {Height} begins at leaf {TreeSizeBefore}, but the one before ends at {size}."
            : FirstOrdinal != ordinal ? $"Block {Height} begins with ordinal {FirstOrdinal}, but {ordinal} comes next."
            : previous is { } before && before.IndexRule != IndexRule
                ? $"Block {Height} has another index rule than the one before: a log keeps its first block's."
            : null;
        return error is null;
    }

    internal string? Check() =>
        Height < 0 || TreeSizeBefore < 0 || Count < 0 || FirstOrdinal < 0 ? "A number in the block is over 2^63 - 1."
        : TreeSizeBefore > long.MaxValue - 1 - Count || FirstOrdinal > long.MaxValue - Count ? "The block's counts overflow."
        : Height == 0 && !Previous.IsZero ? "The first block names a previous one."
        : Height != 0 && Previous.IsZero ? "A block after the first names no previous one."
        : Height == 0 && (TreeSizeBefore != 0 || FirstOrdinal != 0) ? "The first block does not begin at leaf 0 with ordinal 0."
        : null;
}
