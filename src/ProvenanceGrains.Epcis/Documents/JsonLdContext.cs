using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Epcis.Json;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>
/// The <c>@context</c> in force for an event: the document's, then the event's own. Nothing is ever fetched. The EPCIS
/// context is known under all its addresses; any other address is kept as it stands and defines nothing here.
/// </summary>
/// <remarks>Immutable. Of inline definitions, prefixes are understood (a name mapped to a URI, or to an object with
/// <c>@id</c>); the rest is kept for the readers of the event.</remarks>
public sealed class JsonLdContext
{
    /// <summary>The address under which this program names the EPCIS context.</summary>
    public const string EpcisContextUrl = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

    /// <summary>The EPCIS context alone.</summary>
    public static JsonLdContext Epcis { get; } = new(
        Encoding.ASCII.GetBytes($"[\"{EpcisContextUrl}\"]"), hasEpcis: true, []);

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int MaxParts = 128;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private static readonly (string Name, byte[] Utf8, string Namespace)[] BuiltIn =
    [
        BuiltInPrefix("epcis", "https://ref.gs1.org/epcis/"),
        BuiltInPrefix("cbv", "https://ref.gs1.org/cbv/"),
        BuiltInPrefix("cbvmda", "urn:epcglobal:cbv:mda:"),
        BuiltInPrefix("gs1", "https://gs1.org/voc/"),
        BuiltInPrefix("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
        BuiltInPrefix("owl", "http://www.w3.org/2002/07/owl#"),
        BuiltInPrefix("xsd", "http://www.w3.org/2001/XMLSchema#"),
        BuiltInPrefix("dcterms", "http://purl.org/dc/terms/"),
    ];

    private readonly (byte[] Prefix, string Namespace)[] _own;

    private JsonLdContext(byte[] json, bool hasEpcis, (byte[] Prefix, string Namespace)[] own)
    {
        Json = json;
        HasEpcis = hasEpcis;
        _own = own;
    }

    /// <summary>A JSON array of all parts, outermost first, without insignificant whitespace.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Whether the EPCIS context is among the parts.</summary>
    public bool HasEpcis { get; }

    /// <summary>The namespace that a prefix stands for.</summary>
    public bool TryGetNamespace(ReadOnlySpan<byte> prefix, [NotNullWhen(true)] out string? ns)
    {
        for (var i = _own.Length - 1; i >= 0; i--)
        {
            if (prefix.SequenceEqual(_own[i].Prefix))
            {
                ns = _own[i].Namespace;
                return true;
            }
        }

        foreach (var (_, name, builtIn) in BuiltIn)
        {
            if (prefix.SequenceEqual(name))
            {
                ns = builtIn;
                return true;
            }
        }

        ns = null;
        return false;
    }

    /// <summary>Expands a compact URI; false if its prefix is none, or if it is a full URI (<c>//</c> after the colon).</summary>
    internal bool TryExpand(ReadOnlySpan<byte> text, int colon, [NotNullWhen(true)] out string? expanded)
    {
        expanded = null;
        var rest = text[(colon + 1)..];
        if (rest.StartsWith("//"u8) || !TryGetNamespace(text[..colon], out var ns))
        {
            return false;
        }

        expanded = ns + Encoding.UTF8.GetString(rest);
        return true;
    }

    /// <summary>Appends an <c>@context</c> member's value to the contexts in force around it.</summary>
    /// <param name="outer">What is in force already; null at the root.</param>
    /// <param name="value">The value: well-formed JSON, without duplicate names.</param>
    /// <param name="maxBytes">Longest <see cref="Json"/>.</param>
    /// <param name="context">The result, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    internal static bool TryAppend(
        JsonLdContext? outer,
        ReadOnlyMemory<byte> value,
        int maxBytes,
        [NotNullWhen(true)] out JsonLdContext? context,
        [NotNullWhen(false)] out string? error)
    {
        context = null;
        if (value.Length > (long)maxBytes * 4)
        {
            error = $"The @context has more than {maxBytes} bytes.";
            return false;
        }

        using var document = JsonDocument.Parse(value, Deep);
        var root = document.RootElement;
        var parts = root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : new[] { root };
        var own = new List<(byte[], string)>(outer?._own ?? []);
        var hasEpcis = outer?.HasEpcis ?? false;
        if (parts.Length > MaxParts)
        {
            error = $"The @context has more than {MaxParts} parts.";
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryReadPart(parts[i], own, ref hasEpcis, out error))
            {
                return false;
            }

            if (IndexOfSame(parts, i) < i)
            {
                error = "The same part stands twice in the @context.";
                return false;
            }
        }

        var json = Join(outer, parts);
        if (json.Length > maxBytes)
        {
            error = $"The @context in force has {json.Length} bytes; at most {maxBytes} are allowed.";
            return false;
        }

        context = new JsonLdContext(json, hasEpcis, [.. own]);
        error = null;
        return true;
    }

    private static int IndexOfSame(JsonElement[] parts, int i) =>
        Array.FindIndex(parts, part => JsonElement.DeepEquals(part, parts[i]));

    private static bool TryReadPart(
        JsonElement part, List<(byte[], string)> own, ref bool hasEpcis, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (part.ValueKind == JsonValueKind.String)
        {
            var address = part.GetString()!;
            hasEpcis |= IsEpcisAddress(address);
            if (!Utf8Text.IsUri(Encoding.UTF8.GetBytes(address)))
            {
                error = "An address in the @context is not a URI.";
            }
        }
        else if (part.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in part.EnumerateObject())
            {
                var target = member.Value;
                if (target.ValueKind == JsonValueKind.Object && target.TryGetProperty("@id", out var id))
                {
                    target = id;
                }

                if (target.ValueKind == JsonValueKind.String && !member.Name.StartsWith('@'))
                {
                    own.Add((Encoding.UTF8.GetBytes(member.Name), target.GetString()!));
                }
            }
        }
        else
        {
            error = "The @context is a URI, an object, or a list of these.";
        }

        return error is null;
    }

    /// <summary>The addresses under which GS1 has published the context, with and without a version.</summary>
    internal static bool IsEpcisAddress(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return false;
        }

        var rest = address.AsSpan(scheme + 3);
        return rest.EndsWith("epcis-context.jsonld", StringComparison.OrdinalIgnoreCase)
            && (rest.StartsWith("ref.gs1.org/standards/epcis/", StringComparison.OrdinalIgnoreCase)
                || rest.StartsWith("gs1.github.io/EPCIS/", StringComparison.OrdinalIgnoreCase)
                || rest.StartsWith("id.gs1.org/epcis-context/", StringComparison.OrdinalIgnoreCase));
    }

    private static byte[] Join(JsonLdContext? outer, JsonElement[] parts)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartArray();
            if (outer is not null)
            {
                // What the inner context says again need not be said before it.
                using var before = JsonDocument.Parse(outer.Json, Deep);
                foreach (var part in before.RootElement.EnumerateArray())
                {
                    if (!Array.Exists(parts, inner => IsSame(inner, part)))
                    {
                        part.WriteTo(writer);
                    }
                }
            }

            foreach (var part in parts)
            {
                part.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsSame(JsonElement a, JsonElement b) =>
        JsonElement.DeepEquals(a, b)
        || (a.ValueKind == JsonValueKind.String && b.ValueKind == JsonValueKind.String
            && IsEpcisAddress(a.GetString()!) && IsEpcisAddress(b.GetString()!));

    private static (string, byte[], string) BuiltInPrefix(string name, string ns) =>
        (name, Encoding.ASCII.GetBytes(name), ns);
}
