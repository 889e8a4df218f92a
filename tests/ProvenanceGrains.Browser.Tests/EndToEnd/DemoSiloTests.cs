using ProvenanceGrains.Browser.Tests.Chromium;
using ProvenanceGrains.Epcis.Samples;
using ProvenanceGrains.Silo.Hosting;

namespace ProvenanceGrains.Browser.Tests.EndToEnd;

/// <summary>The demonstration, from its start to the page in the browser.</summary>
[Collection(ChromiumTests.Name)]
public sealed class DemoSiloTests(ChromiumBrowser chromium) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-browser-");
    private SiloHost? _silo;

    private string Url => _silo!.Addresses[0];

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await _silo!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [ChromiumFact]
    public async Task Every_page_that_the_demonstration_names_is_verified_by_the_browser()
    {
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        foreach (var highlight in Highlights())
        {
            var visit = await Visit.OpenAsync(profile, Url + highlight.Path);
            await visit.ScreenshotAsync("demo-" + highlight.Title.Replace(' ', '-'));
            Assert.Equal(("ok", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
            Assert.Empty(visit.Complaints);
            Assert.All(visit.Requests, request => Assert.StartsWith(Url + "/", request, StringComparison.Ordinal));
        }
    }

    [ChromiumFact]
    public async Task The_home_page_leads_to_the_products_on_a_phone_too()
    {
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = 360, Height = 740 } });
        var home = await Visit.OpenAsync(profile, Url + "/?lang=zh", awaitVerdict: false);
        await home.ScreenshotAsync("demo-home-360-zh");
        Assert.Equal("zh", await home.Page.GetAttributeAsync("html", "lang"));
        await home.Page.ClickAsync($"a[href*='{Highlights()[0].Path}']");
        await home.Page.WaitForSelectorAsync("#verify[data-done]");
        Assert.Equal("ok", await home.StateAsync());
        Assert.True(await home.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"));
    }

    [ChromiumFact]
    public async Task A_byte_that_is_changed_in_the_data_folder_turns_the_page_red()
    {
        await using var profile = await chromium.NewProfileAsync();
        var bar = Highlights()[0].Path;
        Assert.Equal("ok", await (await Visit.OpenAsync(profile, Url + bar)).StateAsync());
        await _silo!.DisposeAsync();
        var bundle = Directory.GetFiles(Path.Combine(_folder.FullName, "log", "tile", "0"), "*", SearchOption.AllDirectories)[0];
        var bytes = await File.ReadAllBytesAsync(bundle);
        for (var i = 0; i < bytes.Length; i += 32)
        {
            bytes[i] ^= 1;
        }

        await File.WriteAllBytesAsync(bundle, bytes);
        await StartAsync(sealing: false);
        var visit = await Visit.OpenAsync(profile, Url + bar);
        await visit.ScreenshotAsync("demo-tampered");
        Assert.Equal("bad", await visit.StateAsync());
        Assert.Contains(await visit.FailuresAsync(), failure => failure.StartsWith("inclusion/", StringComparison.Ordinal));
    }

    private async Task StartAsync(bool sealing = true) => _silo = await SiloHost.StartAsync(
        new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Provenance:Data"] = _folder.FullName,
            ["Provenance:Demo"] = "true",
            ["Provenance:Roles"] = sealing ? "all" : "ingest,query",
            ["Logging:LogLevel:Default"] = "Warning",
        },
        CancellationToken.None);

    private IReadOnlyList<SampleHighlight> Highlights()
    {
        using var demo = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.FullName, "demo.json")));
        return SupplyChain.Highlights(new SupplyChainOptions { Start = demo.RootElement.GetProperty("start").GetDateTimeOffset() });
    }
}
