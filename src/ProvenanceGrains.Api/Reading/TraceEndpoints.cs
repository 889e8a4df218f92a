using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Query.Lineages;
using ProvenanceGrains.Query.Stories;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Lineage.</summary>
internal static class TraceEndpoints
{
    private const string Prefix = "/trace/";
    private const int DefaultDepth = 10;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapTrace(this IEndpointRouteBuilder app) =>
        app.MapMethods(Prefix + "{**key}", ReadEndpoints.Methods, TraceAsync)
            .WithName("trace").WithTags("Lineage")
            .WithSummary("Where something came from and where it went.")
            .WithDescription(
                "'direction' is up (from outputs to inputs, from a container to its contents), down (from inputs to outputs, from a "
                + "thing to its container) or both (the default: each on its own from the start); 'depth' is 1 to 50 (default 10). Nodes level by "
                + "level; each edge runs with the flow of goods and names the event that tells it. 'truncated' says that a limit was met.")
            .Produces<object>(StatusCodes.Status200OK, Negotiation.Json)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> TraceAsync(HttpContext http, Lineage lineage)
    {
        if (!KeyPaths.TryReadLotKey(RawPath.After(http.Request, Prefix), out var key, out var error)
            || !EntityId.TryCreate(LotEntity.Kind, key, out var entity, out error))
        {
            return Problem.Parameter("key", error!);
        }

        if (ReadDirection(http.Request) is not { } direction)
        {
            return Problem.Parameter("direction", "'direction' is up, down or both.");
        }

        if (!Parameters.TryRead(http.Request, "depth", DefaultDepth, 1, Lineage.MaxDepth, out var depth, out var refusal))
        {
            return refusal!;
        }

        var trace = await lineage.TraceAsync(entity, direction, (int)depth, Lineage.MaxNodes, http.RequestAborted);
        if (trace is null)
        {
            return Problem.NotFound($"Nothing is recorded about '{key}'.");
        }

        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer, Options))
        {
            TraceJson.Write(json, trace);
        }

        return ReadAnswers.Changing(http, buffer.WrittenMemory, Negotiation.Json);
    }

    private static TraceDirection? ReadDirection(HttpRequest request) => request.Query["direction"].ToString() switch
    {
        "" or "both" => TraceDirection.Both,
        "up" => TraceDirection.Up,
        "down" => TraceDirection.Down,
        _ => null,
    };
}
