using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Tests.Vrf;

namespace ProvenanceGrains.Ledger.Tests.Entries;

public sealed class VrfEntityIndexTests
{
    private static readonly VrfEntityIndex Index = new(VrfTests.KeyOf([.. Enumerable.Repeat((byte)3, 32)]));

    public static TheoryData<string, string> Entities => new()
    {
        { "lot", "01/09506000134352" },
        { "lot", "01/09506000134352/10/L1" },
        { "lot", "01/09506000134352/10/L1/21/17" },
        { "lot", "01/09506000134352/21/17" },
        { "lot", "00/395060001343520005" },
        { "lot", "https://example.com/things/21/17" },
        { "party", "acme" },
        { "customer", "01/1/21/17" },
    };

    [Theory]
    [MemberData(nameof(Entities))]
    public void A_proof_gives_the_index_and_no_other(string kind, string key)
    {
        var entity = EntityId.Create(kind, key);
        var index = Index.Compute(entity);
        var proof = Index.Prove(entity);
        Assert.NotNull(proof);
        Assert.Equal(81, proof.Vrf.Length);
        Assert.True(IndexVerifier.TryVerify(Index.Rule, entity, index, proof, out var error), error);
        Assert.Equal(index, Index.Compute(entity));
        Assert.NotEqual(HashedEntityIndex.Instance.Compute(entity), index);

        Assert.False(IndexVerifier.TryVerify(Index.Rule, entity, new EntityIndex(Hash256.Sha256([1])), proof, out error));
        Assert.NotEmpty(error);
        Assert.False(IndexVerifier.TryVerify(Index.Rule, entity, index, null, out _));
        Assert.False(IndexVerifier.TryVerify(Index.Rule, entity, index, new IndexProof(proof.Vrf[1..]), out _));
        Assert.False(IndexVerifier.TryVerify(Index.Rule, EntityId.Create(kind, key + "x"), index, proof, out _));
        Assert.False(IndexVerifier.TryVerify(Index.Rule, EntityId.Create("other", key), index, proof, out _));
        Assert.False(IndexVerifier.TryVerify(IndexRule.Hash, entity, index, proof, out _));
        Assert.False(IndexVerifier.TryVerify(IndexRule.Hash, entity, index, null, out _));
        var otherLog = new VrfEntityIndex(VrfTests.KeyOf([.. Enumerable.Repeat((byte)4, 32)]));
        Assert.False(IndexVerifier.TryVerify(otherLog.Rule, entity, index, proof, out _));
        Assert.NotEqual(otherLog.Compute(entity), index);
    }

    [Fact]
    public void All_entities_have_indexes_of_their_own()
    {
        var indexes = Entities.Select(row => Index.Compute(EntityId.Create((string)row[0], (string)row[1]))).ToList();
        Assert.Equal(indexes.Count, indexes.Distinct().Count());
    }

    [Theory]
    [InlineData("lot", "01/09506000134352/10/L1/21/17", "01/09506000134352/10/L1", "21/17")]
    [InlineData("lot", "01/09506000134352/21/17", "01/09506000134352", "21/17")]
    [InlineData("lot", "01/09506000134352/10/21", "01/09506000134352/10/21", "")]
    [InlineData("lot", "01/09506000134352/10/21/21/21", "01/09506000134352/10/21", "21/21")]
    [InlineData("lot", "01/09506000134352/22/21/21/5", "01/09506000134352/22/21", "21/5")]
    [InlineData("lot", "01/21/21", "01/21/21", "")]
    [InlineData("lot", "01/21/21/9", "01/21", "21/9")]
    [InlineData("lot", "01/1/21/9/11/250101", "01/1/21/9/11/250101", "")]
    [InlineData("lot", "01/1/21/", "01/1/21/", "")]
    [InlineData("lot", "01/1/21/a%2Fb", "01/1", "21/a%2Fb")]
    [InlineData("lot", "8003/1/21/9", "8003/1/21/9", "")]
    [InlineData("party", "01/1/21/9", "01/1/21/9", "")]
    public void Only_an_item_of_a_product_or_lot_is_split(string kind, string key, string expected, string expectedRest)
    {
        var of = IndexBase.Of(EntityId.Create(kind, key), out var rest);
        Assert.Equal((kind, expected, expectedRest), (of.Kind, of.Key, rest.ToString()));
    }

    /// <summary>What the proof of one item gives away, and what it does not (docs/formats.md).</summary>
    [Fact]
    public void Items_of_one_lot_share_a_proof_and_items_of_another_do_not()
    {
        var one = Index.Prove(EntityId.Create("lot", "01/09506000134352/10/L1/21/1"));
        var two = EntityId.Create("lot", "01/09506000134352/10/L1/21/2");
        Assert.Equal(one!.Vrf.ToArray(), Index.Prove(two)!.Vrf.ToArray());
        Assert.True(IndexVerifier.TryVerify(Index.Rule, two, Index.Compute(two), one, out var error), error);

        var elsewhere = EntityId.Create("lot", "01/09506000134352/10/L2/21/2");
        Assert.False(IndexVerifier.TryVerify(Index.Rule, elsewhere, Index.Compute(elsewhere), one, out _));
    }

    [Fact]
    public void The_logs_own_journal_is_hashed_under_every_rule_so_that_strangers_find_its_blocks()
    {
        var chain = EntityId.Create("chain", "log.example/a");
        Assert.Equal(HashedEntityIndex.Instance.Compute(chain), Index.Compute(chain));
        Assert.Null(Index.Prove(chain));
        Assert.True(IndexVerifier.TryVerify(Index.Rule, chain, Index.Compute(chain), null, out var error), error);
        var proof = Index.Prove(EntityId.Create("lot", "a"));
        Assert.False(IndexVerifier.TryVerify(Index.Rule, chain, Index.Compute(chain), proof, out _));
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_never_another_bases()
    {
        var fresh = new VrfEntityIndex(VrfTests.KeyOf([.. Enumerable.Repeat((byte)3, 32)]));
        var entities = Enumerable.Range(0, 400)
            .Select(i => EntityId.Create("lot", $"01/{i % 20:00000000000000}/10/L{i % 40}/21/{i}")).ToList();
        Parallel.ForEach(entities, entity =>
        {
            Assert.Equal(Index.Compute(entity), fresh.Compute(entity));
            Assert.True(IndexVerifier.TryVerify(fresh.Rule, entity, fresh.Compute(entity), fresh.Prove(entity), out var error), error);
        });
    }
}
