using System.Text.Json.Nodes;
using ProvenanceGrains.Browser.Tests.Chromium;
using ProvenanceGrains.Browser.Tests.Fixtures;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Browser.Tests.Pages;

/// <summary>Whether a page shows everything, and who else saw the log: never more than what is proven.</summary>
[Collection(ChromiumTests.Name)]
public sealed class CompletenessPageTests(ChromiumBrowser chromium) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _open = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var one in _open)
        {
            await one.DisposeAsync();
        }
    }

    [ChromiumTheory]
    [InlineData("en", "Complete history as of 26 Oct 2026, 14:33 UTC, cosigned by 2 of 3 witnesses.")]
    [InlineData("zh", "截至 2026年10月26日 14:33 UTC 的完整履历，3 个见证方中有 2 个联署。")]
    public async Task A_whole_history_says_as_of_when_and_how_many_witnesses_cosigned(string lang, string sentence)
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await PhoneAsync();
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang={lang}");
        await visit.ScreenshotAsync($"complete-360-{lang}");
        Assert.Equal("ok", await visit.StateAsync());
        Assert.Equal(sentence, await visit.Page.InnerTextAsync("#extent"));
    }

    [ChromiumFact]
    public async Task A_log_without_witnesses_is_green_and_says_so()
    {
        var scenario = Scenario.Sound();
        scenario.Policy = null;
        var visit = await OpenAsync(scenario);
        Assert.Equal("ok", await visit.StateAsync());
        Assert.EndsWith("(no witnesses asked).", await visit.Page.InnerTextAsync("#extent"), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Witnesses_that_are_no_longer_asked_are_named()
    {
        var scenario = Scenario.Sound();
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        await Visit.OpenAsync(profile, host.ProductUrl);
        scenario.Policy = null;
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal(1, await visit.Page.Locator(".check[data-code=witnesses-gone]").CountAsync());
    }

    [ChromiumTheory]
    [InlineData("en", "Not the complete history", "the log holds 1 more")]
    [InlineData("zh", "履历不完整", "还有 1 条")]
    public async Task A_shortened_history_with_a_shortened_page_is_amber_and_says_how_many_are_missing(string lang, string title, string text)
    {
        var scenario = Scenario.Sound();
        scenario.Bundle = scenario.Log.Bundle(shown: 6);
        Shorten(scenario);
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await PhoneAsync();
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang={lang}");
        await visit.ScreenshotAsync($"incomplete-360-{lang}");
        Assert.Equal(("unknown", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
        Assert.Equal(title, await visit.Page.InnerTextAsync("#verdict"));
        Assert.Contains(text, await visit.PanelTextAsync(), StringComparison.Ordinal);
        Assert.Equal("", await visit.Page.InnerTextAsync("#extent"));
    }

    [ChromiumFact]
    public async Task A_proof_that_is_older_than_the_published_log_is_never_green()
    {
        var older = new SampleLog(EntityId.Create("lot", Chocolate.Key), Chocolate.Events(), strangers: 2);
        var scenario = new Scenario(older, Chocolate.Story(older)) { Checkpoint = Scenario.Sound().Checkpoint };
        var visit = await OpenAsync(scenario);
        Assert.Equal(("unknown", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
        Assert.Equal("Not the newest proof", await visit.Page.InnerTextAsync("#verdict"));
        Assert.Contains("first 24 records of the log, which has 32", await visit.Page.TextContentAsync("#verify"), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task A_log_without_a_head_map_is_never_green()
    {
        var log = new SampleLog(EntityId.Create("lot", Chocolate.Key), Chocolate.Events(), namesMap: false);
        var visit = await OpenAsync(new Scenario(log, Chocolate.Story(log)));
        Assert.Equal(("unknown", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
        Assert.Contains("nothing proves that they are all", await visit.PanelTextAsync(), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task A_bundle_without_the_maps_word_is_never_green()
    {
        var scenario = Scenario.Sound();
        scenario.Journal.Remove("head");
        var visit = await OpenAsync(scenario);
        Assert.Equal(("unknown", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
    }

    [ChromiumFact]
    public async Task A_journal_that_is_there_twice_is_red()
    {
        var scenario = Scenario.Sound();
        var journals = scenario.Bundle["journals"]!.AsArray();
        journals.Add(journals[0]!.DeepClone());

        var visit = await OpenAsync(scenario);
        Assert.Equal(("bad", "bundle/bundle-form"), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
    }

    [ChromiumFact]
    public async Task A_bundle_of_more_journals_than_a_browser_checks_is_amber()
    {
        var scenario = Scenario.Sound();
        var journals = scenario.Bundle["journals"]!.AsArray();
        for (var i = 0; i < 1000; i++)
        {
            var other = scenario.Absence["journals"]![0]!.DeepClone();
            other["entity"]!["key"] = $"01/09521102003016/21/OTHER-{i}";
            journals.Add(other);
        }

        var visit = await OpenAsync(scenario);
        Assert.Equal(("unknown", ""), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
        Assert.Equal(1, await visit.Page.Locator(".check[data-code=bundle-long]").CountAsync());
    }

    [ChromiumTheory]
    [InlineData(false, "unknown", "")]
    [InlineData(true, "bad", "inclusion/inclusion")]
    public async Task A_journal_too_large_for_a_bundle_is_checked_record_by_record_and_stays_amber(bool isChanged, string state, string failures)
    {
        var scenario = Scenario.Sound();
        scenario.BundleStatus = 413;
        if (isChanged)
        {
            scenario.History["entries"]![3]!["proof"]![0] = Convert.ToBase64String(new byte[32]);
        }

        var visit = await OpenAsync(scenario);
        Assert.Equal((state, failures), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
        Assert.Contains(visit.Requests, r => r.Contains("/journal?from=0", StringComparison.Ordinal));
    }

    [ChromiumTheory]
    [InlineData(8, "bad", "history/history-count")]
    [InlineData(20001, "unknown", "")]
    public async Task A_history_that_is_not_whole_is_red_and_one_that_is_too_long_is_amber(int total, string state, string failures)
    {
        var scenario = Scenario.Sound();
        scenario.BundleStatus = 413;
        scenario.History["total"] = total;
        var visit = await OpenAsync(scenario);
        Assert.Equal((state, failures), (await visit.StateAsync(), string.Join('\n', await visit.FailuresAsync())));
    }

    [ChromiumTheory]
    [InlineData("en", 360, "No such product was ever recorded")]
    [InlineData("zh", 360, "从未有过此产品的记录")]
    [InlineData("en", 1280, "No such product was ever recorded")]
    public async Task The_browser_proves_that_a_product_was_never_recorded(string lang, int width, string title)
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = width, Height = 800 } });
        var visit = await Visit.OpenAsync(profile, $"{host.Url}/{Scenario.Absent.Key}?lang={lang}");
        await visit.ScreenshotAsync($"absent-{width}-{lang}");
        Assert.Equal(("absent", title), (await visit.StateAsync(), await visit.Page.InnerTextAsync("#verdict")));
        Assert.Contains("2026", await visit.Page.InnerTextAsync("#extent"), StringComparison.Ordinal);
        Assert.True(await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width);
        Assert.All(visit.Requests, r => Assert.StartsWith(host.Url + "/", r, StringComparison.Ordinal));
        Assert.All(visit.Complaints, c => Assert.Contains("404", c, StringComparison.Ordinal));
    }

    [ChromiumFact]
    public async Task A_log_that_lost_records_claims_absence_for_itself_alone()
    {
        var log = new SampleLog(EntityId.Create("lot", Chocolate.Key), Chocolate.Events(), origin: SampleLog.Origin + "/i2");
        await using var host = await TestHost.StartAsync(new Scenario(log, Chocolate.Story(log)) { Policy = null });
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, $"{host.Url}/{Scenario.Absent.Key}");
        Assert.Equal("absent", await visit.StateAsync());
        Assert.Contains("goes on from one that lost records", await visit.Page.InnerTextAsync("#verdict-text"), StringComparison.Ordinal);
    }

    public static TheoryData<string> Denials => [.. DenialCases.Keys];

    private static readonly Dictionary<string, (Action<Scenario> Change, string State, string Outcome)> DenialCases = new(StringComparer.Ordinal)
    {
        ["map node"] = (s => ChangeItem(s.Absence["journals"]![0]!["head"]!["siblings"]!.AsArray()), "bad", "completeness/map-proof"),
        ["shared node"] = (s => ChangeItem(s.Absence["nodes"]!.AsArray()), "bad", "inclusion/shared-root"),
        ["neighbour's place"] = (s => s.Absence["journals"]![0]!["head"]!["leaf"] = s.Journal["head"]!["leaf"]!.DeepClone(), "bad", "completeness/map-proof"),
        ["another product's absence"] = (s => s.Absence["journals"]![0]!["entity"]!["key"] = "01/09506000134383", "bad", "bundle/bundle-entity"),
        ["quorum missing"] = (s => s.Absence["checkpoint"] = s.Log.Checkpoint(2), "bad", "cosignatures/quorum"),
        ["map not asked"] = (s => s.Absence["journals"]![0]!.AsObject().Remove("head"), "unknown", "absence-unproven"),
    };

    [ChromiumTheory]
    [MemberData(nameof(Denials))]
    public async Task An_absence_that_is_not_proven_is_not_said(string change)
    {
        var scenario = Scenario.Sound();
        DenialCases[change].Change(scenario);
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await PhoneAsync();
        var visit = await Visit.OpenAsync(profile, $"{host.Url}/{Scenario.Absent.Key}?lang=en");
        await visit.ScreenshotAsync($"absence-denied-{change.Replace(' ', '-')}");
        Assert.Equal(DenialCases[change].State, await visit.StateAsync());
        var codes = DenialCases[change].State == "bad"
            ? await visit.FailuresAsync()
            : await visit.Page.EvalOnSelectorAllAsync<string[]>(".check.not-checked", "rows => rows.map(r => r.dataset.code)");
        Assert.Contains(DenialCases[change].Outcome, codes);
        Assert.DoesNotContain("No such product", await visit.PanelTextAsync(), StringComparison.Ordinal);
    }

    [ChromiumTheory]
    [InlineData(7)]
    [InlineData(0)]
    public async Task A_page_that_denies_a_product_which_the_log_holds_is_red(int shown)
    {
        var scenario = Scenario.Sound();
        scenario.Bundle = scenario.Log.Bundle(shown: shown);
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await PhoneAsync();

        // What is recorded stands at another address, so that the server can say that there is nothing here.
        scenario.DeniesProduct = true;
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang=en");
        await visit.ScreenshotAsync($"denied-{shown}");
        Assert.Equal("bad", await visit.StateAsync());
        Assert.Equal(["absence/recorded"], await visit.FailuresAsync());
        Assert.Contains("the log holds 7 records", await visit.PanelTextAsync(), StringComparison.Ordinal);
    }

    [ChromiumTheory]
    [InlineData("", "ok", "")]
    [InlineData("changed", "bad", "entity/vrf-proof")]
    [InlineData("missing", "bad", "entity/vrf-missing")]
    public async Task A_log_with_a_closed_index_proves_its_indexes(string change, string state, string failure)
    {
        var log = Closed(5);
        var scenario = new Scenario(log, Chocolate.Story(log));
        if (change == "changed")
        {
            scenario.Journal["indexProof"] = Scenario.Changed((string)scenario.Journal["indexProof"]!, 60);
        }
        else if (change == "missing")
        {
            scenario.Journal.Remove("indexProof");
        }

        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal(state, await visit.StateAsync());
        Assert.Equal(failure, (await visit.FailuresAsync()).FirstOrDefault() ?? "");
        var absent = await Visit.OpenAsync(profile, $"{host.Url}/{Scenario.Absent.Key}");
        Assert.Equal("absent", await absent.StateAsync());
    }

    [ChromiumFact]
    public async Task A_log_that_changes_its_index_rule_between_two_visits_is_caught()
    {
        var scenario = new Scenario(Closed(5), Chocolate.Story(Closed(5)));
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        Assert.Equal("ok", await (await Visit.OpenAsync(profile, host.ProductUrl)).StateAsync());
        scenario.Bundle = Closed(6).Bundle();
        scenario.Checkpoint = Closed(6).Checkpoint();
        Assert.Equal(["key-memory/rule-changed"], await (await Visit.OpenAsync(profile, host.ProductUrl)).FailuresAsync());
    }

    private static SampleLog Closed(byte secret)
    {
        Assert.True(VrfPrivateKey.TryCreate([.. Enumerable.Repeat(secret, 32)], out var key, out _));
        return new SampleLog(EntityId.Create("lot", Chocolate.Key), Chocolate.Events(), indexes: new VrfEntityIndex(key));
    }

    private static void ChangeItem(JsonArray array) => array[0] = Scenario.Changed((string)array[0]!, 7);

    private static void Shorten(Scenario scenario)
    {
        scenario.Story["events"]!.AsArray().RemoveAt(6);
        scenario.Story["journal"] = new JsonObject { ["length"] = 6, ["sealed"] = 6 };
        scenario.Story["state"] = new JsonObject();
    }

    private async Task<Visit> OpenAsync(Scenario scenario)
    {
        var host = await TestHost.StartAsync(scenario);
        var profile = await chromium.NewProfileAsync();
        _open.Add(profile);
        _open.Add(host);
        return await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang=en");
    }

    private Task<Microsoft.Playwright.IBrowserContext> PhoneAsync() =>
        chromium.NewProfileAsync(new() { ViewportSize = new() { Width = 360, Height = 780 } });
}
