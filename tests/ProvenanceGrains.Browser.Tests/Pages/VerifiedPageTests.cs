using Microsoft.Playwright;
using ProvenanceGrains.Browser.Tests.Chromium;
using ProvenanceGrains.Browser.Tests.Fixtures;

namespace ProvenanceGrains.Browser.Tests.Pages;

[Collection(ChromiumTests.Name)]
public sealed class VerifiedPageTests(ChromiumBrowser chromium)
{
    [ChromiumTheory]
    [InlineData("en", "Verified by your browser", "Sold")]
    [InlineData("zh", "已由您的浏览器核验", "零售")]
    public async Task A_sound_page_turns_green_in_both_languages(string lang, string verdict, string absent)
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang={lang}");
        await visit.ScreenshotAsync($"green-1280-{lang}");
        Assert.Equal(("ok", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
        Assert.Equal(verdict, await visit.Page.InnerTextAsync("#verdict"));
        Assert.Equal(lang, await visit.Page.GetAttributeAsync("html", "lang"));
        Assert.DoesNotContain(absent, await visit.Page.InnerTextAsync("#events"), StringComparison.Ordinal);
        Assert.Equal(7, await visit.Page.Locator("#events .event[data-verified=ok]").CountAsync());
        Assert.Empty(visit.Complaints);
    }

    [ChromiumFact]
    public async Task Every_kind_of_check_is_listed_and_none_is_left_out()
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync();
        await Visit.OpenAsync(profile, host.ProductUrl);
        var second = await Visit.OpenAsync(profile, host.ProductUrl);
        var passed = await second.Page.EvalOnSelectorAllAsync<string[]>(".check.pass", "rows => rows.map(r => r.dataset.check)");
        string[] expected =
        [
            "address", "block", "chain", "checkpoint-memory", "checkpoint-signature", "completeness", "cosignatures", "entity", "facts", "header", "inclusion", "key",
            "key-memory", "origins", "payload", "places", "product", "published-checkpoint", "state",
        ];
        Assert.Equal(expected, passed.Order(StringComparer.Ordinal));
        Assert.Equal(0, await second.Page.Locator(".check.not-checked").CountAsync());
    }

    [ChromiumFact]
    public async Task No_request_leaves_the_origin()
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Contains(visit.Requests, r => r.EndsWith("/proofs.js", StringComparison.Ordinal));
        Assert.Contains(visit.Requests, r => r.EndsWith("/bundle", StringComparison.Ordinal));
        Assert.All(visit.Requests, r => Assert.StartsWith(host.Url + "/", r, StringComparison.Ordinal));
    }

    [ChromiumTheory]
    [InlineData("en", "Read at", "Corner Shop, Cologne", "provenance verify bundle.json")]
    [InlineData("zh", "读取点", "Corner Shop, Cologne", "provenance verify bundle.json")]
    public async Task Facts_are_readable_without_scripts(string lang, params string[] facts)
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync(new() { JavaScriptEnabled = false });
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang={lang}", awaitVerdict: false);
        await visit.ScreenshotAsync($"noscript-{lang}");
        var text = await visit.Page.TextContentAsync("main") ?? "";
        Assert.All(facts, fact => Assert.Contains(fact, text, StringComparison.Ordinal));
        Assert.Equal("idle", await visit.StateAsync());
        Assert.True(await visit.Page.Locator(".offline").IsVisibleAsync());
    }

    [ChromiumTheory]
    [InlineData("en", ColorScheme.Light)]
    [InlineData("zh", ColorScheme.Light)]
    [InlineData("en", ColorScheme.Dark)]
    public async Task A_phone_needs_no_horizontal_scrolling(string lang, ColorScheme scheme)
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync(new()
        {
            ViewportSize = new() { Width = 360, Height = 780 },
            ColorScheme = scheme,
        });
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang={lang}");
        await visit.ScreenshotAsync($"green-360-{lang}-{scheme}");
        await visit.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
        Assert.True(await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= 360);
        await visit.ScreenshotAsync($"green-360-{lang}-{scheme}-open");
    }

    [ChromiumTheory]
    [InlineData("/", "home")]
    [InlineData("/empty", "empty")]
    [InlineData("/01/09506000134352", "not-found")]
    [InlineData("/01/09506000134359", "problem")]
    public async Task The_other_pages_fit_a_phone_and_complain_of_nothing(string path, string name)
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = 360, Height = 780 } });
        foreach (var lang in new[] { "en", "zh" })
        {
            var visit = await Visit.OpenAsync(profile, $"{host.Url}{path}?lang={lang}", awaitVerdict: false);
            await visit.ScreenshotAsync($"{name}-360-{lang}");
            Assert.True(await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= 360);
            Assert.All(visit.Complaints, c => Assert.Matches("status of 40[04]", c));
        }
    }

    [ChromiumFact]
    public async Task A_browser_that_prefers_Chinese_gets_Chinese_and_can_switch()
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync(new() { Locale = "zh-CN" });
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal("zh", await visit.Page.GetAttributeAsync("html", "lang"));
        await visit.Page.ClickAsync("nav.languages a[lang=en]");
        await visit.Page.WaitForSelectorAsync("html[lang=en] #verify[data-done]");
        Assert.Equal("ok", await visit.StateAsync());
    }

    [ChromiumFact]
    public async Task Records_that_wait_for_their_block_are_amber_and_turn_green_when_it_comes()
    {
        var scenario = Scenario.Sound();
        var whole = scenario.Bundle;
        var part = new SampleLog(Ledger.Entries.EntityId.Create("lot", Chocolate.Key), Chocolate.Events()[..6]);
        scenario.Checkpoint = part.Checkpoint();
        scenario.Story["events"]![6]!["leafIndex"] = null;
        scenario.Story["journal"]!["sealed"] = 6;
        scenario.BundleAt = delivery => delivery < 2 ? part.Bundle() : whole;
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl, awaitVerdict: false);
        await visit.Page.WaitForSelectorAsync("#verify[data-state=pending]");
        Assert.Equal(1, await visit.Page.Locator("#events .event[data-verified=wait]").CountAsync());
        await visit.ScreenshotAsync("amber-1280-en");
        await visit.Page.WaitForSelectorAsync("#verify[data-state=ok]");
        Assert.Equal("Log entry 27", await visit.Page.Locator("#events .event").Nth(6).Locator(".sealed").InnerTextAsync());
    }

    [ChromiumFact]
    public async Task A_long_story_that_begins_later_says_so_and_is_green()
    {
        var scenario = Scenario.Sound();
        scenario.Story["events"]!.AsArray().RemoveAt(0);
        scenario.Story["events"]!.AsArray().RemoveAt(0);
        scenario.Story["journal"]!["firstShown"] = 2;
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang=en");
        Assert.Equal(("ok", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
        Assert.Contains("2 earlier records are not shown here", await visit.Page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Without_Ed25519_the_page_is_never_green()
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync();
        await profile.AddInitScriptAsync(
            "crypto.subtle.importKey = () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));");
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal("unknown", await visit.StateAsync());
        Assert.Contains("Not fully checked by this browser", await visit.PanelTextAsync(), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Without_a_secure_context_the_page_is_never_green()
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync();
        await profile.AddInitScriptAsync("Object.defineProperty(globalThis, 'isSecureContext', { value: false });");
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal("unknown", await visit.StateAsync());
        Assert.Equal(0, await visit.Page.Locator("#events .event[data-verified=ok]").CountAsync());
    }
}
