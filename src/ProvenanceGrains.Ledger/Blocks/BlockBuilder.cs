using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Ledger.Blocks;

/// <summary>Where the chain of blocks ends: what the next block continues.</summary>
/// <param name="Content">The last block.</param>
/// <param name="LeafHash">Leaf hash of its entry.</param>
/// <param name="TimeMs">Time of its entry.</param>
public readonly record struct BlockHead(BlockContent Content, Hash256 LeafHash, long TimeMs);

/// <summary>A block entry: its header, which is the block's last leaf, and its payload.</summary>
/// <param name="Content">What <paramref name="Matter"/> encodes.</param>
/// <param name="Header">The entry's header.</param>
/// <param name="Entity">The entity group: kind <c>chain</c>, key the log's origin.</param>
/// <param name="Type">The type group: <c>chain.block</c> and an empty role.</param>
/// <param name="Author">The author group: the log's key as <c>name+id</c>, and an empty request.</param>
/// <param name="Matter">The content group: <see cref="BlockContent"/>.</param>
public sealed record Block(
    BlockContent Content,
    EntryHeader Header,
    SaltedBytes Entity,
    SaltedBytes Type,
    SaltedBytes Author,
    SaltedBytes Matter)
{
    /// <summary>The head that the next block continues.</summary>
    public BlockHead ToHead() => new(Content, Header.LeafHash(), Header.TimeMs);

    /// <summary>The four groups in the order of their numbers.</summary>
    public IReadOnlyList<SaltedBytes> Groups => [Entity, Type, Author, Matter];
}

/// <summary>
/// Makes block entries. Deterministic down to the salts, so that sealing the same entries again gives the same bytes:
/// blocks are public and their salts hide nothing.
/// </summary>
public static class BlockBuilder
{
    /// <summary>Makes the block that seals the next <paramref name="count"/> entries.</summary>
    /// <param name="identity">Whose chain it is and who signs it.</param>
    /// <param name="previous">The block before; null for the first.</param>
    /// <param name="count">The number of entries, not negative. They are the leaves right before the block entry.</param>
    /// <param name="timeMs">When: milliseconds since the epoch. If it is before the previous block's, that one's is taken.</param>
    /// <param name="headMapRoot">Root of the head map; zero for none.</param>
    /// <remarks>The block has the identity's index rule. That it is the one of the block before is the caller's to see to.</remarks>
    public static Block Build(BlockIdentity identity, BlockHead? previous, long count, long timeMs, Hash256 headMapRoot)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(timeMs);
        var head = previous.GetValueOrDefault();
        var content = previous is null
            ? new BlockContent(0, Hash256.Zero, 0, count, 0, headMapRoot)
            : new BlockContent(
                head.Content.Height + 1, head.LeafHash, head.Content.TreeSizeAfter, count, head.Content.NextOrdinal, headMapRoot);
        return Build(identity, content with { IndexRule = identity.IndexRule }, Math.Max(timeMs, head.TimeMs));
    }

    /// <summary>
    /// Checks that a header commits to a block's content. For a reader who has one block alone: that the block follows the one before
    /// is for <see cref="TryVerify"/> to say.
    /// </summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? Check(BlockIdentity identity, in BlockContent content, in EntryHeader header)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return Build(identity, content, header.TimeMs).Header == header
            ? null
            : $"The entry of block {content.Height} is not what its content gives.";
    }

    private static Block Build(BlockIdentity identity, in BlockContent content, long timeMs)
    {
        var entity = Salted(FieldGroup.Entity, Payload.EncodeEntity(identity.Entity), content);
        var type = Salted(FieldGroup.Type, Payload.EncodeType(BlockContent.EntryType, ""), content);
        var author = Salted(FieldGroup.Author, Payload.EncodeAuthor(identity.KeyId, ""), content);
        var matter = Salted(FieldGroup.Content, content.ToArray(), content);
        var header = new EntryHeader(
            identity.Index,
            content.Height,
            content.Previous,
            timeMs,
            Payload.Commitment(
                DigestOf(FieldGroup.Entity, entity),
                DigestOf(FieldGroup.Type, type),
                DigestOf(FieldGroup.Author, author),
                DigestOf(FieldGroup.Content, matter)));
        return new Block(content, header, entity, type, author, matter);
    }

    /// <summary>
    /// Checks that a header is the block entry of a content: builds it anew and compares. The index rule is the content's: the header
    /// commits to it, and it has to be that of the block before.
    /// </summary>
    /// <param name="identity">Whose chain it is.</param>
    /// <param name="previous">The block before; null for the first.</param>
    /// <param name="content">What the block claims.</param>
    /// <param name="header">The header found as the block's last leaf.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryVerify(
        BlockIdentity identity,
        BlockHead? previous,
        in BlockContent content,
        in EntryHeader header,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(identity);
        error = content.Check();
        if (error is not null || !content.TryFollow(previous?.Content, previous?.LeafHash ?? Hash256.Zero, out error))
        {
            return false;
        }

        if (previous is { } head && header.TimeMs < head.TimeMs)
        {
            error = $"Block {content.Height} goes back in time, from {head.TimeMs} to {header.TimeMs} ms.";
            return false;
        }

        error = Check(identity, content, header);
        return error is null;
    }

    private static SaltedBytes Salted(FieldGroup group, byte[] bytes, in BlockContent content) =>
        new(SaltOf(group, content.Previous, content.Height), bytes);

    private static Hash256 DigestOf(FieldGroup group, SaltedBytes bytes) =>
        Payload.GroupDigest(group, bytes.Salt, bytes.Bytes.Span);

    /// <summary>The first 16 bytes of SHA-256 over a domain separator, the group, the previous leaf hash and the height.</summary>
    private static Salt SaltOf(FieldGroup group, in Hash256 previous, long height)
    {
        var domain = "provenancegrains/block-salt/v1\0"u8;
        Span<byte> buffer = stackalloc byte[domain.Length + 1 + Hash256.Size + 8];
        domain.CopyTo(buffer);
        buffer[domain.Length] = (byte)group;
        previous.CopyTo(buffer[(domain.Length + 1)..]);
        BinaryPrimitives.WriteInt64BigEndian(buffer[(domain.Length + 1 + Hash256.Size)..], height);
        return Salt.FromBytes(Hash256.Sha256(buffer).AsSpan());
    }
}
