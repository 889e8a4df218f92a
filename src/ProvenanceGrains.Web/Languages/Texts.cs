using System.Collections.Frozen;
using System.Text.Json;
using ProvenanceGrains.Web.Serving;

namespace ProvenanceGrains.Web.Languages;

/// <summary>
/// The words of the pages, from the one file that the browser reads too (<c>texts.json</c>): when the verifier compares
/// what the page shows with what is proven, both sides name a business step with the same word.
/// </summary>
public sealed class Texts
{
    private static readonly FrozenDictionary<string, FrozenDictionary<string, string[]>> Sections = Load();

    private readonly int _column;

    private Texts(PageLanguage language)
    {
        Language = language;
        _column = language switch
        {
            PageLanguage.English => 0,
            PageLanguage.Chinese => 1,
        };
    }

    private static readonly Texts English = new(PageLanguage.English);
    private static readonly Texts Chinese = new(PageLanguage.Chinese);

    public PageLanguage Language { get; }

    public static Texts For(PageLanguage language) => language switch
    {
        PageLanguage.English => English,
        PageLanguage.Chinese => Chinese,
    };

    /// <summary>A sentence or word of the page itself.</summary>
    /// <exception cref="KeyNotFoundException">There is no such text: a mistake in the page, not in its data.</exception>
    public string this[string key] => Sections["page"][key][_column];

    /// <summary>A text of the page with <c>{0}</c>, <c>{1}</c>, ... filled in.</summary>
    public string Format(string key, params string[] values)
    {
        var text = this[key];
        for (var i = 0; i < values.Length; i++)
        {
            text = text.Replace($"{{{i}}}", values[i], StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>The word for a vocabulary term (<c>bizStep</c>, <c>disposition</c>, ...), or the term itself if it has none.</summary>
    public string Term(string section, string term) =>
        Sections.TryGetValue(section, out var terms) && terms.TryGetValue(term, out var columns) ? columns[_column] : term;

    private static FrozenDictionary<string, FrozenDictionary<string, string[]>> Load()
    {
        using var document = JsonDocument.Parse(AssetCatalog.Find("texts.json")!.Content);
        return document.RootElement.EnumerateObject().ToFrozenDictionary(
            section => section.Name,
            section => section.Value.EnumerateObject().ToFrozenDictionary(
                text => text.Name,
                text => text.Value.EnumerateArray().Select(column => column.GetString()!).ToArray(),
                StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
