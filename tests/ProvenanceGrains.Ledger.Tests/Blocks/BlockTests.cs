using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Tests.Blocks;

public sealed class BlockTests
{
    private static readonly VerifierKey LogKey =
        SignerKey.Create("log.example/a", NoteSignatureType.Ed25519, new byte[32]).Verifier;

    private static readonly BlockIdentity Identity = BlockIdentity.Of(LogKey);

    [Fact]
    public void Blocks_chain_and_account_for_every_leaf_and_ordinal()
    {
        BlockHead? head = null;
        long leaves = 0, ordinals = 0;
        foreach (var count in (long[])[0, 3, 1, 0, 500])
        {
            var block = BlockBuilder.Build(Identity, head, count, 1000 + leaves, Hash256.Zero);
            Assert.Equal(leaves, block.Content.TreeSizeBefore);
            Assert.Equal(ordinals, block.Content.FirstOrdinal);
            Assert.Equal(leaves + count, block.Content.BlockLeafIndex);
            Assert.Equal(block.Content.Height, block.Header.Sequence);
            Assert.Equal(head?.LeafHash ?? Hash256.Zero, block.Header.Previous);
            Assert.True(BlockBuilder.TryVerify(Identity, head, block.Content, block.Header, out var error), error);
            Assert.True(EntryHeader.TryParse(block.Header.ToArray(), out _, out error), error);
            head = block.ToHead();
            leaves += count + 1;
            ordinals += count;
        }
    }

    [Fact]
    public void The_same_block_is_built_twice_with_the_same_bytes_and_its_groups_make_its_commitment()
    {
        var first = BlockBuilder.Build(Identity, null, 4, 5, Hash256.Zero);
        var again = BlockBuilder.Build(Identity, null, 4, 5, Hash256.Zero);
        Assert.Equal(first.Header, again.Header);
        Assert.Equal(first.Groups.Select(group => group.Salt), again.Groups.Select(group => group.Salt));
        Assert.Equal(4, first.Groups.Select(group => group.Salt).Distinct().Count());
        var digests = first.Groups.Select((group, i) =>
            Payload.GroupDigest((FieldGroup)(i + 1), group.Salt, group.Bytes.Span)).ToArray();
        Assert.Equal(first.Header.Commitment, Payload.Commitment(digests[0], digests[1], digests[2], digests[3]));
        Assert.True(Payload.TryDecodePair(first.Author.Bytes.Span, out var key, out var request));
        Assert.Equal((LogKey.NameAndId, ""), (key, request));
    }

    [Fact]
    public void A_block_that_claims_anything_else_is_refused_with_a_reason()
    {
        var genesis = BlockBuilder.Build(Identity, null, 2, 10, Hash256.Zero);
        var head = genesis.ToHead();
        var block = BlockBuilder.Build(Identity, head, 3, 20, Hash256.Zero);
        BlockContent[] lies =
        [
            block.Content with { Height = 2 },
            block.Content with { Previous = Hash256.Sha256([1]) },
            block.Content with { TreeSizeBefore = 4 },
            block.Content with { Count = 4 },
            block.Content with { FirstOrdinal = 3 },
            block.Content with { HeadMapRoot = Hash256.Sha256([1]) },
        ];
        foreach (var lie in lies)
        {
            Assert.False(BlockBuilder.TryVerify(Identity, head, lie, block.Header, out var error));
            Assert.NotEmpty(error);
        }

        Assert.False(BlockBuilder.TryVerify(Identity, head, block.Content, block.Header with { TimeMs = 9 }, out _));
        Assert.False(BlockBuilder.TryVerify(Identity, null, block.Content, block.Header, out _));
    }

    [Fact]
    public void Time_never_goes_back_from_block_to_block()
    {
        var genesis = BlockBuilder.Build(Identity, null, 1, 1_000, Hash256.Zero);
        Assert.Equal(1_000, BlockBuilder.Build(Identity, genesis.ToHead(), 1, 999, Hash256.Zero).Header.TimeMs);
    }

    [Fact]
    public void Content_is_read_back_and_every_other_length_version_or_impossible_number_is_refused()
    {
        var content = BlockBuilder.Build(Identity, BlockBuilder.Build(Identity, null, 2, 10, Hash256.Zero).ToHead(), 3, 20, Hash256.Sha256([7])).Content;
        var bytes = content.ToArray();
        Assert.Equal(97, bytes.Length);
        Assert.True(BlockContent.TryParse(bytes, out var read, out var error), error);
        Assert.Equal(content, read);
        Assert.False(BlockContent.TryParse(bytes.AsSpan(1), out _, out error));
        Assert.False(BlockContent.TryParse([.. bytes, 0], out _, out error));
        foreach (var at in (int[])[0, 1, 41, 49, 57])
        {
            var changed = bytes.ToArray();
            changed[at] |= 0x80;
            Assert.False(BlockContent.TryParse(changed, out _, out error));
            Assert.NotEmpty(error);
        }
    }
}
