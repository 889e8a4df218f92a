using System.Text;
using System.Text.Json.Nodes;
using ProvenanceGrains.Browser.Tests.Chromium;
using ProvenanceGrains.Browser.Tests.Fixtures;
using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Pages;

namespace ProvenanceGrains.Browser.Tests.Pages;

/// <summary>Every text of a story can come from an attacker.</summary>
[Collection(ChromiumTests.Name)]
public sealed class HostileStoryTests(ChromiumBrowser chromium)
{
    private const string Hostile = "\"'></title></script></pre></svg><img src=x onerror=alert(1)><script>alert(2)</script>";

    [ChromiumFact]
    public async Task Hostile_texts_in_every_place_stay_inert()
    {
        var scenario = Scenario.Sound();
        Poison(scenario.Story);
        scenario.Story["links"] = new JsonObject { ["history"] = "/entities", ["vkey"] = "/log/vkey", ["qr"] = "/x\"onerror=alert(3) ", ["trace"] = "javascript:alert(4)" };
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal(0, await visit.Page.Locator("img[src=x], script:not([src]), [onerror], [style]").CountAsync());
        Assert.Equal(0, await visit.Page.EvaluateAsync<int>(
            "() => [...document.querySelectorAll('[href],[src]')].filter(n => new URL(n.href || n.src).origin !== location.origin).length"));
        Assert.All(visit.Complaints, c => Assert.Contains("404", c, StringComparison.Ordinal));
        Assert.Contains(Hostile, await visit.Page.InnerTextAsync("h1"), StringComparison.Ordinal);
        Assert.All(visit.Requests, r => Assert.StartsWith(host.Url + "/", r, StringComparison.Ordinal));
    }

    [ChromiumFact]
    public async Task Hostile_texts_in_the_proofs_stay_inert()
    {
        var scenario = Scenario.Sound();
        scenario.Journal["entity"]!["key"] = Hostile;
        scenario.VerifierKey = SampleLog.Key.Verifier + "\n";
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Contains(Hostile, await visit.PanelTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await visit.Page.Locator("img[src=x]").CountAsync());
        Assert.Empty(visit.Complaints);
    }

    [Theory]
    [InlineData("//evil.example/x")]
    [InlineData("/\\evil.example/x")]
    [InlineData("https://evil.example/x")]
    [InlineData("javascript:alert(1)")]
    public async Task A_link_that_would_leave_the_origin_is_dropped(string link)
    {
        var scenario = Scenario.Sound();
        foreach (var name in new[] { "bundle", "history", "trace", "qr", "checkpoint", "vkey", "policy" })
        {
            scenario.Story["links"]![name] = link;
        }

        var html = await StoryPage.RenderAsync(Encoding.UTF8.GetBytes(scenario.Story.ToJsonString()), PageLanguage.English);
        Assert.DoesNotContain("evil", html, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript:", html, StringComparison.Ordinal);
    }

    private static void Poison(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToArray())
            {
                if (value is JsonValue text && text.GetValueKind() == System.Text.Json.JsonValueKind.String)
                {
                    members[name] = name is "format" or "eventTime" or "recordTime" or "lastSeen" ? (string)text! : Hostile;
                }
                else if (value is not null)
                {
                    Poison(value);
                }
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items.OfType<JsonNode>().ToArray())
            {
                Poison(item);
            }
        }
    }
}
