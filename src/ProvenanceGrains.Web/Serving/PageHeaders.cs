using Microsoft.AspNetCore.Http;
using ProvenanceGrains.Web.Languages;

namespace ProvenanceGrains.Web.Serving;

/// <summary>The response headers that belong to every page.</summary>
public static class PageHeaders
{
    /// <summary>
    /// Everything from our own origin and nothing inline: text out of an event that slipped through encoding could still
    /// neither run nor call out.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Sets content type, language, policy and caching. Call it before the body is written.</summary>
    public static void Apply(HttpResponse response, PageLanguage language)
    {
        ArgumentNullException.ThrowIfNull(response);
        var headers = response.Headers;
        response.ContentType = "text/html; charset=utf-8";
        headers.ContentLanguage = language.Tag();
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-cache";
        headers.Vary = "Accept, Accept-Language";
    }
}
