using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Views;

namespace ProvenanceGrains.Web.Pages;

/// <param name="Name">What it is.</param>
/// <param name="Key">Its key, e.g. <c>01/09506000134352/21/17</c>.</param>
public sealed record SampleProduct(string Name, string Key);

/// <summary>The page at the root: what this is and how to try it.</summary>
public static class HomePage
{
    /// <param name="samples">Products to open; none on an empty store.</param>
    /// <param name="language">The page's language.</param>
    public static Task<string> RenderAsync(IReadOnlyList<SampleProduct> samples, PageLanguage language) =>
        PageRenderer.RenderAsync<HomeView>(new Dictionary<string, object?>
        {
            [nameof(HomeView.Text)] = Texts.For(language),
            [nameof(HomeView.Samples)] = samples,
        });
}
