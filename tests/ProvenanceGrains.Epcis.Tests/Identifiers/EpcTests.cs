using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Identifiers;

public sealed class EpcTests
{
    [Theory]
    [InlineData("urn:epc:id:sgtin:4012345.000101.17", "01/04012345001013/21/17", EpcKind.InstanceItem)]
    [InlineData("urn:epc:class:lgtin:4012345.012345.998877", "01/04012345123456/10/998877", EpcKind.Lot)]
    [InlineData("urn:epc:idpat:sgtin:4012345.012345.*", "01/04012345123456", EpcKind.Class)]
    [InlineData("urn:epc:id:sscc:4012345.3111111111", "00/340123451111111111", EpcKind.LogisticUnit)]
    [InlineData("urn:epc:id:sgln:4012345.00005.0", "414/4012345000054", EpcKind.Location)]
    [InlineData("urn:epc:id:sgln:4012345.00005.A1", "414/4012345000054/254/A1", EpcKind.Location)]
    [InlineData("urn:epc:id:pgln:4000001.00000", "417/4000001000005", EpcKind.Party)]
    [InlineData("urn:epc:id:grai:4012345.00022.334455", "8003/04012345000221334455", EpcKind.InstanceItem)]
    [InlineData("urn:epc:idpat:grai:4012345.99999.*", "8003/04012345999990", EpcKind.Class)]
    [InlineData("urn:epc:id:gdti:4012345.00009.PO-4711", "253/4012345000092PO-4711", EpcKind.Document)]
    [InlineData("urn:epc:id:gsrn:4012345.0000006765", "8018/401234500000067657", EpcKind.ServiceRelation)]
    [InlineData("urn:epc:id:gid:95100000.12345.400", "urn:epc:id:gid:95100000.12345.400", EpcKind.InstanceItem)]
    [InlineData("urn:epc:id:usdod:2S194.12345678901", "urn:epc:id:usdod:2S194.12345678901", EpcKind.InstanceItem)]
    [InlineData("urn:epc:id:adi:W81X9C..%2312PIN%2F5", "urn:epc:id:adi:W81X9C..%2312PIN%2F5", EpcKind.InstanceItem)]
    [InlineData("urn:epc:id:bic:CSQU3054383", "urn:epc:id:bic:CSQU3054383", EpcKind.InstanceItem)]
    [InlineData("urn:epc:id:imovn:9176187", "urn:epc:id:imovn:9176187", EpcKind.InstanceItem)]
    [InlineData("URN:EPC:id:imovn:9176187", "urn:epc:id:imovn:9176187", EpcKind.InstanceItem)]
    [InlineData("urn:uuid:b5e1f2a4-2d6e-4a3e-9d6b-0a8d0e6f2c11", "urn:uuid:b5e1f2a4-2d6e-4a3e-9d6b-0a8d0e6f2c11", EpcKind.Other)]
    [InlineData("https://example.com/events/2024/01/15", "https://example.com/events/2024/01/15", EpcKind.Other)]
    [InlineData("https://example.com/01/9506000134352/22/2A/10/L1/21/S%2f1", "01/09506000134352/21/S%2F1", EpcKind.InstanceItem)]
    [InlineData("https://example.com/party/1234567", "https://example.com/party/1234567", EpcKind.Other)]
    [InlineData("https://example.com/gtin/9506000134352", "01/09506000134352", EpcKind.Class)]
    [InlineData("https://u@[2001:db8::1]:8443/01/09506000134352", "01/09506000134352", EpcKind.Class)]
    [InlineData("https://example.com/shop/01/09506000134352/10/L1?17=271231&x=y#top", "01/09506000134352/10/L1", EpcKind.Lot)]
    [InlineData("https://id.gs1.org/414/9521321000018/254/0", "414/9521321000018", EpcKind.Location)]
    public void An_identifier_has_one_canonical_key_and_a_kind(string text, string key, EpcKind kind)
    {
        Assert.True(Epc.TryParse(text, out var epc, out var error), error);
        Assert.Equal(key, epc.CanonicalKey);
        Assert.Equal(kind, epc.Kind);
        Assert.Equal(text, epc.Original);
        Assert.Equal(kind is EpcKind.Class or EpcKind.Lot, epc.IsClassLevel);
        Assert.True(Epc.TryParse(epc.CanonicalUri, out var again, out error), error);
        Assert.Equal(epc, again);
        Assert.Equal(epc.CanonicalUri, again.CanonicalUri);
    }

    [Theory]
    [InlineData("https://id.gs1.org/01/09506000134353/21/17", "(01)", "09506000134353", "check digit of '09506000134353' is 3 but must be 2")]
    [InlineData("https://example.com/00/106141412345678909", "(00)", "106141412345678909", "check digit of '106141412345678909' is 9 but must be 8")]
    [InlineData("https://id.gs1.org/414/9521321000019", "(414)", "9521321000019", "check digit of '9521321000019' is 9 but must be 8")]
    [InlineData("https://id.gs1.org/8003/09521321000019X", "(8003)", "09521321000019X", "check digit of '9521321000019' is 9 but must be 8")]
    public void A_wrong_check_digit_is_named_with_the_right_one(string text, string ai, string data, string reason)
    {
        Assert.False(Epc.TryParse(text, out _, out var error));
        Assert.Contains(text, error, StringComparison.Ordinal);
        Assert.Contains(ai, error, StringComparison.Ordinal);
        Assert.Contains(data, error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("not a uri")]
    [InlineData("https:")]
    [InlineData("https://")]
    [InlineData("https://exa mple.com/x")]
    [InlineData("https://example.com/%zz")]
    [InlineData("https://example.com/a[1]")]
    [InlineData("https://example.com/a#b#c")]
    [InlineData("https://[example.com/a")]
    [InlineData("https://example.com:port/a")]
    [InlineData("https://example.com/gtin/9506000134353")]
    [InlineData("https://example.com/01/950600013")]
    [InlineData("https://example.com/%4")]
    [InlineData("https://id.gs1.org/01/09506000134352/21/A%2")]
    [InlineData("https://id.gs1.org/01/09506000134352/21/%00")]
    [InlineData("https://id.gs1.org/01/09506000134352/21/%C3%A9")]
    [InlineData("https://id.gs1.org/01/09506000134352/21/123456789012345678901")]
    [InlineData("https://id.gs1.org/01/09506000134352/21/1/10/2")]
    [InlineData("https://id.gs1.org/01/09506000134352/10/1/10/2")]
    [InlineData("https://id.gs1.org/01/09506000134352/10/")]
    [InlineData("https://id.gs1.org/01/09506000134352/10")]
    [InlineData("https://id.gs1.org/01/09506000134352/17/271231")]
    [InlineData("https://id.gs1.org/01/09506000134352?17=271331")]
    [InlineData("https://id.gs1.org/01/0950600013435")]
    [InlineData("https://id.gs1.org/about")]
    [InlineData("urn:epc:id:sgtin:4012345.000101")]
    [InlineData("urn:epc:id:sgtin:4012345.000101.")]
    [InlineData("urn:epc:id:sgtin:4012345.00101.17")]
    [InlineData("urn:epc:id:sgtin:40123.45000101.17")]
    [InlineData("urn:epc:id:sgtin:4012345.000101.a/b")]
    [InlineData("urn:epc:id:sgtin:4012345.000101.a%2")]
    [InlineData("urn:epc:id:sgtin:4012345.000101.a%20b")]
    [InlineData("urn:epc:id:sgtin:4012345.000101.123456789012345678901")]
    [InlineData("urn:epc:id:lgtin:4012345.000101.17")]
    [InlineData("urn:epc:class:sgtin:4012345.000101.17")]
    [InlineData("urn:epc:idpat:sgtin:4012345.000101.17")]
    [InlineData("urn:epc:idpat:sscc:4012345.*")]
    [InlineData("urn:epc:tag:sgtin-96:3.4012345.000101.17")]
    [InlineData("urn:epc:id:sscc:4012345.3111111111.1")]
    [InlineData("urn:epc:id:cpi:0614141.5PQ7%2FZ43.012345")]
    [InlineData("urn:epc:id:cpi:0614141.5pq7.12345")]
    [InlineData("urn:epc:id:itip:4012345.011111.03.02.987")]
    [InlineData("urn:epc:id:imovn:9176188")]
    [InlineData("urn:epc:id:bic:CSQU3054384")]
    [InlineData("urn:epc:id:gid:268435456.1.1")]
    [InlineData("urn:epc:id:unheard:1.2")]
    [InlineData("urn:epc:")]
    [InlineData("urn:epc:id")]
    [InlineData("urn:epc:id:sgtin")]
    public void What_no_standard_allows_is_refused_with_a_reason(string text)
    {
        Assert.False(Epc.TryParse(text, out var epc, out var error));
        Assert.Equal(default, epc);
        Assert.False(string.IsNullOrWhiteSpace(error));
    }

    [Fact]
    public void An_identifier_over_the_limit_is_refused()
    {
        var longest = "https://example.com/".PadRight(Epc.MaxLength, 'a');
        Assert.True(Epc.TryParse(longest, out _, out _));
        Assert.False(Epc.TryParse(longest + "a", out _, out _));
    }

    [Fact]
    public void A_wrong_check_digit_can_be_canonicalized_only_by_asking_for_it()
    {
        const string Text = "http://example.de/01/040123451234/cpv/344/lot/ABD";
        Assert.False(Epc.TryParse(Text, out _, out _));
        Assert.True(Epc.TryCanonicalizeUnverified(Text, out var uri, out _));
        Assert.Equal("https://id.gs1.org/01/00040123451234/10/ABD", uri);
    }
}
