using ProvenanceGrains.Ledger.Merkle;

namespace ProvenanceGrains.Ledger.Tests.Merkle;

public sealed class MerkleTests
{
    private const int LargestTree = 70;
    private static readonly Hash256[] Leaves = ReferenceTree.Leaves(LargestTree);

    [Fact]
    public void Frontier_and_nodes_give_the_root_of_the_definition_for_every_size()
    {
        var frontier = new MerkleFrontier();
        for (var size = 0; size <= LargestTree; size++)
        {
            var expected = ReferenceTree.Root(Leaves.AsSpan(0, size));
            Assert.Equal(size, frontier.Size);
            Assert.Equal(expected, frontier.Root());
            Assert.Equal(expected, MerkleProofs.Root(size, ReferenceTree.Reader(Leaves)));
            Assert.Equal(expected, MerkleFrontier.Load(size, ReferenceTree.Reader(Leaves)).Root());
            if (size < LargestTree)
            {
                frontier.Append(Leaves[size]);
            }
        }
    }

    [Fact]
    public void Inclusion_proofs_are_those_of_the_definition_and_verify()
    {
        for (var size = 1; size <= LargestTree; size++)
        {
            var root = ReferenceTree.Root(Leaves.AsSpan(0, size));
            for (var index = 0; index < size; index++)
            {
                var proof = MerkleProofs.Inclusion(index, size, ReferenceTree.Reader(Leaves));
                Assert.Equal(ReferenceTree.Path(index, Leaves.AsSpan(0, size)), proof);
                Assert.Equal(proof.Length, MerkleVerifier.InclusionProofLength(index, size));
                Assert.True(MerkleVerifier.TryVerifyInclusion(index, size, Leaves[index], proof, root, out var error), error);
            }
        }
    }

    [Fact]
    public void Consistency_proofs_are_those_of_the_definition_and_verify()
    {
        for (var size = 1; size <= LargestTree; size++)
        {
            var root = ReferenceTree.Root(Leaves.AsSpan(0, size));
            AssertRefused(0, size, MerkleHash.EmptyRoot, root, []);
            for (var old = 1; old <= size; old++)
            {
                var proof = MerkleProofs.Consistency(old, size, ReferenceTree.Reader(Leaves));
                var oldRoot = ReferenceTree.Root(Leaves.AsSpan(0, old));
                Assert.Equal(ReferenceTree.Consistency(old, Leaves.AsSpan(0, size)), proof);
                Assert.True(MerkleVerifier.TryVerifyConsistency(old, size, oldRoot, root, proof, out var error), error);
            }
        }
    }

    [Fact]
    public void A_proof_of_another_leaf_size_or_root_is_refused_with_a_reason()
    {
        for (var size = 1; size <= 40; size++)
        {
            var root = ReferenceTree.Root(Leaves.AsSpan(0, size));
            var otherRoot = ReferenceTree.Root(Leaves.AsSpan(1, size));
            for (var index = 0; index < size; index++)
            {
                var proof = MerkleProofs.Inclusion(index, size, ReferenceTree.Reader(Leaves));
                AssertRefused(index, size, Leaves[index + 1], proof, root);
                AssertRefused(index, size, Leaves[index], proof, otherRoot);
                AssertRefused(index, size, Leaves[index], [.. proof, root], root);
                AssertRefused(-1, size, Leaves[index], proof, root);
                AssertRefused(size, size, Leaves[index], proof, root);
                for (var other = 0; other < size; other++)
                {
                    if (other != index)
                    {
                        AssertRefused(other, size, Leaves[index], proof, root);
                    }
                }

                for (var i = 0; i < proof.Length; i++)
                {
                    AssertRefused(index, size, Leaves[index], [.. proof[..i], proof[i], .. proof[i..]], root);
                    AssertRefused(index, size, Leaves[index], [.. proof[..i], .. proof[(i + 1)..]], root);
                    AssertRefused(index, size, Leaves[index], [.. proof[..i], Flip(proof[i]), .. proof[(i + 1)..]], root);
                }
            }
        }
    }

    [Fact]
    public void A_consistency_proof_that_was_changed_anywhere_is_refused_with_a_reason()
    {
        for (var size = 2; size <= 40; size++)
        {
            var root = ReferenceTree.Root(Leaves.AsSpan(0, size));
            for (var old = 1; old < size; old++)
            {
                var oldRoot = ReferenceTree.Root(Leaves.AsSpan(0, old));
                var proof = MerkleProofs.Consistency(old, size, ReferenceTree.Reader(Leaves));
                AssertRefused(old, size, Flip(oldRoot), root, proof);
                AssertRefused(old, size, oldRoot, Flip(root), proof);
                AssertRefused(size, old, oldRoot, root, proof);
                AssertRefused(old, size, oldRoot, root, [.. proof, root]);
                for (var i = 0; i < proof.Length; i++)
                {
                    AssertRefused(old, size, oldRoot, root, [.. proof[..i], Flip(proof[i]), .. proof[(i + 1)..]]);
                    AssertRefused(old, size, oldRoot, root, [.. proof[..i], .. proof[(i + 1)..]]);
                }
            }
        }
    }

    [Fact]
    public void Appending_a_leaf_allocates_nothing()
    {
        var frontier = new MerkleFrontier();
        frontier.Append(Leaves[0]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            frontier.Append(Leaves[1]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Proofs_in_the_largest_tree_there_can_be_are_planned_without_overflow()
    {
        const long Size = long.MaxValue;
        Assert.Equal(63, MerkleProofs.FrontierNodes(Size).Count);
        Assert.All(MerkleProofs.InclusionNodes(Size - 1, Size), node => Assert.InRange(node.Level, 0, 62));
        Assert.NotEmpty(MerkleProofs.ConsistencyNodes(Size - 1, Size));
        Assert.False(MerkleVerifier.TryVerifyInclusion(Size - 1, Size, Leaves[0], [], Leaves[0], out _));
        Assert.False(MerkleVerifier.TryVerifyConsistency(Size - 1, Size, Leaves[0], Leaves[0], [], out _));
    }

    private static Hash256 Flip(Hash256 hash)
    {
        var bytes = hash.ToArray();
        bytes[7] ^= 0x10;
        return new Hash256(bytes);
    }

    private static void AssertRefused(long index, long size, Hash256 leaf, Hash256[] proof, Hash256 root)
    {
        Assert.False(MerkleVerifier.TryVerifyInclusion(index, size, leaf, proof, root, out var error));
        Assert.NotEmpty(error!);
    }

    private static void AssertRefused(long old, long size, Hash256 oldRoot, Hash256 root, Hash256[] proof)
    {
        Assert.False(MerkleVerifier.TryVerifyConsistency(old, size, oldRoot, root, proof, out var error));
        Assert.NotEmpty(error!);
    }
}
