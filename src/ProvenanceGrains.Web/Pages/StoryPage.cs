using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Stories;
using ProvenanceGrains.Web.Views;

namespace ProvenanceGrains.Web.Pages;

/// <summary>The page that a QR code leads to.</summary>
public static class StoryPage
{
    /// <summary>Renders the story of an entity. Every value in it is encoded; none is trusted.</summary>
    /// <param name="storyJson">The public story, <c>provenancegrains-story/v1</c> (docs/api.md), UTF-8.</param>
    /// <param name="language">The page's language.</param>
    /// <returns>A whole HTML document; send it with <see cref="Serving.PageHeaders.Apply"/>.</returns>
    /// <exception cref="InvalidDataException">The bytes are not such a story: the caller's mistake, not the visitor's.</exception>
    public static Task<string> RenderAsync(ReadOnlyMemory<byte> storyJson, PageLanguage language) =>
        StoryParser.TryParse(storyJson, out var story, out var error)
            ? PageRenderer.RenderAsync<StoryView>(new Dictionary<string, object?>
            {
                [nameof(StoryView.Text)] = Texts.For(language),
                [nameof(StoryView.Story)] = story,
            })
            : Task.FromException<string>(new InvalidDataException(error));
}
