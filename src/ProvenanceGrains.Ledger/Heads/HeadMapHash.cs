using System.Buffers.Binary;

namespace ProvenanceGrains.Ledger.Heads;

/// <summary>The two hashes of the head map (docs/formats.md, Head map). An empty subtree's is <see cref="Hash256.Zero"/>.</summary>
/// <remarks>The domains differ, and from those of the log's tree too: a leaf cannot be passed off as an inner node of either.</remarks>
internal static class HeadMapHash
{
    /// <summary>Bytes that an inner node's hash is over.</summary>
    public const int InnerSize = 26 + (2 * Hash256.Size);

    /// <summary>Bytes that a leaf's hash is over.</summary>
    public const int LeafSize = 25 + Hash256.Size + 8 + Hash256.Size;

    private static ReadOnlySpan<byte> LeafDomain => "provenancegrains/head/v1\0"u8;

    private static ReadOnlySpan<byte> InnerDomain => "provenancegrains/heads/v1\0"u8;

    public static Hash256 Leaf(in Hash256 index, long length, in Hash256 lastLeafHash)
    {
        Span<byte> bytes = stackalloc byte[LeafSize];
        WriteLeaf(index, length, lastLeafHash, bytes);
        return Hash256.Sha256(bytes);
    }

    public static Hash256 Inner(in Hash256 left, in Hash256 right)
    {
        Span<byte> bytes = stackalloc byte[InnerSize];
        WriteInner(left, right, bytes);
        return Hash256.Sha256(bytes);
    }

    public static void WriteLeaf(in Hash256 index, long length, in Hash256 lastLeafHash, Span<byte> destination)
    {
        LeafDomain.CopyTo(destination);
        var at = LeafDomain.Length;
        index.CopyTo(destination[at..]);
        at += Hash256.Size;
        BinaryPrimitives.WriteInt64BigEndian(destination[at..], length);
        lastLeafHash.CopyTo(destination[(at + 8)..]);
    }

    public static void WriteInner(in Hash256 left, in Hash256 right, Span<byte> destination)
    {
        InnerDomain.CopyTo(destination);
        left.CopyTo(destination[InnerDomain.Length..]);
        right.CopyTo(destination[(InnerDomain.Length + Hash256.Size)..]);
    }
}
