using ProvenanceGrains.Ledger.Merkle;

namespace ProvenanceGrains.Ledger.Tests.Merkle;

public sealed class MultiProofTests
{
    private const int LargestTree = 24;
    private static readonly Hash256[] Leaves = ReferenceTree.Leaves(LargestTree);

    [Fact]
    public void Every_subset_of_small_trees_is_proven()
    {
        for (var size = 1; size <= 9; size++)
        {
            for (var subset = 1; subset < 1 << size; subset++)
            {
                long[] indexes = [.. Enumerable.Range(0, size).Where(i => (subset >> i & 1) == 1).Select(i => (long)i)];
                var proof = MultiProof.Make(indexes, size, ReferenceTree.Reader(Leaves));
                Assert.True(Verify(indexes, size, proof, out var error), error);
            }
        }
    }

    [Fact]
    public void The_proof_of_a_part_of_the_leaves_follows_from_the_proof_of_all()
    {
        const int Size = 7;
        for (var all = 1; all < 1 << Size; all++)
        {
            for (var part = all; part > 0; part = (part - 1) & all)
            {
                long[] indexes = Indexes(all), keep = Indexes(part);
                var proof = MultiProof.Make(indexes, Size, ReferenceTree.Reader(Leaves));
                Assert.True(MultiProof.TryReduce([.. indexes.Select(i => (i, Leaves[i]))], Size, proof, keep, out var reduced, out var error), error);
                Assert.Equal(MultiProof.Make(keep, Size, ReferenceTree.Reader(Leaves)), reduced);
            }
        }

        static long[] Indexes(int set) => [.. Enumerable.Range(0, Size).Where(i => (set >> i & 1) == 1).Select(i => (long)i)];
    }

    [Theory]
    [InlineData(new long[] { }, 0)]
    [InlineData(new long[] { 2 }, 0)]
    [InlineData(new long[] { 1 }, 1)]
    [InlineData(new long[] { 1 }, -1)]
    public void What_is_no_part_or_no_proof_is_not_reduced(long[] keep, int tooMany)
    {
        var proof = MultiProof.Make([1, 5], 7, ReferenceTree.Reader(Leaves)).ToList();
        proof = tooMany < 0 ? proof[..^1] : [.. proof, .. Enumerable.Repeat(Hash256.Zero, tooMany)];
        Assert.False(MultiProof.TryReduce([(1, Leaves[1]), (5, Leaves[5])], 7, [.. proof], keep, out _, out var error));
        Assert.Contains("shared proof", error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_leaf_needs_the_hashes_of_its_inclusion_proof()
    {
        for (var size = 1; size <= LargestTree; size++)
        {
            for (var index = 0; index < size; index++)
            {
                var shared = MultiProof.Make([index], size, ReferenceTree.Reader(Leaves));
                var single = ReferenceTree.Path(index, Leaves.AsSpan(0, size));
                Assert.Equal(single.Select(hash => hash.ToHex()).Order(), shared.Select(hash => hash.ToHex()).Order());
            }
        }
    }

    [Fact]
    public void All_leaves_need_no_hash() =>
        Assert.Empty(MultiProof.Make([.. Enumerable.Range(0, LargestTree).Select(i => (long)i)], LargestTree, ReferenceTree.Reader(Leaves)));

    [Fact]
    public void Leaves_that_lie_together_share_their_nodes()
    {
        var size = 1L << 20;
        long[] together = [.. Enumerable.Range(0, 100).Select(i => (long)i)];
        Assert.InRange(MultiProof.Make(together, size, _ => Hash256.Zero).Length, 1, 20);
        Assert.Equal(20, MultiProof.Make([5], size, _ => Hash256.Zero).Length);
    }

    [Fact]
    public void The_nodes_named_are_those_that_are_read()
    {
        long[] indexes = [3, 4, 17];
        var read = new List<TreeNode>();
        MultiProof.Make(indexes, LargestTree - 1, node =>
        {
            read.Add(node);
            return Hash256.Zero;
        });
        Assert.Equal(MultiProof.Nodes(indexes, LargestTree - 1).Order(ByPlace), read.Order(ByPlace));
    }

    [Fact]
    public void Anything_else_is_refused()
    {
        long[] indexes = [2, 3, 11];
        var proof = MultiProof.Make(indexes, LargestTree, ReferenceTree.Reader(Leaves));
        Assert.True(Verify(indexes, LargestTree, proof, out _));
        Assert.False(Verify(indexes, LargestTree, proof[..^1], out var error));
        Assert.Contains("too short", error, StringComparison.Ordinal);
        Assert.False(Verify(indexes, LargestTree, [.. proof, Hash256.Zero], out error));
        Assert.Contains("1 hashes too many", error, StringComparison.Ordinal);
        Assert.False(Verify([2, 3, 12], LargestTree, proof, out _));
        Assert.False(Verify([2, 3], LargestTree, proof, out _));
        Assert.False(Verify(indexes, LargestTree - 1, proof, out _));
        for (var i = 0; i < proof.Length; i++)
        {
            var changed = (Hash256[])proof.Clone();
            changed[i] = Leaves[0];
            Assert.False(Verify(indexes, LargestTree, changed, out _));
        }
    }

    [Theory]
    [InlineData(new long[0], "no leaf")]
    [InlineData(new long[] { 2, 2 }, "increase strictly")]
    [InlineData(new long[] { 3, 2 }, "increase strictly")]
    [InlineData(new long[] { -1 }, "increase strictly")]
    [InlineData(new long[] { LargestTree }, "outside")]
    public void Leaves_out_of_order_are_refused(long[] indexes, string reason)
    {
        Assert.False(MultiProof.TryVerify([.. indexes.Select(i => (i, Hash256.Zero))], LargestTree, [], Hash256.Zero, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    private static readonly Comparer<TreeNode> ByPlace =
        Comparer<TreeNode>.Create((a, b) => (a.Level, a.Index).CompareTo((b.Level, b.Index)));

    private static bool Verify(long[] indexes, int size, Hash256[] proof, out string? error) => MultiProof.TryVerify(
        [.. indexes.Select(i => (i, Leaves[i]))], size, proof, ReferenceTree.Root(Leaves.AsSpan(0, size)), out error);
}
