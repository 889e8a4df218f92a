using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Pages;
using ProvenanceGrains.Web.Serving;

namespace ProvenanceGrains.Browser.Tests.Fixtures;

/// <summary>Serves one scenario on a free loopback port, with the paths of the real API.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _bundles;

    private TestHost(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public string ProductUrl => $"{Url}/{Chocolate.Key}";

    public static async Task<TestHost> StartAsync(Scenario scenario)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = new TestHost(builder.Build());
        host.Map(scenario);
        await host._app.StartAsync();
        return host;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map(Scenario scenario)
    {
        _app.MapWebAssets();
        _app.MapGet("/", Page(language => HomePage.RenderAsync([new SampleProduct("Dark chocolate 70 %", Chocolate.Key)], language)));
        _app.MapGet("/empty", Page(language => HomePage.RenderAsync([], language)));
        _app.MapGet($"/{Chocolate.Key}", Page(async language => scenario.DeniesProduct
            ? await NotFoundPage.RenderAsync("/" + Chocolate.Key, Chocolate.Key, language)
            : scenario.EditPage(await StoryPage.RenderAsync(System.Text.Encoding.UTF8.GetBytes(scenario.Story.ToJsonString()), language))));
        _app.MapGet("/01/{gtin}", (HttpContext http, string gtin) => gtin.EndsWith('9')
            ? Html(http, 400, language => ProblemPage.RenderAsync(http.Request.Path, $"The check digit of {gtin} is wrong.", language))
            : Html(http, 404, language => NotFoundPage.RenderAsync(http.Request.Path, http.Request.Path.Value![1..], language)));
        _app.MapGet($"/entities/lot/{Chocolate.Key}/journal", (int from, int limit) => Part(scenario, from, limit));
        _app.MapGet($"/entities/lot/{Chocolate.Key}/bundle", () => scenario.BundleStatus == 200
            ? Results.Text((scenario.BundleAt?.Invoke(_bundles++) ?? scenario.Bundle).ToJsonString(), "application/json")
            : Results.Problem(statusCode: scenario.BundleStatus));
        _app.MapGet($"/entities/lot/{Scenario.Absent.Key}/bundle", () => Results.Text(scenario.Absence.ToJsonString(), "application/json"));
        _app.MapGet("/log/policy", () => scenario.Policy is { } policy ? Results.Text(policy) : Results.NotFound());
        _app.MapGet("/log/checkpoint", () => Results.Text(scenario.Checkpoint));
        _app.MapGet("/log/vkey", () => Results.Text(scenario.VerifierKey));
        _app.MapGet($"/qr/{Chocolate.Key}.svg", () => Results.Text(
            """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 7 7"><path d="M0 0h3v3H0zM4 0h3v3H4zM0 4h3v3H0zM4 4h1v1H4zM6 6h1v1H6z"/></svg>""",
            "image/svg+xml"));
    }

    private static IResult Part(Scenario scenario, int from, int limit)
    {
        var history = scenario.History.DeepClone().AsObject();
        var entries = history["entries"]!.AsArray().Skip(from).Take(limit).Select(e => e!.DeepClone()).ToArray();
        history["entries"] = new JsonArray(entries);
        return Results.Text(history.ToJsonString(), "application/json");
    }

    // As a Delegate, or the compiler takes a function of HttpContext alone for a RequestDelegate and drops its result.
    private static Delegate Page(Func<PageLanguage, Task<string>> render) => (HttpContext http) => Html(http, 200, render);

    private static async Task<IResult> Html(HttpContext http, int status, Func<PageLanguage, Task<string>> render)
    {
        var language = PageLanguages.Choose(http.Request.Query["lang"], http.Request.Headers.AcceptLanguage);
        var html = await render(language);
        PageHeaders.Apply(http.Response, language);
        return Results.Content(html, http.Response.ContentType, statusCode: status);
    }
}
