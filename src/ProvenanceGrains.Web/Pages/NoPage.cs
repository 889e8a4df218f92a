using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Views;

namespace ProvenanceGrains.Web.Pages;

/// <summary>The page for an address that is none of this server's; send it with status 404.</summary>
public static class NoPage
{
    /// <param name="asked">The path that was asked for, as it was sent.</param>
    /// <param name="language">The page's language.</param>
    public static Task<string> RenderAsync(string asked, PageLanguage language) =>
        PageRenderer.RenderAsync<NoPageView>(new Dictionary<string, object?>
        {
            [nameof(NoPageView.Text)] = Texts.For(language),
            [nameof(NoPageView.Asked)] = asked,
        });
}
