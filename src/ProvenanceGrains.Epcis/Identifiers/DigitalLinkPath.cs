using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>A GS1 Digital Link as a request names it: path and query without a host, the primary key first.</summary>
public sealed class DigitalLinkPath
{
    private DigitalLinkPath(DigitalLink link)
    {
        Link = link;
        Epc = new Epc(Epc.CanonicalStem + link.CanonicalKey, link.CanonicalKey, link.Form, link.Form.Kind, 0);
        WalkUp = Keys(link);
    }

    /// <summary>All AIs of the path and the query string.</summary>
    public DigitalLink Link { get; }

    /// <summary>The object that the path names.</summary>
    public Epc Epc { get; }

    /// <summary>The object's key: the first of <see cref="WalkUp"/>.</summary>
    public string CanonicalKey => Epc.CanonicalKey;

    /// <summary>The canonical keys from the finest to the coarsest, such as item, lot, product.</summary>
    public IReadOnlyList<string> WalkUp { get; }

    /// <summary>The data as people read it beside a QR code: <c>(01)09506000134352(10)ABC</c>.</summary>
    public string ElementString => Link.ToBracketedElementString();

    /// <summary>Reads a request's path.</summary>
    /// <param name="requestPath">
    /// The path as it was sent, still percent-encoded (a decoded one cannot tell a slash in a serial from a
    /// separator), with the query string if there is one; at most <see cref="DigitalLink.MaxLength"/> characters.
    /// </param>
    /// <param name="path">The parsed path, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryParse(
        string requestPath,
        [NotNullWhen(true)] out DigitalLinkPath? path,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(requestPath);
        error = Parse(requestPath, out var link);
        path = link is null ? null : new DigitalLinkPath(link);
        return path is not null;
    }

    private static string? Parse(ReadOnlySpan<char> text, out DigitalLink? link)
    {
        link = null;
        if (text.Length > DigitalLink.MaxLength)
        {
            return $"A Digital Link has at most {DigitalLink.MaxLength} characters, not {text.Length}.";
        }

        var error = UriText.CheckCharacters(text);
        if (error is not null)
        {
            return $"'{text}': {error}";
        }

        var fragment = text.IndexOf('#');
        text = fragment < 0 ? text : text[..fragment];
        var question = text.IndexOf('?');
        var path = question < 0 ? text : text[..question];
        var query = question < 0 ? default : text[(question + 1)..];
        error = CheckStart(path) ?? DigitalLink.Read(path, 0, query, DigitalLinkOptions.None, out link);
        return error is null ? null : $"'{text}': {error}";
    }

    /// <summary>A path that names a product here begins with the primary key: there is no prefix to guess at.</summary>
    private static string? CheckStart(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty || path[0] != '/')
        {
            return "a path begins with '/'.";
        }

        var code = path[1..];
        var slash = code.IndexOf('/');
        code = slash < 0 ? code : code[..slash];
        if (ApplicationIdentifiers.TryGet(code, out var ai))
        {
            return ai.IsPrimaryKey ? null : $"({ai.Code}) {ai.Title} is no primary key and cannot come first.";
        }

        return ApplicationIdentifiers.CodeOfShortName(code) is { } known
            ? $"the short name '{code}' is no longer part of Digital Link; write /{known}/."
            : $"'{code}' is no GS1 primary key.";
    }

    private static List<string> Keys(DigitalLink link)
    {
        var keys = new List<string> { link.CanonicalKey };
        var (primary, value) = link.Path[0];
        Span<char> buffer = stackalloc char[CanonicalKeyWriter.Capacity];
        foreach (var form in Gs1KeyForm.Of(primary))
        {
            var writer = new CanonicalKeyWriter(buffer);
            writer.Ai(primary);
            if (form.Qualifier is null)
            {
                // The class of a key whose serial is part of it ends where the serial begins.
                var classLength = Gs1KeyForm.Of(primary)[0].TypeLength;
                writer.Encoded(form.TypeLength == 0 && classLength > 0 ? value.AsSpan(0, classLength) : value);
            }
            else if (link.Path.FirstOrDefault(p => p.Ai == form.Qualifier) is { Value: { } qualifier })
            {
                writer.Encoded(value);
                writer.Ai(form.Qualifier);
                writer.Encoded(qualifier);
            }
            else
            {
                continue;
            }

            var key = writer.Written.ToString();
            if (!keys.Contains(key) && !(form == Gs1KeyForm.GlnExtension && link.Form == Gs1KeyForm.Gln))
            {
                keys.Add(key);
            }
        }

        return keys;
    }
}
