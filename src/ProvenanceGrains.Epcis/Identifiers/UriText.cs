using System.Buffers;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>The characters and the outline of an absolute URI (RFC 3986 sections 2 and 3).</summary>
internal static class UriText
{
    private const string Unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Unreserved + ":/?#[]@!$&'()*+,;=%");

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create(Unreserved);

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789ABCDEFabcdef:.");

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

        return CheckCharacters(text) ?? CheckDelimiters(text[(schemeLength + 1)..]);
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
        var authority = afterScheme[2..hostEnd];
        if (!TryFindHost(authority, out var hostStart, out var hostLength))
        {
            return $"'{authority}' is no host.";
        }

        host = new Range(2 + hostStart, 2 + hostStart + hostLength);
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

    /// <summary>Brackets stand only around an address in the authority, and there is one fragment.</summary>
    private static string? CheckDelimiters(ReadOnlySpan<char> afterScheme)
    {
        var rest = afterScheme;
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var end = rest[2..].IndexOfAny('/', '?', '#');
            rest = end < 0 ? default : rest[(end + 2)..];
        }

        return rest.ContainsAny('[', ']')
            ? "'[' and ']' must be percent-encoded outside the host."
            : rest.Count('#') > 1 ? "a second '#' must be percent-encoded." : null;
    }

    /// <summary>Finds the host between user and port: a name, or an address in brackets (RFC 3986 section 3.2).</summary>
    private static bool TryFindHost(ReadOnlySpan<char> authority, out int start, out int length)
    {
        start = authority.LastIndexOf('@') + 1;
        var rest = authority[start..];
        var inBrackets = !rest.IsEmpty && rest[0] == '[';
        length = inBrackets ? rest.IndexOf(']') + 1 : rest.IndexOf(':');
        length = length < 0 ? rest.Length : length;
        if (length == 0)
        {
            return false;
        }

        var name = rest[..length];
        var port = rest[length..];
        return (inBrackets
                ? name.Length > 3 && !name[1..^1].ContainsAnyExcept(AddressCharacters)
                : !name.ContainsAnyExcept(HostCharacters))
            && (port.IsEmpty || (port[0] == ':' && Gs1Characters.AreDigits(port[1..])));
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
