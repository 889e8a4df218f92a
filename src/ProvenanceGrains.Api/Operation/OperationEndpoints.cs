using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ProvenanceGrains.Api.Capture;

namespace ProvenanceGrains.Api.Operation;

/// <summary>One thing that must work for the silo to be of use.</summary>
public interface IHealthProbe
{
    /// <summary>E.g. <c>store</c>.</summary>
    string Name { get; }

    /// <summary>What is wrong; null if nothing is.</summary>
    string? Problem();

    /// <summary>What is not as it should be although the silo does its work: degraded. Null if nothing is.</summary>
    string? Notice() => null;

    /// <summary>Figures for whoever reads the answer; serialized as JSON. Null if there are none.</summary>
    object? Detail() => null;
}

/// <summary>Something that has figures to show.</summary>
public interface IMetricsProbe
{
    void Write(PrometheusText text);
}

/// <summary>What this process is, for health answers.</summary>
/// <param name="Version">The engine's version.</param>
/// <param name="Runtime">The actor runtime.</param>
/// <param name="Roles">What the process does.</param>
/// <param name="Origin">The log's origin.</param>
public sealed record SiloIdentity(string Version, string Runtime, string Roles, string Origin);

/// <summary>Health and metrics.</summary>
internal static class OperationEndpoints
{
    public static void MapOperationEndpoints(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", (SiloIdentity silo) => Results.Ok(new { status = "live", silo.Version, silo.Runtime }))
            .WithName("live").WithTags("Operation").WithSummary("The process runs.");
        app.MapGet("/health/ready", Ready)
            .WithName("ready").WithTags("Operation")
            .WithSummary("The silo does its work; 503 with the reasons if it does not. Degraded (200) says what is amiss although it does.");
        app.MapGet("/metrics", Metrics)
            .WithName("metrics").WithTags("Operation").WithSummary("Figures in the Prometheus text format, version 0.0.4.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    private static IResult Ready(SiloIdentity silo, IEnumerable<IHealthProbe> probes)
    {
        var checks = probes.Select(probe => new
        {
            probe.Name,
            Problem = probe.Problem(),
            Notice = probe.Notice(),
            Detail = probe.Detail(),
        }).ToArray();
        var ready = checks.All(check => check.Problem is null);
        var status = !ready ? "not ready" : checks.Any(check => check.Notice is not null) ? "degraded" : "ready";
        return Results.Json(
            new { status, silo.Version, silo.Runtime, silo.Roles, silo.Origin, checks },
            JsonSerializerOptions.Web,
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Metrics(
        SiloIdentity silo, IEnumerable<IMetricsProbe> probes, CaptureCounters capture, RequestBody bodies)
    {
        var text = new PrometheusText();
        text.Gauge("provenance_info", "What this process is.", 1, ("version", silo.Version), ("roles", silo.Roles));
        text.Counter("provenance_capture_documents_total", "Documents by what became of them.", capture.Captured, ("outcome", "captured"));
        text.Counter("provenance_capture_documents_total", "", capture.Replayed, ("outcome", "replayed"));
        text.Counter("provenance_capture_documents_total", "", capture.RefusedDocuments, ("outcome", "refused"));
        text.Counter("provenance_capture_documents_total", "", capture.PutOffDocuments, ("outcome", "put_off"));
        text.Counter("provenance_capture_events_total", "Events captured.", capture.Events);
        text.Gauge("provenance_capture_bytes_in_flight", "Bytes of documents being held.", bodies.InUse);
        text.Gauge("process_working_set_bytes", "Working set.", System.Environment.WorkingSet);
        text.Gauge("dotnet_gc_heap_bytes", "Managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        foreach (var probe in probes)
        {
            probe.Write(text);
        }

        return Results.Text(text.ToString(), "text/plain; version=0.0.4; charset=utf-8");
    }
}
