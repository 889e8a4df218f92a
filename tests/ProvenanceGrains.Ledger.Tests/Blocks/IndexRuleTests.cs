using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tests.Vrf;

namespace ProvenanceGrains.Ledger.Tests.Blocks;

public sealed class IndexRuleTests
{
    private static readonly IndexRule Rule = RuleOf(3);

    private static readonly VerifierKey LogKey =
        SignerKey.Create("log.example/a", NoteSignatureType.Ed25519, new byte[32]).Verifier;

    private static readonly BlockIdentity Closed = BlockIdentity.Of(LogKey, Rule);

    private static readonly BlockIdentity Open = BlockIdentity.Of(LogKey);

    [Fact]
    public void A_block_names_its_rule_in_version_2_and_is_read_back()
    {
        var block = BlockBuilder.Build(Closed, null, 4, 5, Hash256.Sha256([7]));
        var bytes = block.Content.ToArray();
        Assert.Equal((130, (byte)2), (bytes.Length, bytes[0]));
        Assert.True(BlockContent.TryParse(bytes, out var read, out var error), error);
        Assert.Equal(block.Content, read);
        Assert.Equal(Rule, read.IndexRule);
        Assert.NotEqual(read, read with { IndexRule = IndexRule.Hash });
        Assert.NotEqual(read, read with { IndexRule = RuleOf(4) });

        Assert.False(BlockContent.TryParse(bytes.AsSpan(0, 97), out _, out error));
        Assert.False(BlockContent.TryParse([.. bytes, 0], out _, out error));
        bytes[97] = 4;
        Assert.False(BlockContent.TryParse(bytes, out _, out error));
        Assert.Contains("index rule", error, StringComparison.Ordinal);
        bytes[0] = 3;
        Assert.False(BlockContent.TryParse(bytes, out _, out error));
    }

    [Fact]
    public void Records_have_210_bytes_or_243_and_the_first_ones_beginning_tells()
    {
        foreach (var (identity, size) in (ReadOnlySpan<(BlockIdentity, int)>)[(Open, 210), (Closed, 243)])
        {
            var block = BlockBuilder.Build(identity, null, 4, 5, Hash256.Zero);
            var record = new BlockRecord(block.Header, block.Content);
            var bytes = record.ToArray();
            Assert.Equal(size, bytes.Length);
            Assert.Equal(size, record.Size);
            Assert.Equal(size, BlockRecord.SizeOf(identity.IndexRule));
            Assert.Equal(size, BlockRecord.SizeByPrefix(bytes.AsSpan(0, BlockRecord.PrefixSize)));
            Assert.True(BlockRecord.TryParse(bytes, out var read, out var error), error);
            Assert.Equal(record, read);
            Assert.False(BlockRecord.TryParse(bytes.AsSpan(0, size - 1), out _, out _));
            Assert.False(BlockRecord.TryParse([], out _, out _));
            bytes[EntryHeader.Size] = 9;
            Assert.Null(BlockRecord.SizeByPrefix(bytes));
        }
    }

    [Fact]
    public void The_first_block_fixes_the_rule_and_none_may_change_it()
    {
        (BlockIdentity First, BlockIdentity Second)[] changes =
            [(Open, Closed), (Closed, Open), (Closed, BlockIdentity.Of(LogKey, RuleOf(4)))];
        foreach (var (first, second) in changes)
        {
            var head = BlockBuilder.Build(first, null, 1, 5, Hash256.Zero).ToHead();
            var kept = BlockBuilder.Build(first, head, 1, 6, Hash256.Zero);
            Assert.True(kept.Content.TryFollow(head.Content, head.LeafHash, out var error), error);
            Assert.True(BlockBuilder.TryVerify(Open, head, kept.Content, kept.Header, out error), error);

            var changed = BlockBuilder.Build(second, head, 1, 6, Hash256.Zero);
            Assert.False(changed.Content.TryFollow(head.Content, head.LeafHash, out error));
            Assert.Contains("index rule", error, StringComparison.Ordinal);
            Assert.False(BlockBuilder.TryVerify(second, head, changed.Content, changed.Header, out _));
        }
    }

    [Fact]
    public void The_header_commits_to_the_rule()
    {
        var block = BlockBuilder.Build(Closed, null, 4, 5, Hash256.Zero);
        Assert.True(BlockBuilder.TryVerify(Open, null, block.Content, block.Header, out var error), error);
        Assert.False(BlockBuilder.TryVerify(Open, null, block.Content with { IndexRule = RuleOf(4) }, block.Header, out _));
        Assert.False(BlockBuilder.TryVerify(Open, null, block.Content with { IndexRule = IndexRule.Hash }, block.Header, out _));
        Assert.Equal(Open.Index, Closed.Index);
    }

    internal static IndexRule RuleOf(byte secret) =>
        new IndexRule.Vrf(VrfTests.KeyOf([.. Enumerable.Repeat(secret, 32)]).Public);
}
