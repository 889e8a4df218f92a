using Microsoft.AspNetCore.Http;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Answers a browser. The host brings one; without it every answer is JSON.</summary>
/// <remarks>
/// Each method writes the whole answer: status, headers (language, content policy), HTML. It chooses the language from the
/// request (<c>?lang=</c>, <c>Accept-Language</c>). <c>Vary</c> is set already. The same methods serve HEAD: the server drops the body.
/// </remarks>
public interface IPageRenderer
{
    /// <summary>The product page.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="storyJson"><c>provenancegrains-story/v1</c>, UTF-8.</param>
    Task RenderStoryAsync(HttpContext http, ReadOnlyMemory<byte> storyJson);

    /// <summary>404: nothing was ever recorded under what was asked for.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="asked">The path as it was sent.</param>
    /// <param name="key">The key of the lot that it names, so that the page can prove the absence; null where it names a place.</param>
    Task RenderNotFoundAsync(HttpContext http, string asked, string? key);

    /// <summary>404: there is no page at that address, nor can there be one.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="asked">The path as it was sent.</param>
    Task RenderNoPageAsync(HttpContext http, string asked);

    /// <summary>400: what was asked for cannot be an identifier.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="asked">The path as it was sent.</param>
    /// <param name="detail">What is wrong with it, in English.</param>
    Task RenderProblemAsync(HttpContext http, string asked, string detail);

    /// <summary>500: what is stored about it is not what was written. Not to be cached: it may be repaired.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="asked">The path as it was sent.</param>
    /// <param name="detail">Which file is damaged and where, in English.</param>
    Task RenderDamagedAsync(HttpContext http, string asked, string detail);
}
