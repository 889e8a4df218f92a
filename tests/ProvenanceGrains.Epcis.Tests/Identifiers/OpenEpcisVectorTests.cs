using System.Text.RegularExpressions;
using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Identifiers;

/// <summary>Another converter's vectors, where they agree with GS1's standards.</summary>
/// <remarks>
/// That converter never looks at check digits: where a vector has a wrong one, that it is refused is asserted and the
/// right one put in its place. Its other departures from the standards are the lists below.
/// </remarks>
public sealed partial class OpenEpcisVectorTests
{
    /// <summary>
    /// Characters that a URI (RFC 3986 section 2) or the grammar of an EPC URN (Tag Data Standard section 6.3,
    /// annex A) wants percent-encoded stand there as they are, and a slash or number sign changes the URI's structure.
    /// </summary>
    private static readonly HashSet<string> Unescaped = new(StringComparer.Ordinal)
    {
        "https://id.gs1.org/8010/4748374/23748#94//8011/94304",
        "https://id.gs1.org/8010/9520885039434/38",
        "https://id.gs1.org/253/8934893489494\":?>",
        "https://id.gs1.org/8004/7324878;><=?",
        "https://id.gs1.org/401/4849304738473!\"\"%/%&'()*+,-.:=",
        "https://id.gs1.org/01/74778478489849/10//777474",
        "https://id.gs1.org/01/49557283728732/10//8484892%",
        "https://id.gs1.org/01/49367283728732/10//8484892%",
        "https://id.gs1.org/01/12345678901231/10/!\"%&'()*+,-./19:;<=>",
        "https://id.gs1.org/01/12345678901231/21/!\"%&'()*+,-./",
        "https://id.gs1.org/01/12345678901231/21//19:;<=>?AZ_az",
        "urn:epc:id:grai:123456789012..!\"%&'()*+,-.",
        "urn:epc:id:itip:467348.6589384.38.44.!\"%&'()*+,-./1:;<=>=",
        "urn:epc:class:lgtin:4384738478.734.8484892%",
        "urn:epc:id:sgln:437473647364..\"%&'()*+,-./19:;<=>?",
        "urn:epc:id:upui:787587.5483743.19:;<=>?AZ_az",
    };

    private static readonly Dictionary<string, string> Deviations = new(StringComparer.Ordinal)
    {
        ["https://id.gs1.org/8004/42512183.SENSOR.TR-07-AVE-583:1"] =
            "A GIAI has at most 30 characters (General Specifications 3.8.4): this has 31.",
        ["urn:epc:idpat:itip:493494.3399430.40.39.*"] =
            "Piece 40 of 39 (General Specifications 3.8.6: the piece is within the total).",
        ["https://id.gs1.org/401/656987789012"] =
            "With a prefix of 12 digits nothing is left for the consignment reference, which a URN must have.",
        ["https://id.gs1.org/8010/12345678901234A/8011/1111"] =
            "Refused there because no issued prefix begins so: that takes the list of all company prefixes.",
    };

    [IdentifierVectorFact]
    public void Urns_and_links_are_translated_both_ways() =>
        IdentifierVectors.ForEach("epc/translate.json", static vector =>
        {
            var input = vector.Text("input")!;
            if (IsDeviation(input))
            {
                return null;
            }

            var expected = vector.Text("expected")!;
            if (!TryParseWithRightCheckDigit(input, out var epc, out var error))
            {
                return $"{input}: {error}";
            }

            if (vector.Text("op") == "urn-to-dl")
            {
                return Epc.TryParse(expected, out var link, out error) && link == epc && epc.CanonicalUri == link.CanonicalUri
                    ? null : $"{input}: {epc.CanonicalUri}, not {expected} {error}";
            }

            // Without a length the converter looked the prefix up in its list: the answer shows what it found.
            var length = vector.Number("gcp_length") ?? expected.Split(':')[4].Split('.')[0].Length;
            var urn = epc.ToUrnOrNull(length);
            return urn == expected ? null : $"{input}: {urn}, not {expected}";
        });

    [IdentifierVectorFact]
    public void Identifiers_are_valid_or_not_as_the_vectors_say() =>
        IdentifierVectors.ForEach("epc/validate.json", static vector =>
        {
            var text = vector.Text("identifier")!;
            if (IsDeviation(text))
            {
                return null;
            }

            var valid = TryParseWithRightCheckDigit(text, out var epc, out var error);
            if (valid && vector.Number("gcp_length") is { } length && epc.ToUrnOrNull(length) is null)
            {
                (valid, error) = (false, "no URN");
            }

            return valid == vector.GetProperty("valid").GetBoolean() ? null : $"{text}: {error ?? "accepted"}";
        });

    [Fact]
    public void Characters_that_must_be_escaped_are_refused_unescaped() =>
        Assert.All(Unescaped, static text => Assert.False(Epc.TryParse(text, out _, out _), text));

    private static bool IsDeviation(string text) => Unescaped.Contains(text) || Deviations.ContainsKey(text);

    private static bool TryParseWithRightCheckDigit(string text, out Epc epc, out string? error)
    {
        if (Epc.TryParse(text, out epc, out error))
        {
            return true;
        }

        var match = WrongCheckDigit().Match(error);
        if (!match.Success)
        {
            return false;
        }

        var data = match.Groups[1].Value;
        return Epc.TryParse(text.Replace(data, data[..^1] + match.Groups[2].Value, StringComparison.Ordinal), out epc, out error);
    }

    [GeneratedRegex(@"the check digit of '(\d+)' is \d but must be (\d)")]
    private static partial Regex WrongCheckDigit();
}
