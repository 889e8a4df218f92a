using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProvenanceGrains.Browser.Tests.Fixtures;
using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Pages;
using ProvenanceGrains.Web.Serving;
using ProvenanceGrains.Web.Stories;

namespace ProvenanceGrains.Browser.Tests.Pages;

/// <summary>What can be said of the pages without a browser.</summary>
public sealed partial class StaticPartsTests
{
    [Theory]
    [InlineData(null, "zh-CN,zh;q=0.9,en;q=0.8", PageLanguage.Chinese)]
    [InlineData(null, "en-GB,en;q=0.9,zh;q=0.8", PageLanguage.English)]
    [InlineData(null, "de,zh;q=0.5,en;q=0.4", PageLanguage.Chinese)]
    [InlineData(null, "zh;q=0, en;q=0.1", PageLanguage.English)]
    [InlineData(null, "de", PageLanguage.English)]
    [InlineData(null, "zhuang", PageLanguage.English)]
    [InlineData(null, ";;;q=,,\u0000", PageLanguage.English)]
    [InlineData(null, null, PageLanguage.English)]
    [InlineData("zh", "en", PageLanguage.Chinese)]
    [InlineData("en", "zh", PageLanguage.English)]
    [InlineData("fr", "zh", PageLanguage.Chinese)]
    public void The_switch_wins_over_the_browser_and_English_is_the_default(string? lang, string? accept, PageLanguage expected) =>
        Assert.Equal(expected, PageLanguages.Choose(lang, accept));

    [Fact]
    public async Task Assets_are_typed_immutable_and_validated_by_ETag()
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        using var http = new HttpClient { BaseAddress = new Uri(host.Url) };
        foreach (var (name, type) in new[]
        {
            ("page.js", "text/javascript"), ("verifier.js", "text/javascript"), ("site.css", "text/css"),
            ("texts.json", "application/json"), ("icon.svg", "image/svg+xml"),
        })
        {
            using var answer = await http.GetAsync(new Uri(AssetCatalog.Path(name), UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            using var again = new HttpRequestMessage(HttpMethod.Get, AssetCatalog.Path(name));
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            using var unchanged = await http.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }
    }

    [Theory]
    [InlineData("/assets/0000000000000000/page.js")]
    [InlineData("/assets/VERSION/nothing.js")]
    [InlineData("/assets/VERSION/..%2fpage.js")]
    public async Task An_asset_of_another_release_or_name_is_not_found(string path)
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        using var http = new HttpClient { BaseAddress = new Uri(host.Url) };
        var version = AssetCatalog.Path("page.js").Split('/')[2];
        using var answer = await http.GetAsync(new Uri(path.Replace("VERSION", version, StringComparison.Ordinal), UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_policy_allows_nothing_inline_and_the_page_has_nothing_inline()
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(host.ProductUrl));
        Assert.DoesNotContain("unsafe", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch(InlineCode(), html);
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_text_exists_in_both_languages()
    {
        using var texts = JsonDocument.Parse(AssetCatalog.Find("texts.json")!.Content);
        foreach (var section in texts.RootElement.EnumerateObject())
        {
            foreach (var text in section.Value.EnumerateObject())
            {
                Assert.True(text.Value.GetArrayLength() == 2, text.Name);

                // English reasons stand in the verifier itself.
                Assert.True(section.Name == "reason" || text.Value[0].GetString()!.Length > 0, text.Name);
                Assert.True(text.Value[1].GetString()!.Length > 0, text.Name);
            }
        }
    }

    [Fact]
    public void Every_reason_of_the_verifier_is_translated()
    {
        using var texts = JsonDocument.Parse(AssetCatalog.Find("texts.json")!.Content);
        var reasons = texts.RootElement.GetProperty("reason").EnumerateObject().Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        var codes = new[] { "bytes.js", "notes.js", "trust.js", "bundle.js", "proofs.js", "vrf.js", "verifier.js", "facts.js" }
            .Select(name => System.Text.Encoding.UTF8.GetString(AssetCatalog.Find(name)!.Content))
            .SelectMany(source => ReasonCode().Matches(source).Select(m => m.Groups[1].Value))
            .ToArray();
        Assert.True(codes.Length > 40);
        Assert.All(codes, code => Assert.Contains(code, reasons));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format":"provenancegrains-story/v2","entity":{"kind":"lot","key":"01/1"}}""")]
    [InlineData("""{"format":"provenancegrains-story/v1","entity":{"kind":"lot"}}""")]
    public void What_is_no_story_is_refused_with_a_reason(string json)
    {
        Assert.False(StoryParser.TryParse(System.Text.Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task A_story_with_nothing_but_its_entity_is_a_page()
    {
        var html = await StoryPage.RenderAsync(
            """{"format":"provenancegrains-story/v1","entity":{"kind":"lot","key":"01/09506000134352"}}"""u8.ToArray(), PageLanguage.English);
        Assert.Contains("01/09506000134352", html, StringComparison.Ordinal);
        Assert.Contains("No place has been recorded yet.", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_for_offline_asks_for_the_very_product()
    {
        var html = await NotFoundPage.RenderAsync("/01/09506000134352/10/a'b", "01/09506000134352/10/a'b", PageLanguage.English);
        Assert.Contains(
            "provenance verify bundle.json --key @vkey --entity 'lot/01/09506000134352/10/a'\\''b'", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_story_of_the_wrong_types_everywhere_is_still_a_page()
    {
        foreach (var wrong in new[] { "null", "1", "\"x\"", "[1,null,{}]", "{\"a\":{}}", "1e400", "-1" })
        {
            var json = """{"format":"provenancegrains-story/v1","entity":{"kind":"lot","key":"k"},"uri":X,"level":X,"identifiers":X,"name":X,"ilmd":X,"state":X,"journal":X,"events":X,"origins":X,"places":X,"links":X}"""
                .Replace("X", wrong, StringComparison.Ordinal);
            var html = await StoryPage.RenderAsync(System.Text.Encoding.UTF8.GetBytes(json), PageLanguage.Chinese);
            Assert.EndsWith("</html>", html.TrimEnd(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task English_details_on_a_Chinese_page_are_marked_and_only_a_story_speaks_of_its_facts()
    {
        const string Detail = "The check digit is wrong.";
        string[] pages =
        [
            await ProblemPage.RenderAsync("/01/1", Detail, PageLanguage.Chinese),
            await DamagedPage.RenderAsync("/01/1", Detail, PageLanguage.Chinese),
        ];
        Assert.All(pages, page => Assert.Contains($"<code lang=\"en\">{Detail}</code>", page, StringComparison.Ordinal));
        Assert.All(pages, page => Assert.DoesNotContain("<footer", page, StringComparison.Ordinal));
        var story = await StoryPage.RenderAsync(
            """{"format":"provenancegrains-story/v1","entity":{"kind":"lot","key":"01/09506000134352"}}"""u8.ToArray(), PageLanguage.Chinese);
        Assert.Contains("<footer", story, StringComparison.Ordinal);
    }

    [GeneratedRegex("""<script(?![^>]*\ssrc=)|\sstyle=|<style|\son[a-z]+=""")]
    private static partial Regex InlineCode();

    [GeneratedRegex("""(?:new Refusal\(|report\.(?:pass|skip)\([^,]+, |: \[)"([a-z-]+)", """)]
    private static partial Regex ReasonCode();
}
