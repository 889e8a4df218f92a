using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Ledger.Tests.Heads;

/// <summary>G5, the map's part: one root proves one answer for an index, how long its journal is or that there is none.</summary>
public sealed class G5_HistoriesAreCompleteTests
{
    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(2, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(4, 300, false)]
    [InlineData(5, 120, true)]
    public void Presence_and_absence_are_proven_for_every_index(int seed, int count, bool sharing)
    {
        var heads = SampleHeads.Make(seed, count, sharing);
        var map = HeadMap.Empty.Update(heads);
        foreach (var index in heads.Keys.Concat(Others(heads, seed)))
        {
            var proof = map.Prove(index);
            Assert.True(HeadMapVerifier.TryVerify(map.Root, index, proof, out var head, out var error), error);
            Assert.Equal(heads.TryGetValue(index, out var expected) ? expected : null, head);
        }
    }

    [Theory]
    [InlineData(11, 1, false)]
    [InlineData(12, 40, false)]
    [InlineData(13, 25, true)]
    public void A_proof_that_was_changed_anywhere_is_refused_with_a_reason(int seed, int count, bool sharing)
    {
        var heads = SampleHeads.Make(seed, count, sharing);
        var map = HeadMap.Empty.Update(heads);
        foreach (var index in heads.Keys.Concat(Others(heads, seed)))
        {
            var proof = map.Prove(index);
            foreach (var changed in Changed(proof, heads))
            {
                AssertRefused(map.Root, index, changed);
            }

            AssertRefused(SampleHeads.FlipBit(map.Root, seed), index, proof);
        }
    }

    [Fact]
    public void The_proof_of_one_index_proves_nothing_of_another_but_its_absence()
    {
        var heads = SampleHeads.Make(21, 60, sharingPrefixes: false);
        var map = HeadMap.Empty.Update(heads);
        foreach (var asked in heads.Keys)
        {
            foreach (var other in heads.Keys.Where(other => other != asked))
            {
                AssertRefused(map.Root, asked, map.Prove(other));
            }
        }
    }

    [Fact]
    public void The_version_before_proves_the_head_before_and_not_the_head_after()
    {
        var heads = SampleHeads.Make(22, 50, sharingPrefixes: true);
        var before = HeadMap.Empty.Update(heads);
        var index = heads.Keys.First();
        var after = before.Update([new(index, new EntityHead(heads[index].Length, SampleHeads.RandomHash(new Random(1))))]);
        Assert.True(HeadMapVerifier.TryVerify(before.Root, index, before.Prove(index), out var old, out var error), error);
        Assert.Equal(heads[index], old);
        AssertRefused(after.Root, index, before.Prove(index));
        AssertRefused(before.Root, index, after.Prove(index));
    }

    [Fact]
    public void Shapes_that_no_map_has_are_refused_before_anything_is_hashed()
    {
        var random = new Random(23);
        var index = new EntityIndex(SampleHeads.RandomHash(random));
        var other = new EntityIndex(SampleHeads.FlipBit(index.Value, 0));
        var leaf = new HeadMapLeaf(index, SampleHeads.NewHead(random));
        var sibling = SampleHeads.RandomHash(random);
        AssertRefused(default, index, new HeadMapProof([.. Enumerable.Repeat(sibling, 257)], leaf), "257 siblings");
        AssertRefused(default, index, new HeadMapProof([.. Enumerable.Repeat(sibling, 256)], null), "below the deepest leaf");
        AssertRefused(default, index, new HeadMapProof([Hash256.Zero], leaf), "lowest sibling is empty");
        AssertRefused(default, index, new HeadMapProof([Hash256.Zero], null), "lowest sibling is empty");
        AssertRefused(default, index, new HeadMapProof([sibling], leaf with { Index = other }), "bit 0");
        AssertRefused(default, index, new HeadMapProof([], leaf with { Head = new EntityHead(0, sibling) }), "length");
    }

    /// <summary>A verifier without the check of the leaf's place would take the leaf of any other entity for an absence.</summary>
    [Fact]
    public void Without_the_check_of_the_leafs_place_an_absence_could_be_forged()
    {
        var heads = SampleHeads.Make(24, 30, sharingPrefixes: false);
        var map = HeadMap.Empty.Update(heads);
        var hidden = heads.Keys.First();
        var forgeries = heads.Keys
            .Where(other => other != hidden)
            .Select(map.Prove)
            .Count(proof => LeadsToRoot(map.Root, proof) && proof.Leaf!.Value.Index != hidden);
        Assert.Equal(heads.Count - 1, forgeries);
        Assert.All(heads.Keys.Where(other => other != hidden), other => AssertRefused(map.Root, hidden, map.Prove(other)));
    }

    /// <summary>The weaker check: hashes along the leaf's own way instead of the asked one's.</summary>
    private static bool LeadsToRoot(Hash256 root, HeadMapProof proof)
    {
        var leaf = proof.Leaf!.Value;
        var node = ReferenceMap.Leaf(leaf.Index, leaf.Head);
        for (var i = 0; i < proof.Siblings.Count; i++)
        {
            node = ReferenceMap.Bit(leaf.Index, proof.Siblings.Count - 1 - i)
                ? ReferenceMap.Inner(proof.Siblings[i], node)
                : ReferenceMap.Inner(node, proof.Siblings[i]);
        }

        return node == root;
    }

    private static IEnumerable<EntityIndex> Others(Dictionary<EntityIndex, EntityHead> heads, int seed)
    {
        var random = new Random(seed + 1000);
        var near = heads.Keys.Select(index => new EntityIndex(SampleHeads.FlipBit(index.Value, random.Next(256))));
        var anywhere = Enumerable.Range(0, 30).Select(_ => new EntityIndex(SampleHeads.RandomHash(random)));
        return near.Concat(anywhere).Where(index => !heads.ContainsKey(index)).ToList();
    }

    private static IEnumerable<HeadMapProof> Changed(HeadMapProof proof, Dictionary<EntityIndex, EntityHead> heads)
    {
        var siblings = proof.Siblings;
        yield return proof with { Siblings = [.. siblings, Hash256.Zero] };
        yield return proof with { Siblings = [Hash256.Zero, .. siblings] };
        for (var i = 0; i < siblings.Count; i++)
        {
            yield return proof with { Siblings = [.. siblings.Take(i), .. siblings.Skip(i + 1)] };
            yield return proof with { Siblings = [.. siblings.Take(i), SampleHeads.FlipBit(siblings[i], i), .. siblings.Skip(i + 1)] };
            yield return proof with { Siblings = [.. siblings.Take(i), siblings[i], .. siblings.Skip(i)] };
        }

        if (proof.Leaf is not { } leaf)
        {
            yield return proof with { Leaf = heads.Select(head => new HeadMapLeaf(head.Key, head.Value)).First() };
            yield break;
        }

        yield return proof with { Leaf = null };
        yield return proof with { Leaf = leaf with { Index = new EntityIndex(SampleHeads.FlipBit(leaf.Index.Value, 255)) } };
        yield return proof with { Leaf = leaf with { Head = leaf.Head with { Length = leaf.Head.Length ^ 1 } } };
        yield return proof with { Leaf = leaf with { Head = leaf.Head with { LastLeafHash = SampleHeads.FlipBit(leaf.Head.LastLeafHash, 9) } } };
    }

    private static void AssertRefused(Hash256 root, EntityIndex index, HeadMapProof proof, string reason = " ")
    {
        Assert.False(HeadMapVerifier.TryVerify(root, index, proof, out var head, out var error));
        Assert.Null(head);
        Assert.Contains(reason, error!, StringComparison.Ordinal);
    }
}
