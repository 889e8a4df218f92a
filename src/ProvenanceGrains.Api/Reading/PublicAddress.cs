using Microsoft.AspNetCore.Http;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Where the world reaches this silo: the base of the links in QR codes.</summary>
/// <param name="baseUrl">An absolute http or https URL without query; null for the address of each request.</param>
/// <exception cref="ArgumentException">Anything else.</exception>
public sealed class PublicAddress(string? baseUrl)
{
    private readonly string? _base = baseUrl is null ? null : Check(baseUrl);

    /// <summary>Whether it is the same for every request.</summary>
    public bool IsFixed => _base is not null;

    /// <summary>The base for a request, without a slash at its end.</summary>
    public string For(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _base ?? $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}";
    }

    private static string Check(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.Query.Length == 0
        && url.Fragment.Length == 0
            ? text.TrimEnd('/')
            : throw new ArgumentException($"'{text}' is no http or https URL without a query.", nameof(text));
}
