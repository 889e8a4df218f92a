using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Query.Events;

namespace ProvenanceGrains.Api.Reading;

/// <summary>The query interface of EPCIS 2.0 (REST binding, <c>/events</c>).</summary>
internal static class EventEndpoints
{
    private const string Prefix = "/events/";

    public static void MapEvents(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/events", ReadEndpoints.Methods, QueryAsync)
            .WithName("queryEvents").WithTags("Events")
            .WithSummary("Query events.")
            .WithDescription(
                "An EPCISQueryDocument, in the order of recording. Parameters: " + string.Join(", ", EventQueryParser.Names)
                + ". Alternatives are separated by '|'; different parameters must all hold; another parameter is a 400. Identifiers may "
                + "be EPC URNs or GS1 Digital Link URIs, CBV values bare words, URNs or web URIs. While there is more, the Link header names "
                + $"the next page; a page has {EventQuery.DefaultPerPage.ToString(CultureInfo.InvariantCulture)} events, or perPage (at most "
                + $"{EventQuery.MaxPerPage.ToString(CultureInfo.InvariantCulture)}). Pages do not shift while events come in.")
            .Produces<object>(StatusCodes.Status200OK, Negotiation.Json, Negotiation.JsonLd)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status406NotAcceptable);
        app.MapMethods(Prefix + "{**eventID}", ReadEndpoints.Methods, FindAsync)
            .WithName("event").WithTags("Events")
            .WithSummary("One event, by its id.")
            .WithDescription("The event as it was captured, with the engine's recordTime. The id is a URI, percent-encoded.")
            .Produces<object>(StatusCodes.Status200OK, Negotiation.Json, Negotiation.JsonLd)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status406NotAcceptable);
    }

    private static async Task<IResult> QueryAsync(HttpContext http, EventQueries queries, TimeProvider time)
    {
        if (ChooseType(http) is not { } type)
        {
            return NotAcceptable();
        }

        var parameters = http.Request.Query
            .SelectMany(parameter => parameter.Value, (parameter, value) => KeyValuePair.Create(parameter.Key, value ?? ""))
            .ToList();
        if (!EventQueryParser.TryParse(parameters, out var query, out var error))
        {
            return Problem.Parameter(error.Name, error.Message);
        }

        var page = await queries.ReadAsync(query, http.RequestAborted);
        if (page.NextToken is { } token)
        {
            http.Response.Headers.Link = $"<{NextPage(http.Request, parameters, token)}>; rel=\"next\"";
        }

        http.Response.Headers.CacheControl = "no-cache";
        return new DocumentResult(page, type, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private static async Task<IResult> FindAsync(HttpContext http, EventQueries queries)
    {
        if (ChooseType(http) is not { } type)
        {
            return NotAcceptable();
        }

        var id = Uri.UnescapeDataString(RawPath.After(http.Request, Prefix));
        var matter = await queries.FindAsync(id, http.RequestAborted);

        // "ni:///sha-256;...?ver=CBV2.0" sent without encoding its question mark arrives in two parts.
        if (matter is null && http.Request.QueryString.HasValue)
        {
            id += Uri.UnescapeDataString(http.Request.QueryString.Value!);
            matter = await queries.FindAsync(id, http.RequestAborted);
        }

        return matter is null
            ? Problem.NotFound($"No event has the id '{id}'.")
            : ReadAnswers.Changing(http, QueryDocument.WriteEvent(matter), type);
    }

    private static string? ChooseType(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["GS1-EPCIS-Version"] = "2.0.0";
        headers["GS1-CBV-Version"] = "2.0.0";
        headers["GS1-EPC-Format"] = "Never_Translates";
        headers.Vary = "Accept";
        return Negotiation.Choose(http.Request, Negotiation.Json, Negotiation.JsonLd);
    }

    private static IResult NotAcceptable() =>
        Problem.NotAcceptable($"Events are {Negotiation.Json} or {Negotiation.JsonLd}.");

    private static string NextPage(HttpRequest request, List<KeyValuePair<string, string>> parameters, string token)
    {
        var query = new QueryBuilder(parameters.Where(parameter => parameter.Key != "nextPageToken"))
        {
            { "nextPageToken", token },
        };
        return request.PathBase.ToUriComponent() + "/events" + query.ToQueryString().ToUriComponent();
    }

    /// <summary>Streams the page into the response.</summary>
    private sealed class DocumentResult(EventPage page, string contentType, long createdMs) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = contentType;
            await QueryDocument.WriteAsync(response.BodyWriter, page.Events, createdMs, httpContext.RequestAborted);
        }
    }
}
