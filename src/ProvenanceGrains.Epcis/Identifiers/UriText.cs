using System.Buffers;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>The characters and the outline of an absolute URI (RFC 3986 sections 2 and 3).</summary>
internal static class UriText
{
    private const string Unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Unreserved + ":/?#[]@!$&'()*+,;=%");

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create(Unreserved + "[]:@");

    /// <summary>Whether the text is an absolute URI; the reason if not.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="schemeLength">Length of the scheme, without the colon.</param>
    public static string? Check(ReadOnlySpan<char> text, out int schemeLength)
    {
        schemeLength = text.IndexOf(':');
        if (schemeLength <= 0 || !IsScheme(text[..schemeLength]))
        {
            return "it is not an absolute URI: no scheme.";
        }

        if (schemeLength + 1 == text.Length)
        {
            return "nothing follows the scheme.";
        }

        return CheckCharacters(text);
    }

    /// <summary>Splits what follows <c>http:</c> or <c>https:</c> into path and query; the fragment is dropped.</summary>
    public static string? SplitHttp(ReadOnlySpan<char> afterScheme, out Range host, out Range path, out Range query)
    {
        host = path = query = default;
        if (!afterScheme.StartsWith("//", StringComparison.Ordinal))
        {
            return "'//' must follow the scheme.";
        }

        var end = afterScheme.IndexOf('#');
        end = end < 0 ? afterScheme.Length : end;
        var question = afterScheme[..end].IndexOf('?');
        var pathEnd = question < 0 ? end : question;
        var slash = afterScheme[2..pathEnd].IndexOf('/');
        var hostEnd = slash < 0 ? pathEnd : slash + 2;
        if (hostEnd == 2 || afterScheme[2..hostEnd].ContainsAnyExcept(HostCharacters))
        {
            return "the host is missing or holds a character that no host has.";
        }

        host = 2..hostEnd;
        path = hostEnd..pathEnd;
        query = question < 0 ? end..end : (question + 1)..end;
        return null;
    }

    /// <summary>Whether all characters may stand in a URI and every escape is whole.</summary>
    public static string? CheckCharacters(ReadOnlySpan<char> text)
    {
        var bad = text.IndexOfAnyExcept(Allowed);
        if (bad >= 0)
        {
            return $"character {bad} (U+{(int)text[bad]:X4}) must be percent-encoded in a URI.";
        }

        for (var i = text.IndexOf('%'); i >= 0 && i < text.Length; i++)
        {
            if (text[i] == '%' && !PercentEncoding.IsEscape(text, i))
            {
                return "a '%' is not followed by two hexadecimal digits.";
            }
        }

        return null;
    }

    private static bool IsScheme(ReadOnlySpan<char> scheme)
    {
        foreach (var c in scheme)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(scheme[0]);
    }
}
