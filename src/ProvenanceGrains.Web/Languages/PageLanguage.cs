using Microsoft.Net.Http.Headers;

namespace ProvenanceGrains.Web.Languages;

/// <summary>The languages that every page has.</summary>
public enum PageLanguage
{
    English,
    Chinese,
}

/// <summary>Chooses a page's language from what the request says.</summary>
public static class PageLanguages
{
    // A header with more ranges than this is not a person's browser; the rest is not read.
    private const int MaxRanges = 32;

    /// <summary>The language's tag, for <c>lang</c> and <c>Content-Language</c> (RFC 5646).</summary>
    public static string Tag(this PageLanguage language) => language switch
    {
        PageLanguage.English => "en",
        PageLanguage.Chinese => "zh",
    };

    /// <summary>The switch wins, then the best range of <c>Accept-Language</c> (RFC 9110 section 12.5.4), then English.</summary>
    /// <param name="lang">The value of <c>?lang=</c>; what is neither <c>en</c> nor <c>zh</c> counts as absent.</param>
    /// <param name="acceptLanguage">The header, or null. Malformed ranges are skipped.</param>
    public static PageLanguage Choose(string? lang, string? acceptLanguage)
    {
        if (lang is "en" or "zh")
        {
            return lang == "zh" ? PageLanguage.Chinese : PageLanguage.English;
        }

        var best = PageLanguage.English;
        var bestQuality = 0.0;
        foreach (var part in (acceptLanguage ?? "").Split(',', MaxRanges + 1).Take(MaxRanges))
        {
            if (StringWithQualityHeaderValue.TryParse(part, out var range)
                && Match(range.Value.Value) is { } language
                && (range.Quality ?? 1.0) > bestQuality)
            {
                best = language;
                bestQuality = range.Quality ?? 1.0;
            }
        }

        return best;
    }

    private static PageLanguage? Match(string? tag) =>
        Is(tag, "zh") ? PageLanguage.Chinese
        : Is(tag, "en") || tag == "*" ? PageLanguage.English
        : null;

    private static bool Is(string? tag, string language) =>
        tag is not null
        && tag.StartsWith(language, StringComparison.OrdinalIgnoreCase)
        && (tag.Length == language.Length || tag[language.Length] == '-');
}
