using System.Text;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>Writes EPC URNs (GS1 EPC Tag Data Standard section 6.3).</summary>
internal static class EpcUrnWriter
{
    private const int MinCompanyPrefix = 6;
    private const int MaxCompanyPrefix = 12;

    public static string? Write(Epc epc, int? companyPrefixLength)
    {
        if (epc.Form is not { } form)
        {
            return epc.CanonicalKey.StartsWith(EpcUrn.Prefix, StringComparison.Ordinal) ? epc.CanonicalKey : null;
        }

        var length = companyPrefixLength ?? epc.CompanyPrefixLength;
        return length is >= MinCompanyPrefix and <= MaxCompanyPrefix && EpcUrnScheme.Of(form) is { } scheme
            ? Write(epc.CanonicalKey, form, scheme, length.Value)
            : null;
    }

    private static string? Write(string key, Gs1KeyForm form, EpcUrnScheme scheme, int prefixLength)
    {
        // The key is AI/value or AI/value/AI/value, and its slashes are never data: those are encoded.
        var parts = key.Split('/');
        var value = parts[1].AsSpan(scheme.Lead.Length);
        var isClass = form == scheme.ClassForm;
        var urn = new StringBuilder(EpcUrn.Prefix)
            .Append(isClass ? "idpat" : scheme.Namespace).Append(':').Append(scheme.Name).Append(':');

        ReadOnlySpan<char> serial = parts.Length > 3 ? parts[3] : "0";
        if (scheme.Digits > 0)
        {
            WriteDigits(urn, scheme, value, prefixLength);
            serial = scheme.TailKind == EpcUrnScheme.Tail.Appended ? value[(scheme.Digits + 1)..] : serial;
        }
        else if (!WriteAlphanumeric(urn, value, prefixLength))
        {
            return null;
        }

        if (scheme.TailKind != EpcUrnScheme.Tail.None)
        {
            urn.Append('.');
            if (isClass)
            {
                urn.Append('*');
            }
            else
            {
                AppendEscaped(urn, serial);
            }
        }

        return urn.ToString();
    }

    private static void WriteDigits(StringBuilder urn, EpcUrnScheme scheme, ReadOnlySpan<char> value, int prefixLength)
    {
        var digits = value[..scheme.Digits];
        var first = scheme.IndicatorFirst ? digits[..1] : default;
        digits = digits[first.Length..];
        urn.Append(digits[..prefixLength]).Append('.').Append(first).Append(digits[prefixLength..]);
        if (scheme.HasPieces)
        {
            var pieces = value[(scheme.Digits + 1)..];
            urn.Append('.').Append(pieces[..2]).Append('.').Append(pieces[2..4]);
        }
    }

    private static bool WriteAlphanumeric(StringBuilder urn, ReadOnlySpan<char> value, int prefixLength)
    {
        if (value.Length <= prefixLength || !Gs1Characters.AreDigits(value[..prefixLength]))
        {
            return false;
        }

        urn.Append(value[..prefixLength]).Append('.');
        AppendEscaped(urn, value[prefixLength..]);
        return true;
    }

    /// <summary>From the encoding of the key to that of a URN, which escapes only what its grammar has to.</summary>
    private static void AppendEscaped(StringBuilder urn, ReadOnlySpan<char> encoded)
    {
        Span<char> decoded = stackalloc char[ApplicationIdentifier.MaxDataLength];
        PercentEncoding.Decode(encoded, decoded, out var length);
        foreach (var c in decoded[..length])
        {
            if (c is '"' or '%' or '&' or '/' or '<' or '>' or '?' or '#')
            {
                urn.Append('%').Append("0123456789ABCDEF"[c >> 4]).Append("0123456789ABCDEF"[c & 15]);
            }
            else
            {
                urn.Append(c);
            }
        }
    }
}
