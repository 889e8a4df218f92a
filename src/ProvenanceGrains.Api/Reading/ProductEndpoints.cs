using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Query.Stories;

namespace ProvenanceGrains.Api.Reading;

/// <summary>The pages that GS1 Digital Links lead to.</summary>
/// <remarks>
/// Only the very key that was asked for is answered. A serial number that nobody ever recorded gets a 404 even where its lot or
/// product is known: to show the genuine lot's story for an invented serial would help whoever copies labels.
/// </remarks>
internal static class ProductEndpoints
{
    public static void MapProducts(this IEndpointRouteBuilder app) =>
        app.MapMethods($"/{{ai:{ApplicationIdentifierConstraint.Name}}}/{{**rest}}", ReadEndpoints.Methods, ReadAsync)
            .WithName("product").WithTags("Products")
            .WithSummary("The story of a product: any GS1 Digital Link path, e.g. /01/{gtin}/10/{lot}/21/{serial} or /00/{sscc}.")
            .WithDescription("HTML for a browser; provenancegrains-story/v1 (docs/api.md) for 'Accept: application/json'.")
            .Produces<object>(StatusCodes.Status200OK, Negotiation.Json, Negotiation.Html)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status406NotAcceptable)
            .ProducesProblem(StatusCodes.Status500InternalServerError);

    private static async Task<IResult> ReadAsync(HttpContext http, ProductStories stories)
    {
        http.Response.Headers.Vary = "Accept, Accept-Language";
        var pages = http.RequestServices.GetService<IPageRenderer>();
        var type = pages is null
            ? Negotiation.Choose(http.Request, Negotiation.Json, Negotiation.JsonLd)
            : Negotiation.Choose(http.Request, Negotiation.Html, Negotiation.Json, Negotiation.JsonLd);
        if (type is null)
        {
            return Problem.NotAcceptable($"A story is {Negotiation.Html} or {Negotiation.Json}.");
        }

        pages = type == Negotiation.Html ? pages : null;
        var asked = "/" + RawPath.After(http.Request, "/");
        if (!DigitalLinkPath.TryParse(asked, out var path, out var error))
        {
            if (asked.EndsWith('/') && DigitalLinkPath.TryParse(asked[..^1], out _, out _))
            {
                var exact = http.Request.PathBase.ToUriComponent() + asked[..^1] + http.Request.QueryString.ToUriComponent();
                return Results.LocalRedirect(exact, permanent: true, preserveMethod: true);
            }

            return pages is null
                ? Problem.Parameter("path", error)
                : new PageResult(page => pages.RenderProblemAsync(page, asked, error));
        }

        byte[]? story;
        try
        {
            story = await stories.ReadAsync(path.CanonicalKey, http.RequestAborted);
        }
        catch (Exception damage) when (pages is not null && ReadAnswers.IsDamage(damage))
        {
            return new PageResult(page => pages.RenderDamagedAsync(page, asked, damage.Message));
        }

        if (story is null)
        {
            return pages is null
                ? Problem.NotFound($"Nothing is recorded about {path.ElementString}.")
                : new PageResult(page => pages.RenderNotFoundAsync(
                    page, asked, path.Epc.Kind == EpcKind.Location ? null : path.CanonicalKey));
        }

        return pages is null
            ? ReadAnswers.Changing(http, story, type)
            : new PageResult(page => pages.RenderStoryAsync(page, story));
    }

    /// <summary>Leaves the answer to the page renderer.</summary>
    private sealed class PageResult(Func<HttpContext, Task> render) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => render(httpContext);
    }
}

/// <summary>Keeps the catch-all route of Digital Links to paths that begin with a GS1 application identifier.</summary>
internal sealed class ApplicationIdentifierConstraint : IRouteConstraint
{
    public const string Name = "gs1ai";

    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value)
        && value is string code
        && ApplicationIdentifiers.TryGet(code, out _);
}
