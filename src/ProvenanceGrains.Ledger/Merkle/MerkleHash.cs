namespace ProvenanceGrains.Ledger.Merkle;

/// <summary>The two hash functions of the tree (RFC 6962 section 2.1, RFC 9162 section 2.1.1), over SHA-256.</summary>
public static class MerkleHash
{
    /// <summary>The root of the tree that has no leaf: SHA-256 of nothing.</summary>
    public static Hash256 EmptyRoot { get; } = Hash256.Sha256([]);

    /// <summary>SHA-256(0x00 || content).</summary>
    /// <param name="content">A leaf's content, of any length.</param>
    public static Hash256 Leaf(ReadOnlySpan<byte> content)
    {
        const int Inline = 511;
        if (content.Length > Inline)
        {
            return Hash256.Sha256([0x00], content);
        }

        Span<byte> buffer = stackalloc byte[1 + Inline];
        buffer[0] = 0x00;
        content.CopyTo(buffer[1..]);
        return Hash256.Sha256(buffer[..(1 + content.Length)]);
    }

    /// <summary>SHA-256(0x01 || left || right). One call of SHA-256, no allocation.</summary>
    public static Hash256 Node(in Hash256 left, in Hash256 right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Hash256.Size)];
        buffer[0] = 0x01;
        left.CopyTo(buffer[1..]);
        right.CopyTo(buffer[33..]);
        return Hash256.Sha256(buffer);
    }
}
