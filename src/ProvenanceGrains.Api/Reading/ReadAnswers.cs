using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.Api.Reading;

/// <summary>What the answers of all read endpoints have in common.</summary>
internal static class ReadAnswers
{
    /// <summary>Content that must be asked for anew each time; an unchanged one is a 304.</summary>
    public static IResult Changing(HttpContext http, ReadOnlyMemory<byte> content, string contentType)
    {
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(content, contentType, entityTag: TagOf(content.Span));
    }

    /// <summary>Content that its address names once and for all.</summary>
    public static IResult Immutable(HttpContext http, ReadOnlyMemory<byte> content, string contentType)
    {
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(content, contentType, entityTag: TagOf(content.Span));
    }

    /// <summary>Everything here is public: any page may read it. Damage and a stopped store are said as what they are.</summary>
    public static async ValueTask<object?> FilterAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Link, ETag, GS1-EPCIS-Version, GS1-CBV-Version, GS1-EPC-Format";
        headers.XContentTypeOptions = "nosniff";
        try
        {
            return await next(context);
        }
        catch (Exception damage) when (IsDamage(damage)
            && !context.HttpContext.Response.HasStarted)
        {
            headers.CacheControl = "no-store";
            return Problem.Damaged(damage.Message);
        }
        catch (Exception stopped) when (stopped is StoreUnavailableException or IOException
            && !context.HttpContext.Response.HasStarted)
        {
            headers.CacheControl = "no-store";
            return Problem.Unavailable(stopped.Message);
        }
    }

    /// <summary>Whether a reader says by it that what is stored is not what was written.</summary>
    public static bool IsDamage(Exception exception) => exception is InvalidDataException or StoreDamagedException;

    private static EntityTagHeaderValue TagOf(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        return new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(digest[..16])}\"");
    }
}
