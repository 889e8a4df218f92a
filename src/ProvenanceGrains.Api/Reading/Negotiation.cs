using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Chooses among media types by <c>Accept</c> (RFC 9110 section 12.5.1).</summary>
internal static class Negotiation
{
    public const string Html = "text/html";
    public const string Json = "application/json";
    public const string JsonLd = "application/ld+json";

    /// <summary>The offer with the best quality, the first of equals; null if none is accepted.</summary>
    /// <remarks>A header that is absent, or of which no range can be read, accepts everything.</remarks>
    public static string? Choose(HttpRequest request, params ReadOnlySpan<string> offers)
    {
        var ranges = request.GetTypedHeaders().Accept;
        string? best = null;
        var bestQuality = 0.0;
        foreach (var offer in offers)
        {
            var quality = ranges.Count == 0 ? 1.0 : QualityOf(offer, ranges);
            if (quality > bestQuality)
            {
                (best, bestQuality) = (offer, quality);
            }
        }

        return best;
    }

    /// <summary>The most specific range that covers a type decides.</summary>
    private static double QualityOf(string offer, IList<MediaTypeHeaderValue> ranges)
    {
        var quality = 0.0;
        var bestSpecificity = -1;
        foreach (var range in ranges)
        {
            var specificity = range.MatchesAllTypes ? 0
                : range.MatchesAllSubTypes ? 1
                : 2;
            var covers = specificity == 0
                || (specificity == 1 && offer.StartsWith(range.Type + "/", StringComparison.OrdinalIgnoreCase))
                || range.MediaType.Equals(offer, StringComparison.OrdinalIgnoreCase);
            if (covers && specificity > bestSpecificity)
            {
                (quality, bestSpecificity) = (range.Quality ?? 1.0, specificity);
            }
        }

        return quality;
    }
}
