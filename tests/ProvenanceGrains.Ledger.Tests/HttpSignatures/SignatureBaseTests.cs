using System.Text;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.Tests.HttpSignatures;

/// <summary>Components of RFC 9421 section 2, one by one.</summary>
public sealed class SignatureBaseTests
{
    private static readonly HttpMessageParts Request = new()
    {
        Method = "POST",
        Scheme = "HTTPS",
        Authority = "WWW.Example.com:443",
        Target = "/path?param=value&foo=bar&baz=bat%2Dman&qux=&multi=a&multi=b&fa%C3%A7ade%22%3A%20=something&bar=with+plus+white%20space",
        Fields =
        [
            new("Host", "www.example.com"),
            new("X-OWS-Header", "   Leading and trailing whitespace.\t  "),
            new("X-Obs-Fold", "Obsolete\r\n    line folding."),
            new("Cache-Control", "max-age=60"),
            new("Cache-Control", "    must-revalidate"),
            new("Empty", ""),
            new("Content-Digest", "sha-256=:AAAA:,   sha-512=:BBBB:;x"),
            new("Lists", "a, b"),
            new("Lists", "c"),
        ],
        Trailers = [new("Expires", "Wed, 9 Nov 2022 07:28:00 GMT")],
    };

    [Theory]
    [InlineData("\"@method\"", "POST")]
    [InlineData("\"@scheme\"", "https")]
    [InlineData("\"@authority\"", "www.example.com")]
    [InlineData("\"@path\"", "/path")]
    [InlineData("\"@query-param\";name=\"baz\"", "bat-man")]
    [InlineData("\"@query-param\";name=\"qux\"", "")]
    [InlineData("\"@query-param\";name=\"bar\"", "with%20plus%20white%20space")]
    [InlineData("\"@query-param\";name=\"fa%C3%A7ade%22%3A%20\"", "something")]
    [InlineData("\"x-ows-header\"", "Leading and trailing whitespace.")]
    [InlineData("\"x-obs-fold\"", "Obsolete line folding.")]
    [InlineData("\"cache-control\"", "max-age=60, must-revalidate")]
    [InlineData("\"empty\"", "")]
    [InlineData("\"content-digest\";sf", "sha-256=:AAAA:, sha-512=:BBBB:;x")]
    [InlineData("\"content-digest\";key=\"sha-512\"", ":BBBB:;x")]
    [InlineData("\"lists\";bs", ":YSwgYg==:, :Yw==:")]
    [InlineData("\"expires\";tr", "Wed, 9 Nov 2022 07:28:00 GMT")]
    public void A_component_has_its_canonical_value(string component, string value)
    {
        Assert.True(TryCreate(Request, $"({component});created=1", out var text, out var error), error);
        Assert.Equal($"{component}: {value}\n\"@signature-params\": ({component});created=1", text);
    }

    [Theory]
    [InlineData("\"@status\"")]
    [InlineData("\"@unknown\"")]
    [InlineData("\"@signature-params\"")]
    [InlineData("\"absent\"")]
    [InlineData("\"Host\"")]
    [InlineData("\"host\" \"host\"")]
    [InlineData("\"content-digest\";sf;key=\"sha-256\" \"content-digest\";key=\"sha-256\";sf")]
    [InlineData("\"content-digest\";bs;sf")]
    [InlineData("\"content-digest\";key=\"md5\"")]
    [InlineData("\"content-digest\";unknown")]
    [InlineData("\"lists\";sf")]
    [InlineData("\"host\";req")]
    [InlineData("\"host\";sf=?0")]
    [InlineData("\"@method\";sf")]
    [InlineData("\"@query-param\"")]
    [InlineData("\"@query-param\";name=\"multi\"")]
    [InlineData("\"@query-param\";name=\"absent\"")]
    [InlineData("host")]
    public void A_component_without_one_value_is_refused(string components)
    {
        Assert.False(TryCreate(Request, $"({components})", out _, out var error));
        Assert.NotEmpty(error!);
    }

    [Fact]
    public void A_response_covers_its_status_and_its_request()
    {
        var response = new HttpMessageParts { Status = 503, Fields = [], Request = Request };
        Assert.True(TryCreate(response, "(\"@status\" \"@method\";req \"host\";req)", out var text, out var error), error);
        Assert.StartsWith("\"@status\": 503\n\"@method\";req: POST\n\"host\";req: www.example.com\n", text, StringComparison.Ordinal);
        Assert.False(TryCreate(response, "(\"@method\")", out _, out _));
    }

    [Fact]
    public void A_value_that_could_pass_for_another_line_is_refused()
    {
        var hostile = Request with { Authority = "example.com\n\"@method\": GET" };
        Assert.False(TryCreate(hostile, "(\"@authority\")", out _, out _));
        Assert.False(TryCreate(Request with { Method = "P\u00d6ST" }, "(\"@method\")", out _, out _));
    }

    [Theory]
    [InlineData("a=();created=1", "b=:AA==:")]
    [InlineData("a=();created=1, a=();created=2", "a=:AA==:")]
    [InlineData("a=();created=1;created=2", "a=:AA==:")]
    [InlineData("a=();created=\"1\"", "a=:AA==:")]
    [InlineData("a=();keyid=token", "a=:AA==:")]
    [InlineData("a=();created=1", "a=:AA==:, b=:AA==:")]
    [InlineData("a=();created=1", "a=AA")]
    [InlineData("a=();created=1", "a=:AB==:")]
    [InlineData("a=1", "a=:AA==:")]
    [InlineData("", "")]
    public void Ambiguous_or_broken_signature_fields_are_refused(string input, string signature)
    {
        Assert.False(HttpSignature.TryParse(input, signature, out _, out var error));
        Assert.Contains("Signature", error, StringComparison.Ordinal);
    }

    private static bool TryCreate(HttpMessageParts message, string covered, out string? text, out string? error)
    {
        Assert.True(StructuredField.TryParseDictionary("s=" + covered, out var members, out error), error);
        var made = SignatureBase.TryCreate(message, (InnerList)members[0].Value, out var bytes, out error);
        text = made ? Encoding.ASCII.GetString(bytes!) : null;
        return made;
    }
}
