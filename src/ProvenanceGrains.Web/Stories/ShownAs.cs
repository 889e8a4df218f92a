using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ProvenanceGrains.Web.Stories;

/// <summary>How identifiers and captured values are written on the page. <c>facts.js</c> writes them again and compares.</summary>
public static class ShownAs
{
    private const string DigitalLinkHost = "https://id.gs1.org/";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,

        // Razor encodes for HTML; escaping for JSON in HTML as well would make the text unreadable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = StoryParser.MaxDepth,
    };

    private static readonly JsonSerializerOptions Compact = new(Indented) { WriteIndented = false };

    /// <summary>A place: its global location number or position when the identifier holds one, else the identifier itself.</summary>
    public static string PlaceId(string id)
    {
        const string Gln = DigitalLinkHost + "414/";
        return id.StartsWith(Gln, StringComparison.Ordinal)
            ? "GLN " + id[Gln.Length..].Replace("/254/", " · ", StringComparison.Ordinal)
            : id.StartsWith("geo:", StringComparison.Ordinal) ? id[4..].Replace(",", ", ", StringComparison.Ordinal)
            : id;
    }

    /// <summary>The path of another entity's page, or null when the key does not begin like a Digital Link path.</summary>
    public static string? ProductPath(string key)
    {
        // An application identifier has two to four digits.
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash is < 2 or > 4 || !key[..slash].All(char.IsAsciiDigit))
        {
            return null;
        }

        var path = new StringBuilder("/", key.Length + 1);
        foreach (var rune in key.EnumerateRunes())
        {
            // A key is percent-encoded as far as Digital Link asks for it: '%' stays.
            if (rune.IsAscii && ((char)rune.Value is '/' or '%' or '-' or '.' or '_' or '~' || char.IsAsciiLetterOrDigit((char)rune.Value)))
            {
                path.Append(rune);
            }
            else
            {
                path.Append(Uri.EscapeDataString(rune.ToString()));
            }
        }

        return path.ToString();
    }

    /// <summary>A captured value: a string as it is, anything else as compact JSON.</summary>
    public static string Value(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : JsonSerializer.Serialize(value, Compact);

    /// <summary>A captured event as indented JSON.</summary>
    public static string Event(JsonElement captured) => JsonSerializer.Serialize(captured, Indented);

    /// <summary>A member's name for people: without its namespace prefix, camel case split, first letter capital.</summary>
    public static string MemberName(string name)
    {
        var local = name[(name.LastIndexOfAny([':', '/', '#']) + 1)..];
        var words = new StringBuilder(local.Length + 8);
        foreach (var c in local)
        {
            if (char.IsUpper(c) && words.Length > 0 && char.IsLower(words[^1]))
            {
                words.Append(' ').Append(char.ToLowerInvariant(c));
            }
            else
            {
                words.Append(words.Length == 0 ? char.ToUpperInvariant(c) : c == '_' ? ' ' : c);
            }
        }

        return words.Length == 0 ? name : words.ToString();
    }
}
