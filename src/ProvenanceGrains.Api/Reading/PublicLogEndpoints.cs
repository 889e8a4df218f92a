using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Api.Reading;

/// <summary>The log as static files (C2SP tlog-tiles): what any other server could serve out of the data folder's <c>log/</c>.</summary>
internal static class PublicLogEndpoints
{
    private const string Text = "text/plain; charset=utf-8";

    public static void MapPublicLog(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/log/checkpoint", ReadEndpoints.Methods, ReadCheckpointAsync)
            .WithName("checkpoint").WithTags("Log")
            .WithSummary("The latest signed checkpoint (C2SP tlog-checkpoint).")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblem(StatusCodes.Status404NotFound);
        app.MapMethods("/log/vkey", ReadEndpoints.Methods, (HttpContext http, [FromServices] VerifierKey key) =>
                ReadAnswers.Changing(http, Encoding.UTF8.GetBytes(key + "\n"), Text))
            .WithName("vkey").WithTags("Log")
            .WithSummary("The log's verifier key (C2SP signed-note), one line.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        app.MapMethods("/log/vrf", ReadEndpoints.Methods, ReadVrfKey)
            .WithName("vrf").WithTags("Log")
            .WithSummary("The VRF key that verifies the log's indexes (docs/formats.md), one line of base64.")
            .WithDescription("There is none where indexes are hashes.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblem(StatusCodes.Status404NotFound);
        app.MapMethods("/log/policy", ReadEndpoints.Methods, (HttpContext http, [FromServices] IServiceProvider services) =>
                services.GetService<LogPolicy>() is { } policy
                    ? ReadAnswers.Changing(http, policy.ToArray(), Text)
                    : Missing(http, "No witness is asked to cosign this log's checkpoints."))
            .WithName("policy").WithTags("Log")
            .WithSummary("The witnesses that this log asks, and how many of them it needs (C2SP tlog-policy).")
            .WithDescription("The log's own word. Whoever wants to rely on witnesses has their keys from the witnesses.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblem(StatusCodes.Status404NotFound);
        app.MapMethods("/log/incarnation", ReadEndpoints.Methods, ReadIncarnationAsync)
            .WithName("incarnation").WithTags("Log")
            .WithSummary("Of a log that goes on from one that was set back: the signed note that names that one's last known head.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblem(StatusCodes.Status404NotFound);
        app.MapMethods("/log/tile/{**path}", ReadEndpoints.Methods, ReadTileAsync)
            .WithName("tile").WithTags("Log")
            .WithSummary("A tile or entry bundle, full or partial (C2SP tlog-tiles). Never changes.")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ReadCheckpointAsync(HttpContext http, ILogReader log)
    {
        var checkpoint = await log.ReadCheckpointAsync(http.RequestAborted);
        return checkpoint is null ? Missing(http, "The log has no block yet.") : ReadAnswers.Changing(http, checkpoint, Text);
    }

    private static IResult ReadVrfKey(HttpContext http, [FromServices] IEntityIndexFunction indexes) =>
        indexes.Rule is IndexRule.Vrf rule
            ? ReadAnswers.Changing(http, Encoding.UTF8.GetBytes(rule.Key + "\n"), Text)
            : Problem.NotFound("This log's indexes are hashes: no key is needed to verify them.");

    private static async Task<IResult> ReadIncarnationAsync(HttpContext http, ILogReader log)
    {
        var note = await log.ReadFileAsync("incarnation", http.RequestAborted);
        return note is null ? Missing(http, "This is the log's first incarnation.") : ReadAnswers.Changing(http, note, Text);
    }

    private static async Task<IResult> ReadTileAsync(string path, HttpContext http, ILogReader log)
    {
        if (!TilePath.TryParse("tile/" + path, out var tile, out var error))
        {
            return Missing(http, error);
        }

        var content = await log.ReadFileAsync(tile.ToString(), http.RequestAborted);
        return content is null
            ? Missing(http, "There is no such tile. A partial one goes when the full one is there.")
            : ReadAnswers.Immutable(http, content, "application/octet-stream");
    }

    /// <summary>What is not there now may be in a moment.</summary>
    private static IResult Missing(HttpContext http, string detail)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Problem.NotFound(detail);
    }
}
