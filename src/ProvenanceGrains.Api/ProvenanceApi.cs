using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Capture;
using ProvenanceGrains.Api.Operation;
using ProvenanceGrains.Api.Parties;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Api.Reading;

namespace ProvenanceGrains.Api;

/// <summary>Puts the HTTP interface together.</summary>
public static class ProvenanceApi
{
    /// <summary>Registers what the endpoints need, beside what the host must bring: parties, capture, stores, identity, probes, pages.</summary>
    public static IServiceCollection AddProvenanceApi(
        this IServiceCollection services, CaptureLimits limits, AccessRules access)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<LastResort>();
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "ProvenanceGrains";
            document.Info.Description = "Tracking events in, verifiable product histories out. See docs/api.md.";
            return Task.CompletedTask;
        }));
        services.AddCapture(limits);
        services.AddPartyGate(access);
        services.AddReading();
        return services;
    }

    /// <summary>Maps the endpoints of a silo's roles.</summary>
    public static void MapProvenanceApi(this IEndpointRouteBuilder app, bool ingest, bool query)
    {
        app.MapOperationEndpoints();
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapPartyReading();
        if (ingest)
        {
            app.MapCaptureEndpoints();
            app.MapPartyChanges();
        }

        if (query)
        {
            app.MapReadEndpoints();
        }
    }

    /// <summary>Answers what no endpoint caught: a body that breaks off, and faults of our own, without their insides.</summary>
    private sealed class LastResort : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            var result = exception switch
            {
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } large => Problem.TooLarge(large.Message),
                BadHttpRequestException bad => Problem.Request(bad.StatusCode, bad.Message),
                _ => null,
            };
            if (result is null)
            {
                return false;
            }

            await result.ExecuteAsync(httpContext);
            return true;
        }
    }
}
