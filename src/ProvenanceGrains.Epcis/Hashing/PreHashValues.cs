using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Epcis.Json;
using ProvenanceGrains.Epcis.Vocabulary;

namespace ProvenanceGrains.Epcis.Hashing;

/// <summary>The canonical form of single values in a pre-hash string (CBV 2.0 section 8.9, rules 5 to 9 and 14 to 18).</summary>
/// <param name="context">Gives the prefixes.</param>
internal readonly struct PreHashValues(JsonLdContext context)
{
    /// <summary>A name outside the standard: <c>{namespace}local</c>, or as it stands where the prefix stands for nothing.</summary>
    public string ExtensionName(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && !name.AsSpan(colon + 1).StartsWith("//")
            && context.TryGetNamespace(Encoding.UTF8.GetBytes(name[..colon]), out var ns)
                ? $"{{{ns}}}{name[(colon + 1)..]}"
                : name;
    }

    /// <summary>UTC, to the millisecond.</summary>
    public static string Time(JsonElement value)
    {
        var text = value.GetString()!;
        return Utf8Text.TryParseInstant(Encoding.UTF8.GetBytes(text), out var ms) ? FormatInstant(ms) : text;
    }

    /// <summary><c>yyyy-MM-ddTHH:mm:ss.fffZ</c>.</summary>
    public static string FormatInstant(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public string Vocabulary(VocabularyKind kind, JsonElement value)
    {
        var text = value.GetString()!;
        return CbvVocabulary.TryCanonicalize(kind, text, context, out var canonical, out _) ? canonical : Text(text);
    }

    /// <summary>Any other value; empty for null, lists and objects.</summary>
    public string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Number => Number(value.GetRawText()) ?? value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Array or JsonValueKind.Object => "",
    };

    public string Text(string text)
    {
        text = text.Trim();
        if (Number(text) is { } number)
        {
            return number;
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        var colon = utf8.AsSpan().IndexOf((byte)':');
        if (colon > 0 && context.TryExpand(utf8, colon, out var expanded))
        {
            text = expanded;
        }

        if (CbvVocabulary.WebUriOfUrn(text) is { } web)
        {
            return web;
        }

        var mayBeKey = text.StartsWith("urn:epc:", StringComparison.Ordinal)
            || text.StartsWith("https://", StringComparison.Ordinal)
            || text.StartsWith("http://", StringComparison.Ordinal);
        return mayBeKey && Epc.TryCanonicalizeUnverified(text, out var canonical, out _) ? canonical : text;
    }

    /// <summary>
    /// A number without trailing zeros, sign or exponent to spare; null if the text is none. Text that looks like a number
    /// counts as one, since XML does not tell the two apart. As in the reference implementation the value is that of the
    /// nearest double, so that a long string of digits comes out as that double's exact value.
    /// </summary>
    public static string? Number(string text)
    {
        const NumberStyles Style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (text.Length is 0 or > 400
            || !double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number)
            || !text.AsSpan().ContainsAnyInRange('0', '9'))
        {
            return null;
        }

        return double.IsInteger(number)
            ? new BigInteger(number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
    }
}
