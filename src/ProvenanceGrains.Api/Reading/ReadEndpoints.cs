using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.Query.Lineages;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Query.Stories;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Everything that needs no key: events, stories, lineage, proofs and the public log.</summary>
internal static class ReadEndpoints
{
    private const string DocumentName = "v1";

    /// <summary>GET, and HEAD with it: the server sends the same headers and drops the body (RFC 9110 section 9.3.2).</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Registers the queries. The host brings the journal reader, the matter index, the log reader, the log's verifier key, the
    /// clock, the public address and, for HTML, a page renderer.
    /// </summary>
    public static void AddReading(this IServiceCollection services)
    {
        services.AddSingleton<LogProofs>();
        services.TryAddSingleton<HeadMapVersions>();
        services.AddSingleton<HeadProofs>();
        services.AddSingleton<ReadBudget>();
        services.AddSingleton<Histories>();
        services.AddSingleton<Bundles>();
        services.AddSingleton<Lineage>();
        services.AddSingleton<EventQueries>();
        services.AddSingleton<ProductStories>();
        services.Configure<StatusCodePagesOptions>(UnknownAddresses.Configure);
        services.Configure<OpenApiOptions>(DocumentName, ReadDescriptions.Describe);
        services.Configure<RouteOptions>(options =>
            options.SetParameterPolicy<ApplicationIdentifierConstraint>(ApplicationIdentifierConstraint.Name));
    }

    public static void MapReadEndpoints(this IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("").AddEndpointFilter(ReadAnswers.FilterAsync);
        read.MapEvents();
        read.MapProofs();
        read.MapTrace();
        read.MapPublicLog();
        read.MapQrCodes();
        read.MapProducts();
    }
}
