using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace ProvenanceGrains.Web.Serving;

/// <summary>Serves what the pages load.</summary>
public static class WebAssetEndpoints
{
    /// <summary>
    /// Maps <c>GET /assets/{version}/{name}</c>. The version is a hash over all assets: under it they are immutable, under
    /// any other they are a 404, so that a page never runs with the script of another release.
    /// </summary>
    public static IEndpointConventionBuilder MapWebAssets(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapGet("/assets/{version}/{name}", Serve).ExcludeFromDescription();
    }

    private static IResult Serve(HttpResponse response, string version, string name)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        if (version != AssetCatalog.Version || AssetCatalog.Find(name) is not { } asset)
        {
            response.Headers.CacheControl = "no-store";
            return Results.NotFound();
        }

        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{version}\""));
    }
}
