using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Answers a browser that asks for an address which no endpoint has with a page; everybody else gets problem details.</summary>
/// <remarks>An endpoint for every other path would do so too, but would also take the place of 405 for a wrong method.</remarks>
internal static class UnknownAddresses
{
    public static void Configure(StatusCodePagesOptions options)
    {
        var others = options.HandleAsync;
        options.HandleAsync = context => PagesFor(context) is { } pages
            ? pages.RenderNoPageAsync(context.HttpContext, "/" + RawPath.After(context.HttpContext.Request, "/"))
            : others(context);
    }

    private static IPageRenderer? PagesFor(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        return isRead && http.Response.StatusCode == StatusCodes.Status404NotFound && http.GetEndpoint() is null
            && Negotiation.Choose(http.Request, Negotiation.Json, Negotiation.Html) == Negotiation.Html
                ? http.RequestServices.GetService<IPageRenderer>()
                : null;
    }
}
