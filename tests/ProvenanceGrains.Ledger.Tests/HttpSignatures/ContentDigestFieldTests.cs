using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Ledger.Tests.HttpSignatures;

public sealed class ContentDigestFieldTests
{
    // The body and both digests are those of RFC 9530's appendix B.1 (with its line feed) and of RFC 9421's test request.
    private const string Sha512 = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    private const string Sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";

    private static ReadOnlySpan<byte> Body => "{\"hello\": \"world\"}"u8;

    [Theory]
    [InlineData(Sha512)]
    [InlineData(Sha256)]
    [InlineData(Sha256 + ", " + Sha512)]
    [InlineData("md5=:AAAA:, " + Sha256)]
    public void The_digest_of_the_body_matches_and_no_other_body_does(string text)
    {
        Assert.True(ContentDigestField.TryParse(text, out var field, out var error), error);
        Assert.True(field.Matches(Body));
        Assert.False(field.Matches("{\"hello\": \"World\"}"u8));
    }

    [Fact]
    public void What_is_made_is_read() => Assert.Equal(Sha256, ContentDigestField.Of(Body));

    [Fact]
    public void One_wrong_digest_among_two_does_not_match()
    {
        Assert.True(ContentDigestField.TryParse(Sha512 + ", sha-256=:" + Convert.ToBase64String(new byte[32]) + ":", out var field, out _));
        Assert.False(field.Matches(Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("md5=:AAAA:")]
    [InlineData("sha-256=:AAAA:")]
    [InlineData("sha-256=\"X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\"")]
    [InlineData(Sha256 + "," + Sha256)]
    public void Anything_else_is_refused_and_named(string text)
    {
        Assert.False(ContentDigestField.TryParse(text, out _, out var error));
        Assert.StartsWith("Content-Digest: ", error, StringComparison.Ordinal);
    }
}
