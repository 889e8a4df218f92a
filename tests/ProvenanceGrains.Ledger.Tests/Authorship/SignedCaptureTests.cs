using System.Text;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Ledger.Tests.Authorship;

public sealed class SignedCaptureTests
{
    private const string Field = "[\"content-type\",\"application/json\"]";

    private static readonly string Golden = File.ReadAllText(
        Path.Combine(Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", "signed-capture-v1.json"));

    [Theory]
    [InlineData(Field, "[\"content-type\"]", "fields")]
    [InlineData(Field, "[]", "fields")]
    [InlineData(Field, "[[]]", "fields")]
    [InlineData(Field, "[\"content-type\",\"a\",\"b\"]", "fields")]
    [InlineData(Field, "[\"content-type\",null]", "fields")]
    [InlineData(Field, "[null,\"a\"]", "fields")]
    [InlineData(Field, "[\"content-type\",7]", "fields")]
    [InlineData(Field, "[\"content-type\",\"\\ud800\"]", "fields")]
    [InlineData(Field, "\"content-type\"", "fields")]
    [InlineData(Field, "null", "fields")]
    [InlineData("[" + Field + "]", "null", "fields")]
    [InlineData("[" + Field + "]", "{}", "fields")]
    [InlineData("\"POST\"", "null", "method")]
    [InlineData("\"POST\"", "[]", "method")]
    [InlineData("\"acme\"", "null", "party")]
    [InlineData("\"target\":\"http", "\"target\":\"xttp", "target")]
    [InlineData("\"signature\":\"", "\"signature\":null,\"x\":\"", "signature")]
    [InlineData("-capture/v1", "-capture/v2", "format")]
    [InlineData("\"method\"", "\"more\"", "more")]
    [InlineData("\"method\"", "\"format\"", "format")]
    [InlineData("\"body\":\"", "\"body\":\" ", "body")]
    public void A_signed_capture_that_is_not_as_specified_is_refused_and_its_member_named(string find, string replace, string member)
    {
        var changed = Golden.Replace(find, replace, StringComparison.Ordinal);
        Assert.NotEqual(Golden, changed);
        Refused(changed, member + ": ");
    }

    [Fact]
    public void Base64_that_is_not_canonical_is_refused()
    {
        var head = Golden[..(Golden.IndexOf("\"body\":", StringComparison.Ordinal) + 7)];
        Assert.True(SignedCapture.TryParse(Encoding.UTF8.GetBytes(head + "\"e30=\"}"), out _, out var error), error);
        Refused(head + "\"e31=\"}", "body: ");
        Refused(head + "\"e3 0=\"}", "body: ");
        Refused(head + "\"e30\"}", "body: ");
        Refused(head + "null}", "body: ");
        Refused(head.Replace(",\"body\":", "}", StringComparison.Ordinal), "missing");
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    public void What_is_no_object_of_these_members_is_refused(string json) => Refused(json, "signed request");

    private static void Refused(string json, string reason)
    {
        Assert.False(SignedCapture.TryParse(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        var verdict = AuthorshipVerifier.Verify(new SignedEntry(Encoding.UTF8.GetBytes(json), "k", 1_790_000_000_000, 9), []);
        Assert.False(verdict.IsValid);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }
}
