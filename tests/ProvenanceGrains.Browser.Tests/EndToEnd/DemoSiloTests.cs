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

            // The demonstration asks no witnesses: its policy is a 404, which the browser's console names.
            Assert.All(visit.Complaints, complaint => Assert.Contains("404", complaint, StringComparison.Ordinal));
            Assert.All(
                await visit.Page.Locator("[data-fact=sensor]", new() { HasText = "humidity" }).AllInnerTextsAsync(),
                reading => Assert.Matches(@"^Relative humidity \d\d(\.\d)? %$", reading));
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
        Assert.Contains("一块巧克力", await home.Page.InnerTextAsync("#samples + .origins"), StringComparison.Ordinal);
        Assert.Equal(0, await home.Page.Locator("footer").CountAsync());
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

    [ChromiumTheory]
    [InlineData("en", 1280, "The records of this product are damaged")]
    [InlineData("zh", 360, "此产品的记录已损坏")]
    public async Task A_byte_that_is_changed_under_the_running_silo_is_a_red_page_that_names_the_file(string lang, int width, string title)
    {
        var bar = Highlights()[0].Path;
        await FlipWhereAsync(bar[(bar.LastIndexOf('/') + 1)..]);
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = width, Height = 800 } });
        var page = await profile.NewPageAsync();
        var answer = await page.GotoAsync($"{Url}{bar}?lang={lang}");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, $"screenshots/damaged-{width}-{lang}.png"), FullPage = true });
        Assert.Equal(500, answer!.Status);
        Assert.Equal("no-store", answer.Headers["cache-control"]);
        Assert.StartsWith("text/html", answer.Headers["content-type"], StringComparison.Ordinal);
        Assert.Equal(title, await page.InnerTextAsync("h1"));
        Assert.Matches(@"00000000\.seg is damaged at offset \d+", await page.InnerTextAsync("main"));
        Assert.Contains("provenance audit", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width);

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        using var json = await http.GetAsync(new Uri(Url + bar));
        Assert.Equal("application/problem+json", json.Content.Headers.ContentType!.MediaType);
        Assert.Contains("00000000.seg", await json.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [ChromiumTheory]
    [InlineData("en", 1280)]
    [InlineData("zh", 360)]
    public async Task The_pallets_number_stands_on_one_line_and_its_origins_are_said_to_be_more(string lang, int width)
    {
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = width, Height = 800 } });
        var visit = await Visit.OpenAsync(profile, $"{Url}{Highlights()[1].Path}?lang={lang}");
        await visit.ScreenshotAsync($"demo-pallet-{width}-{lang}");
        Assert.Equal(1, await visit.Page.EvalOnSelectorAsync<int>("h1.number span", "span => span.getClientRects().length"));
        Assert.Equal("50+", await visit.Page.Locator(".figures dd").Nth(3).InnerTextAsync());
        Assert.StartsWith("/trace/00/", await visit.Page.GetAttributeAsync("#more-origins a", "href"), StringComparison.Ordinal);
        Assert.Equal("ok", await visit.StateAsync());
    }

    [ChromiumTheory]
    [InlineData("en", 1280, "There is no page at this address")]
    [InlineData("zh", 360, "此网址没有页面")]
    public async Task An_address_that_is_nobodys_says_so_on_a_page(string lang, int width, string title)
    {
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = width, Height = 800 } });
        var visit = await Visit.OpenAsync(profile, $"{Url}/nope?lang={lang}", awaitVerdict: false);
        await visit.ScreenshotAsync($"no-page-{width}-{lang}");
        Assert.Equal(title, await visit.Page.InnerTextAsync("h1"));
    }

    [ChromiumTheory]
    [InlineData("en", 1280, "Used to make", "Commissioned")]
    [InlineData("zh", 360, "用于制作", "启用标识")]
    public async Task What_was_used_says_what_it_was_used_for_and_keeps_its_own_state(string lang, int width, string used, string outputStep)
    {
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = width, Height = 800 } });
        var visit = await Visit.OpenAsync(profile, $"{Url}{Highlights()[2].Path}?lang={lang}");
        await visit.ScreenshotAsync($"demo-lot-{width}-{lang}");
        Assert.Equal(("ok", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
        var last = visit.Page.Locator("#events .event").Last.Locator("h3");
        Assert.Contains(used, await last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("Chocolate mass 70 %", await last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("/01/", await last.Locator("a").GetAttributeAsync("href"), StringComparison.Ordinal);
        Assert.DoesNotContain(outputStep, await last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(outputStep, await visit.Page.InnerTextAsync(".hero"), StringComparison.Ordinal);
        Assert.Equal(0, await visit.Page.Locator(".hero .chip.warn").CountAsync());
    }

    /// <summary>Changes a byte of the first text in the segment, as a failing disk would under the open file.</summary>
    private async Task FlipWhereAsync(string text)
    {
        var path = Path.Combine(_folder.FullName, "segments", "00000000.seg");
        await using var segment = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var bytes = new byte[segment.Length];
        await segment.ReadExactlyAsync(bytes);
        var at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.True(at > 0, text);
        segment.Position = at;
        segment.WriteByte((byte)(bytes[at] ^ 1));
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
