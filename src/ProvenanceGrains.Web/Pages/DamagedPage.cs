using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Views;

namespace ProvenanceGrains.Web.Pages;

/// <summary>The page for a product whose records are damaged in the store; send it with status 500.</summary>
public static class DamagedPage
{
    /// <param name="asked">The identifier or path that was asked for, as it was sent.</param>
    /// <param name="detail">Which file is damaged and where, in English.</param>
    /// <param name="language">The page's language.</param>
    public static Task<string> RenderAsync(string asked, string detail, PageLanguage language) =>
        PageRenderer.RenderAsync<DamagedView>(new Dictionary<string, object?>
        {
            [nameof(DamagedView.Text)] = Texts.For(language),
            [nameof(DamagedView.Asked)] = asked,
            [nameof(DamagedView.Detail)] = detail,
        });
}
