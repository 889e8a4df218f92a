using ProvenanceGrains.Api.Reading;
using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Pages;
using ProvenanceGrains.Web.Serving;

namespace ProvenanceGrains.Silo.Pages;

/// <summary>Answers browsers with the pages of the Web project, which knows nothing of this one but the public story.</summary>
internal sealed class WebPages(SampleProducts samples) : IPageRenderer
{
    public Task RenderStoryAsync(HttpContext http, ReadOnlyMemory<byte> storyJson) =>
        WriteAsync(http, StatusCodes.Status200OK, language => StoryPage.RenderAsync(storyJson, language));

    public Task RenderNotFoundAsync(HttpContext http, string asked, string? key) =>
        WriteAsync(http, StatusCodes.Status404NotFound, language => NotFoundPage.RenderAsync(asked, key, language));

    public Task RenderNoPageAsync(HttpContext http, string asked) =>
        WriteAsync(http, StatusCodes.Status404NotFound, language => NoPage.RenderAsync(asked, language));

    public Task RenderProblemAsync(HttpContext http, string asked, string detail) =>
        WriteAsync(http, StatusCodes.Status400BadRequest, language => ProblemPage.RenderAsync(asked, detail, language));

    public Task RenderDamagedAsync(HttpContext http, string asked, string detail) => WriteAsync(
        http, StatusCodes.Status500InternalServerError, language => DamagedPage.RenderAsync(asked, detail, language), "no-store");

    /// <summary>The page at the root.</summary>
    public Task RenderHomeAsync(HttpContext http) =>
        WriteAsync(http, StatusCodes.Status200OK, language => HomePage.RenderAsync(samples.Products, language));

    private static async Task WriteAsync(
        HttpContext http, int status, Func<PageLanguage, Task<string>> render, string? cacheControl = null)
    {
        var language = PageLanguages.Choose(http.Request.Query["lang"], http.Request.Headers.AcceptLanguage);
        var html = await render(language);
        http.Response.StatusCode = status;
        PageHeaders.Apply(http.Response, language);
        if (cacheControl is not null)
        {
            http.Response.Headers.CacheControl = cacheControl;
        }

        await http.Response.WriteAsync(html, http.RequestAborted);
    }
}

/// <summary>Products that the home page offers; the demonstration's, once they are loaded.</summary>
internal sealed class SampleProducts
{
    /// <summary>Replaced whole, read by any request.</summary>
    public IReadOnlyList<SampleProduct> Products { get; set; } = [];
}
