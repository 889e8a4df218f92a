using System.Buffers;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>What the parser of an EPC URN found.</summary>
/// <param name="Form">The key's shape, or null for a scheme that is not GS1's.</param>
/// <param name="CompanyPrefixLength">Digits of the GS1 company prefix; 0 for a scheme that is not GS1's.</param>
internal readonly record struct EpcUrnResult(Gs1KeyForm? Form, byte CompanyPrefixLength);

/// <summary>Reads pure identity EPC URNs strictly (GS1 EPC Tag Data Standard section 6.3; RFC 8141).</summary>
internal static class EpcUrn
{
    /// <summary>Every EPC URN begins so; RFC 8141 lets the case of these letters vary.</summary>
    public const string Prefix = "urn:epc:";

    private const string WildcardTail = "*";

    private static readonly SearchValues<char> MustBeEscaped = SearchValues.Create("\"&/<>?#");

    /// <param name="text">What follows <see cref="Prefix"/>.</param>
    /// <param name="writer">Takes the canonical key of a GS1 identifier; nothing for another.</param>
    /// <param name="result">The shape found.</param>
    /// <returns>Null, or the reason.</returns>
    public static string? Parse(ReadOnlySpan<char> text, ref CanonicalKeyWriter writer, out EpcUrnResult result)
    {
        result = default;
        var nameEnd = text.IndexOf(':');
        if (nameEnd < 0)
        {
            return "it has no identifier scheme.";
        }

        var ns = text[..nameEnd];
        text = text[(nameEnd + 1)..];
        var schemeEnd = text.IndexOf(':');
        if (ns is not ("id" or "idpat" or "class"))
        {
            return ns is "tag" or "raw" or "pat"
                ? $"'urn:epc:{ns}:' is for tag memory; an event takes the pure identity 'urn:epc:id:'."
                : $"'urn:epc:{ns}:' is not known.";
        }

        if (schemeEnd < 0)
        {
            return "it has no body.";
        }

        var name = text[..schemeEnd];
        var body = text[(schemeEnd + 1)..];
        var scheme = EpcUrnScheme.Find(name);
        if (scheme is null)
        {
            return ns is "id" ? OtherEpcUrn.Check(name, body) : $"'urn:epc:{ns}:{name}:' is not known.";
        }

        var isPattern = ns is "idpat";
        if (isPattern ? scheme.ClassForm is null : !ns.SequenceEqual(scheme.Namespace))
        {
            return $"'{name}' is not written as 'urn:epc:{ns}:'.";
        }

        return scheme.Digits > 0
            ? ParseNumeric(scheme, body, isPattern, ref writer, out result)
            : ParseAlphanumeric(scheme, body, isPattern, ref writer, out result);
    }

    private static string? ParseNumeric(
        EpcUrnScheme scheme, ReadOnlySpan<char> body, bool isPattern, ref CanonicalKeyWriter writer, out EpcUrnResult result)
    {
        result = default;
        var error = TakeCompanyPrefix(scheme, ref body, out var prefix);
        if (error is not null)
        {
            return error;
        }

        var referenceLength = scheme.Digits - prefix.Length;
        if (body.Length < referenceLength || !Gs1Characters.AreDigits(body[..referenceLength]))
        {
            return $"{scheme.Name}: company prefix and reference must have {scheme.Digits} digits together.";
        }

        var reference = body[..referenceLength];
        var tail = body[referenceLength..];
        if (scheme.HasPieces)
        {
            if (tail.Length < 6 || tail[0] != '.' || tail[3] != '.' || !IsPieceOfTotal(tail[1..3], tail[4..6]))
            {
                return $"{scheme.Name}: piece and total must be two digits each, and the piece within the total.";
            }
        }

        writer.Ai(scheme.Form.Primary);
        writer.Raw(scheme.Lead);
        if (scheme.IndicatorFirst)
        {
            writer.Raw(reference[0]);
            reference = reference[1..];
        }

        writer.Raw(prefix);
        writer.Raw(reference);
        writer.CheckDigit(scheme.Digits);
        if (scheme.HasPieces)
        {
            writer.Raw(tail[1..3]);
            writer.Raw(tail[4..6]);
            tail = tail[6..];
        }

        return ParseTail(scheme, tail, isPattern, prefix.Length, ref writer, out result);
    }

    private static string? ParseAlphanumeric(
        EpcUrnScheme scheme, ReadOnlySpan<char> body, bool isPattern, ref CanonicalKeyWriter writer, out EpcUrnResult result)
    {
        result = default;
        var error = TakeCompanyPrefix(scheme, ref body, out var prefix);
        if (error is not null)
        {
            return error;
        }

        // Only the CPI has a tail, and neither its reference nor its serial can hold a dot.
        var tail = default(ReadOnlySpan<char>);
        if (scheme.TailKind != EpcUrnScheme.Tail.None)
        {
            var dot = body.IndexOf('.');
            tail = dot < 0 ? default : body[dot..];
            body = dot < 0 ? body : body[..dot];
        }

        Span<char> decoded = stackalloc char[EpcUrnScheme.MaxAlphanumericKey];
        error = DecodeComponent(
            body, scheme.Set39Reference, decoded[..(EpcUrnScheme.MaxAlphanumericKey - prefix.Length)], out var length);
        if (error is not null)
        {
            return $"{scheme.Name}: the reference: {error}";
        }

        writer.Ai(scheme.Form.Primary);
        writer.Raw(prefix);
        writer.Encoded(decoded[..length]);
        return ParseTail(scheme, tail, isPattern, prefix.Length, ref writer, out result);
    }

    /// <summary>Reads what follows the reference, from its dot on.</summary>
    private static string? ParseTail(
        EpcUrnScheme scheme,
        ReadOnlySpan<char> tail,
        bool isPattern,
        int prefixLength,
        ref CanonicalKeyWriter writer,
        out EpcUrnResult result)
    {
        result = new EpcUrnResult(scheme.Form, (byte)prefixLength);
        if (scheme.TailKind == EpcUrnScheme.Tail.None)
        {
            return tail.IsEmpty ? null : $"{scheme.Name}: '{tail}' is too much.";
        }

        if (tail.Length < 2 || tail[0] != '.')
        {
            return $"{scheme.Name}: a serial component must follow the reference.";
        }

        tail = tail[1..];
        if (isPattern)
        {
            result = new EpcUrnResult(scheme.ClassForm, (byte)prefixLength);
            return tail.SequenceEqual(WildcardTail) ? null : $"{scheme.Name}: the last component of a class must be '*'.";
        }

        Span<char> decoded = stackalloc char[28];
        var error = DecodeComponent(tail, set39: false, decoded[..scheme.MaxTail], out var length);
        var value = decoded[..length];
        if (error is null && scheme.NumericTail && !Gs1Characters.AreDigits(value))
        {
            error = "it must be digits.";
        }

        if (error is null && scheme.NoZeroPrefix && length > 1 && value[0] == '0')
        {
            error = "it must not begin with 0.";
        }

        if (error is not null)
        {
            return $"{scheme.Name}: the serial component: {error}";
        }

        if (scheme.TailKind == EpcUrnScheme.Tail.Extension && value is "0")
        {
            result = new EpcUrnResult(Gs1KeyForm.Gln, (byte)prefixLength);
            return null;
        }

        if (scheme.TailKind != EpcUrnScheme.Tail.Appended)
        {
            writer.Ai(scheme.Form.Qualifier!);
        }

        writer.Encoded(value);
        return null;
    }

    private static string? TakeCompanyPrefix(
        EpcUrnScheme scheme, ref ReadOnlySpan<char> body, out ReadOnlySpan<char> prefix)
    {
        var dot = body.IndexOf('.');
        prefix = dot < 0 ? body : body[..dot];
        if (dot is < 6 or > 12 || !Gs1Characters.AreDigits(prefix))
        {
            return $"{scheme.Name}: the company prefix '{prefix}' must have 6 to 12 digits.";
        }

        body = body[(dot + 1)..];
        return null;
    }

    private static bool IsPieceOfTotal(ReadOnlySpan<char> piece, ReadOnlySpan<char> total) =>
        Gs1Characters.AreDigits(piece) && Gs1Characters.AreDigits(total)
        && piece is not "00" && piece.SequenceCompareTo(total) <= 0;

    /// <summary>Decodes one component; what must be escaped in a URN may not stand there as it is.</summary>
    private static string? DecodeComponent(
        ReadOnlySpan<char> component, bool set39, Span<char> destination, out int length)
    {
        length = 0;
        if (component.IsEmpty)
        {
            return "it is empty.";
        }

        var raw = component.IndexOfAny(MustBeEscaped);
        if (raw >= 0)
        {
            return $"'{component[raw]}' must be percent-encoded.";
        }

        var error = PercentEncoding.Decode(component, destination, out length);
        if (error is not null)
        {
            return error;
        }

        var value = destination[..length];
        var outside = set39 ? Gs1Characters.IndexOutsideSet39(value) : Gs1Characters.IndexOutsideSet82(value);
        return outside < 0 ? null : $"'{value[outside]}' is not allowed.";
    }
}
