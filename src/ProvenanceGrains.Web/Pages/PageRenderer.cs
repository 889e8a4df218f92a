using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ProvenanceGrains.Web.Pages;

/// <summary>Renders a component to HTML once, on the server. The components ask for no services.</summary>
internal static class PageRenderer
{
    private static readonly ServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    public static async Task<string> RenderAsync<TView>(Dictionary<string, object?> parameters)
        where TView : IComponent
    {
        var renderer = new HtmlRenderer(NoServices, NullLoggerFactory.Instance);
        await using (renderer.ConfigureAwait(false))
        {
            return await renderer.Dispatcher.InvokeAsync(async () =>
            {
                var root = await renderer.RenderComponentAsync<TView>(ParameterView.FromDictionary(parameters)).ConfigureAwait(true);
                return root.ToHtmlString();
            }).ConfigureAwait(false);
        }
    }
}
