using FsCheck;
using FsCheck.Fluent;
using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Identifiers;

public sealed class EpcPropertyTests
{
    private const string Serials = "!\"%&'()*+,-./0189:;<=>?AZ_az";

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(3000);

    /// <summary>The schemes with digits of prefix and reference, whether a serial follows, and the longest one.</summary>
    private static readonly (string Name, int Digits, int MaxSerial, bool Numeric)[] Schemes =
    [
        ("id:sgtin", 13, 20, false), ("class:lgtin", 13, 20, false), ("id:upui", 13, 28, false),
        ("id:sscc", 17, 0, false), ("id:sgln", 12, 20, false), ("id:pgln", 12, 0, false), ("id:grai", 12, 16, false),
        ("id:gdti", 12, 17, false), ("id:sgcn", 12, 12, true), ("id:gsrn", 17, 0, false), ("id:gsrnp", 17, 0, false),
        ("id:gsin", 16, 0, false), ("idpat:sgtin", 13, -1, false), ("idpat:grai", 12, -1, false),
        ("idpat:gdti", 12, -1, false), ("idpat:sgcn", 12, -1, false), ("id:giai", -18, 0, false),
        ("id:ginc", -18, 0, false),
    ];

    [Fact]
    public void Parsing_random_text_never_throws() =>
        Check.One(Runs, Prop.ForAll(ArbMap.Default.ArbFor<string?>(), static text =>
        {
            AssertTotal(text ?? "");
            AssertTotal("urn:epc:id:sgtin:" + text);
            AssertTotal("https://id.gs1.org/01/" + text);
            AssertTotal("https://id.gs1.org/01/09506000134352/10/" + text);
            AssertTotal("/01/09506000134352?" + text);
        }));

    [Fact]
    public void Parsing_a_damaged_identifier_never_throws()
    {
        var damaged =
            from urn in Urns()
            from useLink in Gen.Elements(true, false)
            let text = useLink ? Parse(urn).CanonicalUri : urn
            from at in Gen.Choose(0, text.Length - 1)
            from put in Gen.Elements("", "/", ".", "%", "?", "#", "0", "é", "\0", "*", ":", "//", "\ud800")
            select text[..at] + put + text[(at + 1)..];
        Check.One(Runs, Prop.ForAll(damaged.ToArbitrary(), static text => AssertTotal(text)));
    }

    [Fact]
    public void A_canonical_form_is_its_own_canonical_form() =>
        Check.One(Runs, Prop.ForAll(Urns().ToArbitrary(), static urn =>
        {
            var epc = Parse(urn);
            var link = Parse(epc.CanonicalUri);
            Assert.Equal(epc, link);
            Assert.Equal(epc.GetHashCode(), link.GetHashCode());
            Assert.Equal(epc.CanonicalUri, link.CanonicalUri);
            Assert.Equal(epc.Kind, link.Kind);
            Assert.True(DigitalLink.TryParse(epc.CanonicalUri, DigitalLinkOptions.None, out var parts, out var error), error);
            Assert.Equal(epc.CanonicalUri, parts.CanonicalUri);
        }));

    [Fact]
    public void A_urn_comes_back_from_its_link_with_the_same_prefix_length() =>
        Check.One(Runs, Prop.ForAll(Urns().ToArbitrary(), static urn =>
        {
            var epc = Parse(urn);
            Assert.Equal(urn, epc.ToUrnOrNull(null));
            Assert.Equal(urn, Parse(epc.CanonicalUri).ToUrnOrNull(epc.CompanyPrefixLength));
            Assert.Null(Parse(epc.CanonicalUri).ToUrnOrNull(null));
        }));

    [Fact]
    public void Another_check_digit_than_the_right_one_is_refused() =>
        Check.One(Runs, Prop.ForAll(
            (from digits in Gen.Elements(Serials.Where(char.IsAsciiDigit).ToArray()).ArrayOf(13)
             from wrong in Gen.Choose(1, 9)
             select (Body: new string(digits), wrong)).ToArbitrary(),
            static input =>
            {
                var right = Gs1CheckDigit.Compute(input.Body);
                var wrong = (char)('0' + ((right - '0' + input.wrong) % 10));
                Assert.True(Gs1CheckDigit.IsValid(input.Body + right));
                Assert.False(Epc.TryParse($"https://id.gs1.org/01/{input.Body}{wrong}/21/1", out _, out _));
            }));

    private static Gen<string> Urns() =>
        from scheme in Gen.Elements(Schemes)
        from prefixLength in Gen.Choose(6, 12)
        from digits in Gen.Elements('0', '1', '2', '5', '8', '9').ArrayOf(Math.Abs(scheme.Digits))
        from serialLength in Gen.Choose(1, Math.Max(1, scheme.MaxSerial))
        from serial in Gen.Elements((scheme.Numeric ? "0123456789" : Serials).ToCharArray()).ArrayOf(serialLength)
        let body = new string(digits)
        let tail = scheme.MaxSerial switch { 0 => "", < 0 => ".*", _ => "." + Escape(new string(serial)) }
        select $"urn:epc:{scheme.Name}:{body[..prefixLength]}.{body[prefixLength..]}{tail}";

    private static string Escape(string text) => string.Concat(text.Select(
        static c => c is '"' or '%' or '&' or '/' or '<' or '>' or '?' ? $"%{(int)c:X2}" : c.ToString()));

    private static Epc Parse(string text)
    {
        Assert.True(Epc.TryParse(text, out var epc, out var error), error);
        return epc;
    }

    private static void AssertTotal(string text)
    {
        Assert.Equal(Epc.TryParse(text, out var epc, out var error), error is null);
        Assert.Equal(error is null, epc.CanonicalKey.Length > 0);
        const DigitalLinkOptions Old = DigitalLinkOptions.AllowShortNames | DigitalLinkOptions.AllowShortGtin;
        Assert.Equal(DigitalLink.TryParse(text, Old, out var link, out error), link is not null && error is null);
        Assert.Equal(DigitalLinkPath.TryParse(text, out var path, out error), path is not null && error is null);
    }
}
