using FsCheck;
using FsCheck.Fluent;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Ledger.Tests.Heads;

public sealed class HeadMapTests
{
    private static readonly Gen<(int Seed, int Count, bool Sharing)> Contents =
        from seed in Gen.Choose(0, int.MaxValue)
        from count in Gen.Choose(0, 60)
        from sharing in Gen.Elements(false, true)
        select (seed, count, sharing);

    [Fact]
    public void The_root_is_that_of_the_definition_whatever_the_order_and_the_batches() => ForAll(content =>
    {
        var heads = SampleHeads.Make(content.Seed, content.Count, content.Sharing);
        var expected = ReferenceMap.Root(heads);
        Assert.Equal(expected, HeadMap.Empty.Update(heads).Root);

        var random = new Random(content.Seed);
        var shuffled = heads.OrderBy(_ => random.Next()).ToList();
        var map = HeadMap.Empty;
        for (var at = 0; at < shuffled.Count;)
        {
            var size = random.Next(1, 9);
            map = map.Update(shuffled.Skip(at).Take(size).ToList());
            at += size;
        }

        Assert.Equal(expected, map.Root);
        Assert.Equal(heads.Count, map.Count);
    });

    [Fact]
    public void An_update_gives_what_building_anew_gives_and_leaves_the_version_before_as_it_was() => ForAll(content =>
    {
        var heads = SampleHeads.Make(content.Seed, content.Count, content.Sharing);
        var before = HeadMap.Empty.Update(heads);
        var random = new Random(content.Seed ^ 1);
        var changes = heads.Keys.Where(_ => random.Next(3) == 0).ToDictionary(index => index, _ => SampleHeads.NewHead(random));
        foreach (var (index, head) in SampleHeads.Make(content.Seed ^ 2, random.Next(20), content.Sharing))
        {
            changes[index] = head;
        }

        var after = before.Update(changes);
        var all = new Dictionary<EntityIndex, EntityHead>(heads);
        foreach (var (index, head) in changes)
        {
            all[index] = head;
        }

        Assert.Equal(ReferenceMap.Root(all), after.Root);
        Assert.Equal(all.Count, after.Count);
        Assert.All(all, head => Assert.Equal(head.Value, after.Find(head.Key)));
        Assert.Equal(ReferenceMap.Root(heads), before.Root);
        Assert.All(changes.Keys, index => Assert.Equal(heads.TryGetValue(index, out var head) ? head : null, before.Find(index)));
    });

    [Fact]
    public void A_map_of_one_entity_is_that_leaf_and_the_empty_map_is_zero()
    {
        var (index, head) = SampleHeads.Make(1, 1, sharingPrefixes: false).Single();
        var map = HeadMap.Empty.Update([new(index, head)]);
        Assert.Equal(ReferenceMap.Leaf(index, head), map.Root);
        Assert.Equal(Hash256.Zero, HeadMap.Empty.Root);
        Assert.Null(HeadMap.Empty.Find(index));
        Assert.Same(map, map.Update([]));
        Assert.Equal(map.Root, map.Update([new(index, head)]).Root);
    }

    [Fact]
    public void Indexes_that_differ_in_the_last_bit_only_stand_256_deep()
    {
        var first = SampleHeads.RandomHash(new Random(3));
        var second = SampleHeads.FlipBit(first, 255);
        var head = new EntityHead(1, first);
        KeyValuePair<EntityIndex, EntityHead>[] both = [new(new(first), head), new(new(second), head)];
        var map = HeadMap.Empty.Update(both);
        Assert.Equal(ReferenceMap.Root(both), map.Root);
        var proof = map.Prove(new(second));
        Assert.Equal(HeadMap.MaxDepth, proof.Siblings.Count);
        Assert.True(HeadMapVerifier.TryVerify(map.Root, new(second), proof, out var found, out var error), error);
        Assert.Equal(head, found);
        Assert.Equal(255, proof.Siblings.Count(sibling => sibling.IsZero));
    }

    [Fact]
    public void Two_heads_for_one_index_and_an_empty_journal_are_refused()
    {
        var index = new EntityIndex(SampleHeads.RandomHash(new Random(4)));
        var head = new EntityHead(1, Hash256.Zero);
        Assert.Throws<ArgumentException>(() => HeadMap.Empty.Update([new(index, head), new(index, head)]));
        Assert.Throws<ArgumentException>(() => HeadMap.Empty.Update([new(index, new EntityHead(0, Hash256.Zero))]));
        Assert.Throws<ArgumentException>(() => HeadMap.Empty.Update([new(index, new EntityHead(-1, Hash256.Zero))]));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(3_000)]
    public void A_large_batch_gives_the_root_of_the_definition(int count)
    {
        var heads = SampleHeads.Make(count, count, sharingPrefixes: false);
        Assert.Equal(ReferenceMap.Root(heads), HeadMap.Empty.Update(heads).Root);
    }

    /// <summary>The rules of docs/scaling.md: each owner knows the heads below its prefix only, and reports what stands there.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(400)]
    public void Subtrees_of_prefixes_join_to_the_root_of_the_whole_map(int count)
    {
        const int PrefixBits = 4;
        for (var seed = 0; seed < 20; seed++)
        {
            var heads = SampleHeads.Make(seed, count, sharingPrefixes: seed % 2 == 1);
            var reports = Enumerable.Range(0, 1 << PrefixBits).Select(prefix =>
            {
                var owned = heads.Where(head => head.Key.Value.AsSpan()[0] >> (8 - PrefixBits) == prefix).ToList();
                return (Hash: ReferenceMap.Root(owned, PrefixBits), Leaves: Math.Min(owned.Count, 2));
            }).ToList();
            while (reports.Count > 1)
            {
                reports = reports.Chunk(2).Select(pair => Join(pair[0], pair[1])).ToList();
            }

            Assert.Equal(HeadMap.Empty.Update(heads).Root, reports[0].Hash);
        }

        static (Hash256 Hash, int Leaves) Join((Hash256 Hash, int Leaves) left, (Hash256 Hash, int Leaves) right) =>
            left.Leaves + right.Leaves < 2
                ? (left.Leaves == 1 ? left : right)
                : (ReferenceMap.Inner(left.Hash, right.Hash), 2);
    }

    [Fact]
    public void An_update_makes_the_nodes_on_the_way_and_no_other()
    {
        var map = HeadMap.Empty.Update(SampleHeads.Make(5, 20_000, sharingPrefixes: false));
        var random = new Random(6);
        KeyValuePair<EntityIndex, EntityHead>[] change = [new(new(SampleHeads.RandomHash(random)), SampleHeads.NewHead(random))];
        map.Update(change);
        var before = GC.GetAllocatedBytesForCurrentThread();
        map.Update(change);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // About 16 levels: 64 bytes a node and as much for the list that its level is hashed from; all nodes would be 3 MB.
        Assert.InRange(allocated, 1, 12_000);
    }

    private static void ForAll(Action<(int Seed, int Count, bool Sharing)> check) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Arb.From(Contents), check));
}
