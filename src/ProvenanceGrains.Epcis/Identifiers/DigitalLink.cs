using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>A GS1 Digital Link URI taken apart: all its AIs, with their data decoded and checked.</summary>
/// <remarks>
/// GS1 Digital Link Standard: URI Syntax. Which AIs may go together (the dictionary's <c>req</c> and <c>ex</c>) is
/// not checked: that concerns all labels of an item together, not one link.
/// </remarks>
public sealed class DigitalLink
{
    /// <summary>The longest URI, in characters.</summary>
    public const int MaxLength = 2048;

    private DigitalLink(string canonicalKey, Gs1KeyForm form, ElementString[] path, ElementString[] attributes)
    {
        CanonicalKey = canonicalKey;
        Form = form;
        Path = path;
        Attributes = attributes;
    }

    /// <summary>The key of the object that the link names: see <see cref="Epc.CanonicalKey"/>.</summary>
    public string CanonicalKey { get; }

    /// <summary>The primary key and its qualifiers, in order.</summary>
    public IReadOnlyList<ElementString> Path { get; }

    /// <summary>The data attributes of the query string, in the order of the URI.</summary>
    public IReadOnlyList<ElementString> Attributes { get; }

    /// <summary>
    /// The canonical form of the whole link: host id.gs1.org, numeric AIs, all qualifiers, attributes by their AI,
    /// nothing that is not GS1's (URI Syntax section 4.11).
    /// </summary>
    public string CanonicalUri => Epc.CanonicalStem + PathText() + QueryText();

    internal Gs1KeyForm Form { get; }

    /// <summary>Reads a link.</summary>
    /// <param name="uri">An absolute <c>http</c> or <c>https</c> URI of at most <see cref="MaxLength"/> characters.</param>
    /// <param name="options">What to accept beyond the current standard.</param>
    /// <param name="link">The link, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryParse(
        ReadOnlySpan<char> uri,
        DigitalLinkOptions options,
        [NotNullWhen(true)] out DigitalLink? link,
        [NotNullWhen(false)] out string? error)
    {
        error = Parse(uri, options, out link);
        return link is not null;
    }

    /// <summary>Reads path and query once it is known where the primary key begins.</summary>
    internal static string? Read(
        ReadOnlySpan<char> path, int start, ReadOnlySpan<char> query, DigitalLinkOptions options, out DigitalLink? link)
    {
        link = null;
        var writer = new CanonicalKeyWriter(stackalloc char[CanonicalKeyWriter.Capacity]);
        var error = EpcReader.ReadKey(path, start, options, ref writer, out var form);
        if (error is not null)
        {
            return error;
        }

        // The segments are read a second time: only this slow path keeps them all, the capture path just the key.
        var buffer = default(DigitalLinkSegmentBuffer);
        Span<DigitalLinkSegment> segments = buffer;
        DigitalLinkSegments.Read(path, start, options, segments, out var count);
        var all = new List<ElementString>(count);
        Span<char> value = stackalloc char[ApplicationIdentifier.MaxDataLength];
        foreach (var segment in segments[..count])
        {
            DigitalLinkSegments.DecodeValue(segment.Ai, path[segment.Value], options, value, out var length);
            all.Add(new ElementString(segment.Ai.Code, value[..length].ToString()));
        }

        error = DigitalLinkQuery.Read(query, options, all);
        if (error is not null)
        {
            return error;
        }

        link = new DigitalLink(writer.Written.ToString(), form!, [.. all.Take(count)], [.. all.Skip(count)]);
        return null;
    }

    /// <summary>The data as people read it under a symbol: <c>(01)09506000134352(10)ABC</c>.</summary>
    public string ToBracketedElementString()
    {
        var text = new StringBuilder();
        foreach (var (ai, value) in Path.Concat(Attributes))
        {
            text.Append('(').Append(ai).Append(')').Append(value);
        }

        return text.ToString();
    }

    /// <summary>The data as a symbol carries it, with <paramref name="separator"/> for FNC1, which also begins it.</summary>
    /// <param name="separator">FNC1, or what stands for it in a text.</param>
    public string ToElementString(char separator)
    {
        var text = new StringBuilder().Append(separator);
        var needsSeparator = false;
        foreach (var (ai, value) in Path.Concat(Attributes))
        {
            if (needsSeparator)
            {
                text.Append(separator);
            }

            text.Append(ai).Append(value);
            needsSeparator = !ApplicationIdentifiers.Get(ai).IsPredefinedLength;
        }

        return text.ToString();
    }

    private static string? Parse(ReadOnlySpan<char> uri, DigitalLinkOptions options, out DigitalLink? link)
    {
        link = null;
        if (uri.Length > MaxLength)
        {
            return $"A Digital Link has at most {MaxLength} characters, not {uri.Length}.";
        }

        var error = UriText.Check(uri, out var schemeLength);
        if (error is not null)
        {
            return $"'{uri}': {error}";
        }

        var scheme = uri[..schemeLength];
        if (!scheme.Equals("https", StringComparison.OrdinalIgnoreCase)
            && !scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
        {
            return $"'{uri}': a Digital Link is an http or https URI.";
        }

        var afterScheme = uri[(schemeLength + 1)..];
        error = UriText.SplitHttp(afterScheme, out _, out var path, out var query);
        if (error is not null)
        {
            return $"'{uri}': {error}";
        }

        var start = DigitalLinkSegments.FindPrimary(afterScheme[path], options, out _);
        error = start < 0
            ? "its path has no GS1 primary key with a value."
            : Read(afterScheme[path], start, afterScheme[query], options, out link);
        return error is null ? null : $"'{uri}': {error}";
    }

    private string PathText()
    {
        var writer = new CanonicalKeyWriter(stackalloc char[CanonicalKeyWriter.Capacity * 2]);
        foreach (var (ai, value) in Path)
        {
            writer.Ai(ai);
            writer.Encoded(value);
        }

        return writer.Written.ToString();
    }

    private string QueryText()
    {
        if (Attributes.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        Span<char> buffer = stackalloc char[CanonicalKeyWriter.Capacity];
        foreach (var (ai, value) in Attributes.OrderBy(static a => a.Ai, StringComparer.Ordinal))
        {
            var writer = new CanonicalKeyWriter(buffer);
            writer.Encoded(value);
            text.Append(text.Length == 0 ? '?' : '&').Append(ai).Append('=').Append(writer.Written);
        }

        return text.ToString();
    }
}
