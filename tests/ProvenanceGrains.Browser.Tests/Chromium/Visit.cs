using Microsoft.Playwright;

namespace ProvenanceGrains.Browser.Tests.Chromium;

/// <summary>A page that was opened and has come to its verdict, and what it did meanwhile.</summary>
internal sealed class Visit(IPage page)
{
    private readonly List<string> _requests = [];
    private readonly List<string> _complaints = [];

    public IPage Page => page;

    /// <summary>Every URL that was asked for.</summary>
    public IReadOnlyList<string> Requests => _requests;

    /// <summary>Script errors, violations of the content security policy and dialogs.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Opens an address; with scripts on a story page, waits for the verdict.</summary>
    public static async Task<Visit> OpenAsync(IBrowserContext profile, string url, bool awaitVerdict = true)
    {
        var visit = new Visit(await profile.NewPageAsync());
        visit.Listen();
        await visit.Page.GotoAsync(url);
        if (awaitVerdict)
        {
            await visit.Page.WaitForSelectorAsync("#verify[data-done]");
        }

        return visit;
    }

    public async Task<string> StateAsync() => await Page.GetAttributeAsync("#verify", "data-state") ?? "";

    /// <summary>The checks that failed, as <c>check/code</c>.</summary>
    public async Task<string[]> FailuresAsync() => await Page.EvalOnSelectorAllAsync<string[]>(
        ".check.fail", "rows => rows.map(r => r.dataset.check + '/' + r.dataset.code)");

    public async Task<string> PanelTextAsync() => await Page.InnerTextAsync("#verify");

    public async Task ScreenshotAsync(string name) => await Page.ScreenshotAsync(new()
    {
        Path = Path.Combine(Folder(), name + ".png"),
        FullPage = true,
    });

    // Beside the other build output, never in the sources.
    private static string Folder() => Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    private void Listen()
    {
        Page.Request += (_, request) => _requests.Add(request.Url);
        Page.PageError += (_, error) => _complaints.Add(error);
        Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add(message.Text);
            }
        };
        Page.Dialog += async (_, dialog) =>
        {
            _complaints.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }
}
