using Microsoft.Playwright;

namespace ProvenanceGrains.Browser.Tests.Chromium;

/// <summary>One headless Chromium for all browser tests; each test gets a profile of its own.</summary>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (ChromiumBinary.SkipReason() is not null)
        {
            return;
        }

        var executable = ChromiumBinary.Find() ?? throw new InvalidOperationException("CI=true, but there is no Chromium.");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = executable, Args = Arguments });
    }

    /// <summary>A fresh profile: no memory of earlier visits.</summary>
    public Task<IBrowserContext> NewProfileAsync(BrowserNewContextOptions? options = null) =>
        _browser!.NewContextAsync(options ?? new());

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>The tests that share the browser.</summary>
[CollectionDefinition(Name)]
public sealed class ChromiumTests : ICollectionFixture<ChromiumBrowser>
{
    public const string Name = "chromium";
}
