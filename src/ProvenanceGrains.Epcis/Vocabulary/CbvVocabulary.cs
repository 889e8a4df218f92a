using System.Diagnostics.CodeAnalysis;
using System.Text;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Json;

namespace ProvenanceGrains.Epcis.Vocabulary;

/// <summary>
/// Brings the spellings of one vocabulary value to one canonical form, the web URI of CBV 2.0 or of the GS1 Web
/// Vocabulary: bare word (<c>shipping</c>), URN (<c>urn:epcglobal:cbv:bizstep:shipping</c>), compact URI
/// (<c>cbv:BizStep-shipping</c>) and web URI (<c>https://ref.gs1.org/cbv/BizStep-shipping</c>).
/// </summary>
/// <remarks>
/// A URI of somebody's own is a value as it stands (a compact one, expanded). What stands in GS1's own name space must be
/// a term that GS1 has defined. The JSON schema refuses the URN forms; CBV 2.0 section 7 allows them and they are read.
/// </remarks>
public static class CbvVocabulary
{
    private static readonly Table[] Tables =
    [
        new("BizStep", "bizstep", CbvTerms.BizStep),
        new("Disp", "disp", CbvTerms.Disposition),
        new("BTT", "btt", CbvTerms.BizTransactionType),
        new("SDT", "sdt", CbvTerms.SourceDestinationType),
        new("ER", "er", CbvTerms.ErrorReason),
        new(null, null, CbvTerms.MeasurementType),
        new(null, null, CbvTerms.AlertType),
        new("Comp", "comp", CbvTerms.Component),
    ];

    /// <summary>Finds the canonical form of a value.</summary>
    /// <param name="kind">Of which vocabulary.</param>
    /// <param name="text">The value as written, UTF-8, without JSON escapes.</param>
    /// <param name="context">Gives the prefixes of compact URIs.</param>
    /// <param name="canonical">A URI; one and the same string object for a standard term.</param>
    /// <param name="error">Why it is none, when the answer is false.</param>
    public static bool TryCanonicalize(
        VocabularyKind kind,
        ReadOnlySpan<byte> text,
        JsonLdContext context,
        [NotNullWhen(true)] out string? canonical,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = Tables[(int)kind];
        error = null;
        if (table.Spellings.TryGet(text, out canonical!))
        {
            return true;
        }

        canonical = null;
        var colon = text.IndexOf((byte)':');
        if (colon < 0)
        {
            error = $"'{Show(text)}' is not a term of the {kind} vocabulary, and not a URI.";
            return false;
        }

        if (!Utf8Text.IsUri(text))
        {
            error = $"'{Show(text)}' is not a URI.";
            return false;
        }

        if (context.TryExpand(text, colon, out var expanded))
        {
            return table.TryCurie(expanded, out canonical, out error);
        }

        if (table.IsReserved(text))
        {
            error = $"GS1 defines no {kind} '{Show(text)}'.";
            return false;
        }

        canonical = Encoding.ASCII.GetString(text);
        return true;
    }

    /// <inheritdoc cref="TryCanonicalize(VocabularyKind, ReadOnlySpan{byte}, JsonLdContext, out string?, out string?)"/>
    public static bool TryCanonicalize(
        VocabularyKind kind,
        string text,
        JsonLdContext context,
        [NotNullWhen(true)] out string? canonical,
        [NotNullWhen(false)] out string? error) =>
        TryCanonicalize(kind, Encoding.UTF8.GetBytes(text), context, out canonical, out error);

    /// <summary>
    /// The web URI for a URN of any CBV vocabulary (<c>urn:epcglobal:cbv:disp:...</c>), known term or not; null for
    /// anything else.
    /// </summary>
    internal static string? WebUriOfUrn(string text)
    {
        const string Urn = "urn:epcglobal:cbv:";
        if (!text.StartsWith(Urn, StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var table in Tables)
        {
            if (table.Urn is { } urn && text.StartsWith(urn, StringComparison.Ordinal))
            {
                return table.Web + text[urn.Length..];
            }
        }

        return null;
    }

    private static string Show(ReadOnlySpan<byte> text) =>
        text.Length <= 80 ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..77]) + "...";

    private sealed class Table
    {
        private const string Cbv = "https://ref.gs1.org/cbv/";
        private const string WebVocabulary = "https://gs1.org/voc/";

        private readonly byte[] _web;

        public Table(string? webName, string? urnName, string terms)
        {
            Web = webName is null ? WebVocabulary : $"{Cbv}{webName}-";
            Urn = urnName is null ? null : $"urn:epcglobal:cbv:{urnName}:";
            _web = Encoding.ASCII.GetBytes(Web);
            foreach (var term in terms.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                var canonical = Web + term;
                string[] spellings = webName is null
                    ? [term, canonical, $"gs1:{term}", $"https://www.gs1.org/voc/{term}", $"http://gs1.org/voc/{term}"]
                    : [term, canonical, $"cbv:{webName}-{term}", $"{Urn}{term}"];
                foreach (var spelling in spellings)
                {
                    Spellings.Add(Encoding.ASCII.GetBytes(spelling), canonical);
                }
            }
        }

        public Utf8Map<string> Spellings { get; } = new(256);

        public string Web { get; }

        public string? Urn { get; }

        public bool IsReserved(ReadOnlySpan<byte> uri) =>
            uri.StartsWith("urn:epcglobal:cbv:"u8)
            || uri.StartsWith("https://ns.gs1.org/cbv/"u8)
            || uri.StartsWith("http://ns.gs1.org/cbv/"u8)
            || (Urn is null && (uri.StartsWith("https://www.gs1.org/voc/"u8) || uri.StartsWith("http://www.gs1.org/voc/"u8)
                || uri.StartsWith("http://gs1.org/voc/"u8)))
            || uri.StartsWith(_web);

        /// <remarks>As the schema, lets a compact URI name a newer term of the GS1 Web Vocabulary.</remarks>
        public bool TryCurie(
            string expanded, [NotNullWhen(true)] out string? canonical, [NotNullWhen(false)] out string? error)
        {
            var utf8 = Encoding.UTF8.GetBytes(expanded);
            error = null;
            if (Spellings.TryGet(utf8, out canonical!))
            {
                return true;
            }

            if (Urn is not null && IsReserved(utf8))
            {
                canonical = null;
                error = $"GS1 defines no '{Show(utf8)}'.";
                return false;
            }

            canonical = expanded;
            return true;
        }
    }
}
