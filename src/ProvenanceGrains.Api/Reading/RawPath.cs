using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ProvenanceGrains.Api.Reading;

/// <summary>The path of a request as it was sent.</summary>
/// <remarks>
/// The decoded path that routing works on cannot tell a slash inside a serial number (<c>%2F</c>) from a separator, nor
/// <c>%25</c> from a percent sign that was never encoded. Keys are therefore read from the request line itself.
/// </remarks>
internal static class RawPath
{
    /// <summary>What follows a prefix in the path, still percent-encoded, without the query.</summary>
    /// <param name="request">A request that routing matched under the prefix.</param>
    /// <param name="prefix">Such as <c>/trace/</c>; <c>/</c> for the whole path without its first slash.</param>
    public static string After(HttpRequest request, string prefix)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = raw.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? raw : raw[..query];
        var full = request.PathBase.ToUriComponent() + prefix;
        if (path.StartsWith(full, StringComparison.OrdinalIgnoreCase) && !HasDotSegment(path))
        {
            return path[full.Length..];
        }

        // An absolute request target, an encoded prefix or dot segments: the server's reading, encoded again.
        var read = request.Path.ToUriComponent();
        return read.Length >= prefix.Length ? read[prefix.Length..] : "";
    }

    private static bool HasDotSegment(string path) =>
        path.Contains("/.", StringComparison.Ordinal) && path.Split('/').Any(segment => segment is "." or "..");
}
