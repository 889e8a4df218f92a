using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Views;

namespace ProvenanceGrains.Web.Pages;

/// <summary>The page for an identifier that cannot be one, e.g. with a wrong check digit; send it with status 400.</summary>
public static class ProblemPage
{
    /// <param name="asked">The identifier or path that was asked for, as it was sent.</param>
    /// <param name="detail">What is wrong with it, in a sentence.</param>
    /// <param name="language">The page's language.</param>
    public static Task<string> RenderAsync(string asked, string detail, PageLanguage language) =>
        PageRenderer.RenderAsync<ProblemView>(new Dictionary<string, object?>
        {
            [nameof(ProblemView.Text)] = Texts.For(language),
            [nameof(ProblemView.Asked)] = asked,
            [nameof(ProblemView.Detail)] = detail,
        });
}
