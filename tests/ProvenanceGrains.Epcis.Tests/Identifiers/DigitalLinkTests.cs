using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Identifiers;

public sealed class DigitalLinkTests
{
    [Fact]
    public void A_link_is_taken_apart_and_written_canonically()
    {
        const string Uri = "HTTPS://shop.example/p/01/09506000134352/22/2A/10/A%2fB/21/7?x=1&3103=000195&17=271231#top";
        Assert.True(DigitalLink.TryParse(Uri, DigitalLinkOptions.None, out var link, out var error), error);
        Assert.Equal("01/09506000134352/21/7", link.CanonicalKey);
        Assert.Equal("https://id.gs1.org/01/09506000134352/22/2A/10/A%2FB/21/7?17=271231&3103=000195", link.CanonicalUri);
        Assert.Equal("(01)09506000134352(22)2A(10)A/B(21)7(3103)000195(17)271231", link.ToBracketedElementString());
        Assert.Equal("^0109506000134352222A^10A/B^217^310300019517271231", link.ToElementString('^'));
        Assert.True(DigitalLink.TryParse(link.CanonicalUri, DigitalLinkOptions.None, out var again, out error), error);
        Assert.Equal(link.CanonicalUri, again.CanonicalUri);
    }

    [Theory]
    [InlineData("ftp://example.com/01/09506000134352")]
    [InlineData("https://example.com/gtin/09506000134352")]
    [InlineData("https://example.com/01/9506000134352")]
    [InlineData("https://example.com/01/09506000134352?21=7")]
    [InlineData("https://example.com/01/09506000134352?17=")]
    [InlineData("https://example.com/01/09506000134352?240=A+B")]
    [InlineData("https://example.com/01/09506000134352?240=%zz")]
    [InlineData("https://example.com/01/09506000134352?0=1")]
    [InlineData("https://example.com/01/09506000134352?01=09506000134352")]
    [InlineData("https://example.com/01/09506000134352/10/A/235/B")]
    [InlineData("https://example.com/8003/19506000134352")]
    [InlineData("https://example.com/8013/1987654Ad4X4bL5ttr2310c2X")]
    public void What_the_URI_syntax_forbids_is_refused(string uri)
    {
        Assert.False(DigitalLink.TryParse(uri, DigitalLinkOptions.None, out var link, out var error));
        Assert.Null(link);
        Assert.Contains(uri, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/01/09506000134352", "01/09506000134352")]
    [InlineData("/01/09506000134352/10/L1", "01/09506000134352/10/L1 01/09506000134352")]
    [InlineData("/01/09506000134352/21/S1", "01/09506000134352/21/S1 01/09506000134352")]
    [InlineData("/01/09506000134352/10/L1/21/S%2F1?17=271231", "01/09506000134352/21/S%2F1 01/09506000134352/10/L1 01/09506000134352")]
    [InlineData("/01/09506000134352/22/V/10/L1/21/S1", "01/09506000134352/21/S1 01/09506000134352/10/L1 01/09506000134352")]
    [InlineData("/01/09506000134352/235/T", "01/09506000134352/235/T 01/09506000134352")]
    [InlineData("/00/340123451111111111", "00/340123451111111111")]
    [InlineData("/8003/04012345000221334455", "8003/04012345000221334455 8003/04012345000221")]
    [InlineData("/253/4012345000092PO-4711", "253/4012345000092PO-4711 253/4012345000092")]
    [InlineData("/414/9521321000018/254/A", "414/9521321000018/254/A 414/9521321000018")]
    [InlineData("/414/9521321000018/254/0", "414/9521321000018")]
    [InlineData("/8006/040123451234560102/10/L/21/S", "8006/040123451234560102/21/S 8006/040123451234560102/10/L 8006/040123451234560102")]
    [InlineData("/8010/0614141A-1/8011/12", "8010/0614141A-1/8011/12 8010/0614141A-1")]
    public void A_request_path_walks_up_from_the_item_to_the_product(string request, string keys)
    {
        Assert.True(DigitalLinkPath.TryParse(request, out var path, out var error), error);
        Assert.Equal(keys.Split(' '), path.WalkUp);
        Assert.Equal(path.WalkUp[0], path.CanonicalKey);
        Assert.True(Epc.TryParse("https://example.org" + request, out var epc, out error), error);
        Assert.Equal(epc, path.Epc);
        Assert.Equal(epc.Kind, path.Epc.Kind);
    }

    [Fact]
    public void A_request_path_gives_the_text_beside_its_QR_code()
    {
        Assert.True(DigitalLinkPath.TryParse("/01/09506000134352/10/L%2F1/21/S1", out var path, out _));
        Assert.Equal("(01)09506000134352(10)L/1(21)S1", path.ElementString);
    }

    [Theory]
    [InlineData("", "begins with '/'")]
    [InlineData("/", "no GS1 primary key")]
    [InlineData("01/09506000134352", "begins with '/'")]
    [InlineData("/01", "(01) has no value")]
    [InlineData("/01/", "(01) has no value")]
    [InlineData("/gtin/09506000134352", "write /01/")]
    [InlineData("/shop/01/09506000134352", "'shop'")]
    [InlineData("/10/ABC", "(10)")]
    [InlineData("/01/09506000134353", "must be 2")]
    [InlineData("/01/9506000134352", "padded")]
    [InlineData("/01/09506000134352/21/S/10/L", "22, 10, 21 or 235")]
    [InlineData("/00/340123451111111111/21/1", "takes no qualifiers")]
    [InlineData("/01/09506000134352/21/é", "U+00E9")]
    [InlineData("/01/09506000134352/21/%F0%9F%98%80", "not allowed")]
    [InlineData("/01/09506000134352/10/L/21/S/", "no GS1 application identifier")]
    public void A_wrong_request_path_is_refused_with_the_reason(string request, string reason)
    {
        Assert.False(DigitalLinkPath.TryParse(request, out var path, out var error));
        Assert.Null(path);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("629104150021", '3')]
    [InlineData("37610425002123456", '9')]
    [InlineData("0000000", '0')]
    [InlineData("9638507", '4')]
    public void The_check_digit_is_that_of_the_General_Specifications(string digits, char expected)
    {
        Assert.Equal(expected, Gs1CheckDigit.Compute(digits));
        Assert.True(Gs1CheckDigit.IsValid(digits + expected));
        Assert.False(Gs1CheckDigit.IsValid(digits + (char)('0' + ((expected - '0' + 1) % 10))));
        Assert.False(Gs1CheckDigit.IsValid("A" + digits + expected));
    }

    [Fact]
    public void Every_application_identifier_of_the_dictionary_is_known()
    {
        Assert.Equal(ApplicationIdentifiers.All.Count, ApplicationIdentifiers.All.Select(static ai => ai.Code).Distinct().Count());
        Assert.True(ApplicationIdentifiers.TryGet("3105", out var weight));
        Assert.Equal("NET WEIGHT (kg)", weight.Title);
        Assert.False(ApplicationIdentifiers.TryGet("3106", out _));
        Assert.Equal(16, ApplicationIdentifiers.All.Count(static ai => ai.IsPrimaryKey));
        Assert.Null(weight.Check("000195"));
        Assert.NotNull(weight.Check("00195"));
        Assert.NotNull(weight.Check("0001955"));
    }
}
