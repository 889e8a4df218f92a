using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>Tells the three families of identifiers apart and reads each.</summary>
internal static class EpcReader
{
    /// <summary>Old spellings of Digital Links that events still hold; the canonical form has none of them.</summary>
    public const DigitalLinkOptions Accepted = DigitalLinkOptions.AllowShortNames | DigitalLinkOptions.AllowShortGtin;

    private const string CanonicalHost = "id.gs1.org";

    // A path such as /2024/01/15 of a private URI is not a product's; a key has a company prefix and more.
    private const int LeadingDigitsOfKey = 6;

    // A short name is a plain word, such as 'party', that a private path may hold before a number of its own.
    private const int LeadingDigitsOfNamedKey = 12;

    /// <param name="text">The identifier.</param>
    /// <param name="original">The same as a string, where the caller has one, so that none is made.</param>
    /// <param name="options">What to let pass.</param>
    /// <param name="epc">The identifier, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryRead(
        ReadOnlySpan<char> text,
        string? original,
        DigitalLinkOptions options,
        out Epc epc,
        [NotNullWhen(false)] out string? error)
    {
        epc = default;
        if (text.Length > Epc.MaxLength)
        {
            error = $"An identifier has at most {Epc.MaxLength} characters, not {text.Length}.";
            return false;
        }

        error = text.StartsWith(EpcUrn.Prefix, StringComparison.OrdinalIgnoreCase)
            ? ReadUrn(text, original, out epc)
            : ReadUri(text, original, options, out epc);
        if (error is null)
        {
            return true;
        }

        error = $"'{text}': {error}";
        return false;
    }

    /// <summary>Reads the path of a Digital Link from its primary key on.</summary>
    /// <param name="path">The path.</param>
    /// <param name="start">The slash before the primary key.</param>
    /// <param name="options">What to let pass.</param>
    /// <param name="writer">Takes the canonical key.</param>
    /// <param name="form">The key's shape.</param>
    /// <returns>Null, or the reason.</returns>
    public static string? ReadKey(
        ReadOnlySpan<char> path,
        int start,
        DigitalLinkOptions options,
        ref CanonicalKeyWriter writer,
        out Gs1KeyForm? form)
    {
        form = null;
        var buffer = default(DigitalLinkSegmentBuffer);
        Span<DigitalLinkSegment> segments = buffer;
        var error = DigitalLinkSegments.Read(path, start, options, segments, out var count);
        if (error is not null)
        {
            return error;
        }

        Span<char> key = stackalloc char[ApplicationIdentifier.MaxDataLength];
        error = DigitalLinkSegments.DecodeValue(segments[0].Ai, path[segments[0].Value], options, key, out var keyLength);
        if (error is not null)
        {
            return error;
        }

        form = Coarsest(segments[0].Ai.Code, keyLength);
        Span<char> value = stackalloc char[ApplicationIdentifier.MaxDataLength];
        Span<char> qualifier = stackalloc char[ApplicationIdentifier.MaxDataLength];
        var qualifierLength = 0;
        foreach (var segment in segments[1..count])
        {
            error = DigitalLinkSegments.DecodeValue(segment.Ai, path[segment.Value], options, value, out var length);
            if (error is not null)
            {
                return error;
            }

            // Qualifiers stand from coarse to fine, so a later one that names an object takes the place of the earlier.
            if (Qualified(segments[0].Ai.Code, segment.Ai.Code) is { } finer && !IsNoExtension(finer, value[..length]))
            {
                form = finer;
                value[..length].CopyTo(qualifier);
                qualifierLength = length;
            }
        }

        writer.Ai(form.Primary);
        writer.Encoded(key[..keyLength]);
        if (form.Qualifier is not null)
        {
            writer.Ai(form.Qualifier);
            writer.Encoded(qualifier[..qualifierLength]);
        }

        return null;
    }

    /// <summary>Whether what looks like a primary key with a value has to be one, or may be part of a private path.</summary>
    private static bool MustBeKey(ReadOnlySpan<char> host, ReadOnlySpan<char> fromKey, int leadingDigits) =>
        host.Equals(CanonicalHost, StringComparison.OrdinalIgnoreCase)
        || leadingDigits >= (char.IsAsciiLetter(fromKey[1]) ? LeadingDigitsOfNamedKey : LeadingDigitsOfKey);

    private static int LeadingDigits(ReadOnlySpan<char> fromKey)
    {
        var value = fromKey[1..];
        value = value[(value.IndexOf('/') + 1)..];
        var nonDigit = Gs1Characters.IndexOfNonDigit(value);
        return nonDigit < 0 ? value.Length : nonDigit;
    }

    private static string? ReadUrn(ReadOnlySpan<char> text, string? original, out Epc epc)
    {
        epc = default;
        var writer = new CanonicalKeyWriter(stackalloc char[CanonicalKeyWriter.Capacity]);
        var body = text[EpcUrn.Prefix.Length..];
        var error = EpcUrn.Parse(body, ref writer, out var result);
        if (error is not null)
        {
            return error;
        }

        original ??= text.ToString();
        if (result.Form is { } form)
        {
            epc = new Epc(original, writer.Written.ToString(), form, form.Kind, result.CompanyPrefixLength);
            return null;
        }

        // The case of 'urn:epc:' may vary, that of the rest may not.
        var key = text.StartsWith(EpcUrn.Prefix, StringComparison.Ordinal)
            ? original : string.Concat(EpcUrn.Prefix, body);
        epc = new Epc(original, key, null, EpcKind.InstanceItem, 0);
        return null;
    }

    private static string? ReadUri(
        ReadOnlySpan<char> text, string? original, DigitalLinkOptions options, out Epc epc)
    {
        epc = default;
        var error = UriText.Check(text, out var schemeLength);
        if (error is not null)
        {
            return error;
        }

        var scheme = text[..schemeLength];
        if (scheme.Equals("https", StringComparison.OrdinalIgnoreCase)
            || scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
        {
            error = ReadLink(text, schemeLength, original, options, out epc, out var isLink);
            if (isLink || error is not null)
            {
                return error;
            }
        }

        original ??= text.ToString();
        epc = new Epc(original, original, null, EpcKind.Other, 0);
        return null;
    }

    private static string? ReadLink(
        ReadOnlySpan<char> text,
        int schemeLength,
        string? original,
        DigitalLinkOptions options,
        out Epc epc,
        out bool isLink)
    {
        epc = default;
        isLink = false;
        var afterScheme = text[(schemeLength + 1)..];
        var error = UriText.SplitHttp(afterScheme, out var host, out var path, out var query);
        if (error is not null)
        {
            return error;
        }

        var start = DigitalLinkSegments.FindPrimary(afterScheme[path], options, out _);
        if (start < 0)
        {
            return afterScheme[host].Equals(CanonicalHost, StringComparison.OrdinalIgnoreCase)
                ? "a URI of id.gs1.org must be a GS1 Digital Link, and this has no primary key." : null;
        }

        var fromKey = afterScheme[path][start..];
        var leadingDigits = LeadingDigits(fromKey);
        var mustBeKey = MustBeKey(afterScheme[host], fromKey, leadingDigits);
        if (!mustBeKey && leadingDigits < LeadingDigitsOfKey)
        {
            return null;
        }

        var writer = new CanonicalKeyWriter(stackalloc char[CanonicalKeyWriter.Capacity]);
        error = ReadKey(afterScheme[path], start, options, ref writer, out var form);
        if (error is null && !afterScheme[query].IsEmpty)
        {
            error = DigitalLinkQuery.Check(afterScheme[query], options);
        }

        isLink = error is null;
        if (isLink)
        {
            epc = new Epc(original ?? text.ToString(), writer.Written.ToString(), form, form!.Kind, 0);
        }

        return mustBeKey ? error : null;
    }

    private static Gs1KeyForm Coarsest(string primary, int length)
    {
        var forms = Gs1KeyForm.Of(primary);
        var coarsest = forms[^1];
        return forms[0].TypeLength > 0 && length > forms[0].TypeLength ? forms[0] : coarsest;
    }

    private static Gs1KeyForm? Qualified(string primary, string qualifier)
    {
        foreach (var form in Gs1KeyForm.Of(primary))
        {
            if (string.Equals(form.Qualifier, qualifier, StringComparison.Ordinal))
            {
                return form;
            }
        }

        return null;
    }

    private static bool IsNoExtension(Gs1KeyForm form, ReadOnlySpan<char> value) =>
        form == Gs1KeyForm.GlnExtension && value is "0";
}
