using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;

namespace ProvenanceGrains.Ledger.Tests.Entries;

public sealed class EntryHeaderTests
{
    private static readonly EntryHeader Header = new(
        HashedEntityIndex.Instance.Compute(EntityId.Create("lot", "a")), 1, Hash256.Sha256([1]), 2, Hash256.Sha256([2]));

    [Fact]
    public void A_header_has_the_documented_offsets_and_is_the_content_of_its_leaf()
    {
        var bytes = Header.ToArray();
        Assert.Equal(113, bytes.Length);
        Assert.Equal(1, bytes[0]);
        Assert.Equal(Header.Index.Value, new Hash256(bytes.AsSpan(1, 32)));
        Assert.Equal(1, bytes[40]);
        Assert.Equal(Header.Previous, new Hash256(bytes.AsSpan(41, 32)));
        Assert.Equal(2, bytes[80]);
        Assert.Equal(Header.Commitment, new Hash256(bytes.AsSpan(81, 32)));
        Assert.Equal(MerkleHash.Leaf(bytes), Header.LeafHash());
        Assert.True(EntryHeader.TryParse(bytes, out var read, out var error), error);
        Assert.Equal(Header, read);
    }

    [Fact]
    public void Anything_that_is_never_written_is_refused_with_a_reason()
    {
        byte[][] bad =
        [
            [],
            Header.ToArray()[1..],
            [.. Header.ToArray(), 0],
            (Header with { Sequence = -1 }).ToArray(),
            (Header with { TimeMs = -1 }).ToArray(),
            (Header with { Sequence = 0 }).ToArray(),
            (Header with { Previous = Hash256.Zero }).ToArray(),
            [2, .. Header.ToArray().AsSpan(1)],
        ];
        Assert.All(bad, bytes =>
        {
            Assert.False(EntryHeader.TryParse(bytes, out _, out var error));
            Assert.NotEmpty(error);
        });
    }

    [Theory]
    [InlineData("", "key")]
    [InlineData("lot", "")]
    [InlineData("Lot", "key")]
    [InlineData("a-kind-that-is-longer-than-thirty-two", "key")]
    [InlineData("lot", "a\nb")]
    [InlineData("lot", "a\u0085b")]
    public void Entities_outside_the_limits_are_refused_with_a_reason(string kind, string key)
    {
        Assert.False(EntityId.TryCreate(kind, key, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Keys_are_limited_in_bytes_and_have_no_lone_surrogate()
    {
        Assert.True(EntityId.TryCreate("lot", new string('é', 512), out _, out _));
        Assert.False(EntityId.TryCreate("lot", new string('é', 513), out _, out _));
        Assert.True(EntityId.TryCreate("lot", "\ud83c\udf4e", out _, out _));
        Assert.False(EntityId.TryCreate("lot", "\ud83c", out _, out _));
        Assert.False(EntityId.TryCreate("lot", "\udf4e\ud83c", out _, out _));
    }

    [Fact]
    public void Kind_and_key_cannot_flow_into_one_another()
    {
        EntityIndex Index(string kind, string key) => HashedEntityIndex.Instance.Compute(EntityId.Create(kind, key));
        Assert.NotEqual(Index("lot", "sx"), Index("lots", "x"));
        Assert.Equal(Index("lot", "sx"), Index("lot", "sx"));
    }

    [Fact]
    public void A_group_of_any_length_has_the_digest_that_its_number_salt_and_bytes_give()
    {
        // The digest is computed in two ways, by length; both sides of the border must agree with the definition.
        foreach (var length in (int[])[0, 1, 469, 470, 471, 512, 513, 5000])
        {
            var content = Enumerable.Range(0, length).Select(i => (byte)(i % 256)).ToArray();
            byte[] all = [.. "provenancegrains/group/v1\0"u8, 4, .. new byte[15], 9, .. content];
            Assert.Equal(Hash256.Sha256(all), Payload.GroupDigest(FieldGroup.Content, new Salt(9), content));
        }
    }
}
