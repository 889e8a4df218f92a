using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Views;

namespace ProvenanceGrains.Web.Pages;

/// <summary>The page for an identifier under which nothing was ever recorded; send it with status 404.</summary>
public static class NotFoundPage
{
    /// <param name="asked">The identifier or path that was asked for, as it was sent.</param>
    /// <param name="key">The canonical key of the lot, whose absence the browser then proves; null for what is no lot.</param>
    /// <param name="language">The page's language.</param>
    public static Task<string> RenderAsync(string asked, string? key, PageLanguage language) =>
        PageRenderer.RenderAsync<NotFoundView>(new Dictionary<string, object?>
        {
            [nameof(NotFoundView.Text)] = Texts.For(language),
            [nameof(NotFoundView.Asked)] = asked,
            [nameof(NotFoundView.Key)] = key,
        });
}
