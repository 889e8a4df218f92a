using System.Text.Json.Nodes;
using ProvenanceGrains.Browser.Tests.Chromium;
using ProvenanceGrains.Browser.Tests.Fixtures;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Browser.Tests.Pages;

/// <summary>One thing is changed, and the page says which.</summary>
[Collection(ChromiumTests.Name)]
public sealed class TamperedPageTests(ChromiumBrowser chromium)
{
    private static readonly SignerKey Stranger = SignerKey.Create("other.example.org", NoteSignatureType.Ed25519, new byte[32]);

    private static readonly Dictionary<string, (Action<Scenario> Change, string[] Failures)> Cases = new(StringComparer.Ordinal)
    {
        ["header version"] = (s => s.ChangeBytes(2, "header", 0), ["header/header-version", "inclusion/shared-root", "chain/previous"]),
        ["header index"] = (s => s.ChangeBytes(2, "header", 5), ["inclusion/shared-root", "entity/index", "chain/previous"]),
        ["header sequence"] = (s => s.ChangeBytes(2, "header", 40), ["inclusion/shared-root", "chain/sequence", "chain/previous"]),
        ["header previous"] = (s => s.ChangeBytes(2, "header", 50), ["inclusion/shared-root", "chain/previous"]),
        ["header time"] = (s => s.ChangeBytes(2, "header", 80), ["inclusion/shared-root", "chain/previous", "facts/fact"]),
        ["header commitment"] = (s => s.ChangeBytes(2, "header", 100), ["inclusion/shared-root", "payload/commitment", "chain/previous"]),
        ["header time far in the future"] = (s => s.ChangeBytes(2, "header", 75), ["inclusion/shared-root", "chain/previous", "chain/time-order", "facts/fact"]),
        ["header of the last record"] = (s => s.ChangeBytes(6, "header", 80), ["completeness/other-end", "inclusion/shared-root", "facts/fact"]),
        ["header cut short"] = (s => s.Entry(6)["header"] = "AAAA", ["bundle/bundle-form"]),
        ["proof node"] = (s => ChangeItem(s.Bundle["nodes"]!.AsArray(), 1), ["inclusion/shared-root"]),
        ["proof node dropped"] = (s => s.Bundle["nodes"]!.AsArray().RemoveAt(0), ["inclusion/shared-length"]),
        ["proof node added"] = (s => s.Bundle["nodes"]!.AsArray().Add((string)s.Bundle["nodes"]![0]!), ["inclusion/shared-length"]),
        ["map node"] = (s => ChangeItem(s.Journal["head"]!["siblings"]!.AsArray(), 1), ["completeness/map-proof"]),
        ["map node dropped"] = (s => s.Journal["head"]!["siblings"]!.AsArray().RemoveAt(0), ["completeness/map-proof"]),
        ["map length"] = (s => s.Journal["head"]!["leaf"]!["length"] = 6, ["completeness/map-proof"]),
        ["map's last record"] = (s => Change(s.Journal["head"]!["leaf"]!, "last", 3), ["completeness/map-proof"]),
        ["map says absent"] = (s => s.Journal["head"]!.AsObject().Remove("leaf"), ["completeness/map-proof"]),
        ["map proof of another"] = (s => s.Journal["head"] = s.Absence["journals"]![0]!["head"]!.DeepClone(), ["completeness/map-proof"]),
        ["block's map root"] = (s => Change(s.Bundle["block"]!, "content", 70), ["block/block-header"]),
        ["block's count"] = (s => Change(s.Bundle["block"]!, "content", 56), ["block/block-size"]),
        ["block's version"] = (s => Change(s.Bundle["block"]!, "content", 0), ["block/block-form"]),
        ["block's header"] = (s => Change(s.Bundle["block"]!, "header", 100), ["block/block-header"]),
        // Where there is one block it is the first and the last: two headers for one leaf.
        ["block's time"] = (s => Change(s.Bundle["block"]!, "header", 80), ["inclusion/leaf-place"]),
        ["both blocks' time"] = (
            s =>
            {
                Change(s.Bundle["block"]!, "header", 80);
                Change(s.Bundle["firstBlock"]!, "header", 80);
            },
            ["inclusion/shared-root"]),
        ["cosignature"] = (s => s.Bundle["checkpoint"] = ChangedSignature(s.Checkpoint, 2), ["cosignatures/signature-wrong"]),
        ["cosignature's time"] = (s => s.Bundle["checkpoint"] = ChangedSignature(s.Checkpoint, 2, 11), ["cosignatures/signature-wrong"]),
        ["quorum missing"] = (s => s.Bundle["checkpoint"] = s.Log.Checkpoint(1), ["cosignatures/quorum"]),
        ["no cosignature at all"] = (s => s.Bundle["checkpoint"] = WithoutCosignatures(s.Checkpoint), ["cosignatures/quorum"]),
        ["policy without quorum"] = (s => s.Policy = SampleLog.Policy.Replace("quorum g\n", "", StringComparison.Ordinal), ["cosignatures/policy-form"]),
        ["policy of another log"] = (s => s.Policy = SampleLog.Policy.Replace($"{SampleLog.Key.Verifier}", $"{Stranger.Verifier}", StringComparison.Ordinal), ["cosignatures/policy-log"]),
        ["index proof on an open log"] = (s => s.Journal["indexProof"] = Convert.ToBase64String(new byte[81]), ["entity/vrf-unasked", "entity/index"]),
        ["unknown member"] = (s => s.Journal["more"] = 1, ["bundle/bundle-form"]),
        ["bundle's format"] = (s => s.Bundle["format"] = "provenancegrains-bundle/v2", ["bundle/bundle-form"]),
        ["leaf index"] = (s => s.Entry(3)["leafIndex"] = 14, ["inclusion/shared-root", "facts/fact"]),
        ["payload content"] = (s => ChangeGroup(s, 4, 4, "content"), ["payload/commitment"]),
        ["payload salt"] = (s => ChangeGroup(s, 4, 4, "salt"), ["payload/commitment"]),
        ["payload author"] = (s => ChangeGroup(s, 4, 3, "content"), ["payload/commitment"]),
        ["payload group missing"] = (s => s.Entry(4)["groups"]!.AsArray().RemoveAt(3), ["payload/groups-count"]),
        ["checkpoint signature"] = (s => s.Bundle["checkpoint"] = ChangedSignature(s.Checkpoint, 0), ["checkpoint-signature/signature-wrong"]),
        ["checkpoint without signature"] = (s => s.Bundle["checkpoint"] = s.Checkpoint[..s.Checkpoint.IndexOf('—', StringComparison.Ordinal)], ["checkpoint-signature/note-form"]),
        ["checkpoint size"] = (s => s.Bundle["checkpoint"] = s.Checkpoint.Replace("\n32\n", "\n33\n", StringComparison.Ordinal), ["checkpoint-signature/signature-wrong"]),
        ["checkpoint origin"] = (s => s.Bundle["checkpoint"] = "x" + s.Checkpoint, ["checkpoint-signature/origin"]),
        ["published checkpoint"] = (s => s.Checkpoint = ChangedSignature(s.Checkpoint, 0), ["published-checkpoint/signature-wrong"]),
        ["another key"] = (s => s.VerifierKey = s.VerifierKey.Replace("+A", "+B", StringComparison.Ordinal), ["key/vkey-type"]),
        ["swapped records"] = (SwapRecords, ["chain/sequence", "completeness/other-end", "facts/fact"]),
        ["dropped record"] = (s => s.Journal["entries"]!.AsArray().RemoveAt(3), ["chain/sequence", "inclusion/shared-length", "facts/fact", "facts/not-in-history", "origins/origin-foreign"]),
        ["last record held back"] = (s => s.Bundle = s.Log.Bundle(shown: 6), ["facts/not-in-history", "state/fact"]),
        ["another product's bundle"] = (s => s.Bundle = s.Absence, ["bundle/bundle-entity"]),
        ["another product's page"] = (s => { s.Story["entity"]!["key"] = "01/09506000134352/21/18"; s.Journal["entity"]!["key"] = "01/09506000134352/21/18"; }, ["completeness/map-proof", "entity/entity-group", "entity/index", "product/fact"]),
        ["absence of a product that is there"] = (s => s.Bundle = ClaimAbsence(s), ["completeness/map-proof", "facts/not-in-history", "origins/origin-foreign"]),
        ["story: step"] = (s => s.Story["events"]![1]!["bizStep"] = "retail_selling", ["facts/fact"]),
        ["story: condition left out"] = (s => s.Story["events"]![1]!["disposition"] = null, ["facts/fact"]),
        ["story: time"] = (s => s.Story["events"]![1]!["eventTime"] = "2026-10-26T07:30:00.000Z", ["facts/fact"]),
        ["story: a second later"] = (s => s.Story["events"]![1]!["eventTime"] = "2026-10-27T07:30:01.000Z", ["facts/fact"]),
        ["story: place"] = (s => s.Story["events"]![1]!["readPoint"] = "https://id.gs1.org/414/9506000134048", ["facts/fact"]),
        ["story: role"] = (s => s.Story["events"]![3]!["role"] = "input", ["facts/fact"]),
        ["story: event id"] = (s => s.Story["events"]![1]!["eventID"] = "urn:uuid:00000000-0000-4000-8000-999999999999", ["facts/fact"]),
        ["story: record time"] = (s => s.Story["events"]![1]!["recordTime"] = "2020-01-01T00:00:00.000Z", ["facts/fact"]),
        ["story: captured event"] = (s => s.Story["events"]![3]!["event"]!["inputQuantityList"]![0]!["quantity"] = 35.6, ["facts/fact"]),
        ["story: hidden record"] = (s => s.Story["events"]!.AsArray().RemoveAt(2), ["facts/hidden"]),
        ["story: record twice"] = (s => s.Story["events"]!.AsArray().Add(s.Story["events"]![6]!.DeepClone()), ["facts/shown-twice"]),
        ["story: invented record"] = (Invent, ["facts/not-in-history"]),
        ["story: state"] = (s => s.Story["state"]!["disposition"] = "conformant", ["state/fact"]),
        ["story: last seen"] = (s => s.Story["state"]!["lastSeen"] = "2026-11-20T07:30:00.000Z", ["state/fact"]),
        ["story: location"] = (s => s.Story["state"]!["location"] = "https://id.gs1.org/414/9506000134000", ["state/fact"]),
        ["story: detail"] = (s => s.Story["ilmd"]!["cbvmda:bestBeforeDate"] = "2029-05-20", ["product/fact"]),
        ["story: number"] = (s => s.Story["identifiers"]![0]!["value"] = "09506000134369", ["product/fact"]),
        ["story: origin"] = (s => s.Story["origins"]![0]!["key"] = "01/09506000134000/10/COCOA-2", ["origins/origin-foreign"]),
        ["page: step"] = (s => s.EditPage = page => page.Replace(">Loaded<", ">Inspected<", StringComparison.Ordinal), ["facts/fact"]),
        ["page: sensor"] = (s => s.EditPage = page => page.Replace(">Temperature 14.5", ">Temperature 4.5", StringComparison.Ordinal), ["facts/fact"]),
        ["page: time"] = (s => s.EditPage = page => page.Replace(">27 Oct 2026, 07:30 UTC<", ">26 Oct 2026, 07:30 UTC<", StringComparison.Ordinal), ["facts/fact"]),
        ["page: detail"] = (s => s.EditPage = page => page.Replace(">2028-05-20<", ">2028-05-21<", StringComparison.Ordinal), ["product/fact"]),
        ["page: origin"] = (s => s.EditPage = page => page.Replace(">01/09506000134000/10/COCOA-1<", ">01/09506000134000/10/COCOA-2<", StringComparison.Ordinal), ["origins/origin-foreign"]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [ChromiumTheory]
    [MemberData(nameof(Names))]
    public async Task A_change_turns_the_page_red_and_is_named(string change)
    {
        var scenario = Scenario.Sound();
        Cases[change].Change(scenario);
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang=en");
        Assert.Equal("bad", await visit.StateAsync());
        Assert.Contains("Do not trust this page", await visit.PanelTextAsync(), StringComparison.Ordinal);
        Assert.Equal(Sorted(Cases[change].Failures), Sorted(await visit.FailuresAsync()));
        Assert.Empty(visit.Complaints);
    }

    [ChromiumTheory]
    [InlineData("en", 1280, "#4: The payload does not match the commitment in the header (bytes 81 to 112).")]
    [InlineData("zh", 360, "#4: 内容与记录头中的承诺（第 81 至 112 字节）不符。")]
    [InlineData("en", 360, "#4: The payload does not match the commitment in the header (bytes 81 to 112).")]
    public async Task The_record_and_the_bytes_are_named_in_the_readers_language(string lang, int width, string sentence)
    {
        var scenario = Scenario.Sound();
        ChangeGroup(scenario, 4, 4, "content");
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
        var visit = await Visit.OpenAsync(profile, $"{host.ProductUrl}?lang={lang}");
        await visit.ScreenshotAsync($"red-{width}-{lang}");
        Assert.Contains(sentence, await visit.PanelTextAsync(), StringComparison.Ordinal);
        Assert.Equal("bad", await visit.Page.Locator("#events .event").Nth(4).GetAttributeAsync("data-verified"));
        Assert.Equal("ok", await visit.Page.Locator("#events .event").Nth(3).GetAttributeAsync("data-verified"));
    }

    [ChromiumFact]
    public async Task A_log_that_goes_back_between_two_visits_is_caught()
    {
        var scenario = Scenario.Sound();
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        Assert.Equal("ok", await (await Visit.OpenAsync(profile, host.ProductUrl)).StateAsync());

        // The same log without the last strangers: everything in it verifies, but it is shorter than it was.
        var shorter = new SampleLog(Ledger.Entries.EntityId.Create("lot", Chocolate.Key), Chocolate.Events(), strangers: 2);
        scenario.Bundle = shorter.Bundle();
        scenario.Story = Chocolate.Story(shorter);
        scenario.Checkpoint = shorter.Checkpoint();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal("bad", await visit.StateAsync());
        Assert.Equal(["checkpoint-memory/went-back"], await visit.FailuresAsync());
        Assert.Contains("The log showed a different history", await visit.PanelTextAsync(), StringComparison.Ordinal);
        Assert.Contains("The records and this page fit each other", await visit.Page.InnerTextAsync("#verdict-text"), StringComparison.Ordinal);
        Assert.DoesNotContain("did not go back", await visit.PanelTextAsync(), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Proofs_that_cannot_be_read_are_told_by_the_servers_own_reason()
    {
        var scenario = Scenario.Sound();
        scenario.BundleStatus = 500;
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal("unknown", await visit.StateAsync());
        Assert.Contains("500, An error occurred", await visit.Page.InnerTextAsync("#verdict-text"), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task A_log_of_the_same_size_with_another_root_is_caught()
    {
        var scenario = Scenario.Sound();
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        Assert.Equal("ok", await (await Visit.OpenAsync(profile, host.ProductUrl)).StateAsync());

        var events = Chocolate.Events();
        events[5]["parentID"] = "urn:epc:id:sscc:9506000.0134352002";
        var other = new SampleLog(Ledger.Entries.EntityId.Create("lot", Chocolate.Key), events);
        scenario.Bundle = other.Bundle();
        scenario.Story["events"]![5]!["event"] = events[5].DeepClone();
        scenario.Checkpoint = other.Checkpoint();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal(["checkpoint-memory/split-view"], await visit.FailuresAsync());
    }

    [ChromiumFact]
    public async Task A_key_that_changes_between_two_visits_is_caught()
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        await visit.Page.EvaluateAsync(
            "() => localStorage.setItem('provenance.log', localStorage.getItem('provenance.log').replace('log.example.org', 'log.example.net'))");
        await visit.Page.ReloadAsync();
        await visit.Page.WaitForSelectorAsync("#verify[data-done]");
        Assert.Equal(["key-memory/key-changed"], await visit.FailuresAsync());
    }

    [ChromiumFact]
    public async Task A_failed_check_is_not_remembered()
    {
        var scenario = Scenario.Sound();
        scenario.ChangeBytes(2, "header", 80);
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Null(await visit.Page.EvaluateAsync<string?>("() => localStorage.getItem('provenance.log')"));
    }

    [ChromiumFact]
    public async Task An_erased_content_keeps_every_proof_but_its_facts_are_not_green()
    {
        var scenario = Scenario.Sound();
        SampleLog.Withhold(scenario.Entry(4), 4);
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Empty(await visit.FailuresAsync());
        Assert.Equal("unknown", await visit.StateAsync());
        Assert.Equal("unknown", await visit.Page.Locator("#events .event").Nth(4).GetAttributeAsync("data-verified"));
        Assert.Equal(1, await visit.Page.Locator(".check.pass[data-check=payload]").CountAsync());
    }

    [ChromiumFact]
    public async Task An_erased_author_leaves_the_page_green()
    {
        var scenario = Scenario.Sound();
        SampleLog.Withhold(scenario.Entry(4), 3);
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        Assert.Equal("ok", await (await Visit.OpenAsync(profile, host.ProductUrl)).StateAsync());
    }

    [ChromiumFact]
    public async Task Proofs_that_cannot_be_loaded_are_amber_and_say_so()
    {
        var scenario = Scenario.Sound();
        scenario.Story["links"]!["bundle"] = "/entities/lot/none/bundle";
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.Equal("unknown", await visit.StateAsync());
        Assert.Contains("/entities/lot/none/bundle: 404", await visit.PanelTextAsync(), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task A_page_without_the_newest_record_is_amber()
    {
        var scenario = Scenario.Sound();
        scenario.Story["events"]!.AsArray().RemoveAt(6);
        scenario.Story["journal"] = new JsonObject { ["length"] = 6, ["sealed"] = 6 };
        await using var host = await TestHost.StartAsync(scenario);
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.ProductUrl);
        Assert.NotEqual("ok", await visit.StateAsync());
    }

    // A record that fails can fail as often as there are records; what matters here is which checks catch it.
    private static string[] Sorted(string[] failures) => [.. failures.Distinct().Order(StringComparer.Ordinal)];

    private static void ChangeItem(JsonArray array, int item) => array[item] = Scenario.Changed((string)array[item]!, 7);

    private static void ChangeGroup(Scenario scenario, int entry, int group, string member)
    {
        var node = scenario.Entry(entry)["groups"]![group - 1]!;
        node[member] = Scenario.Changed((string)node[member]!, 9);
    }

    private static void Change(JsonNode node, string member, int at) => node[member] = Scenario.Changed((string)node[member]!, at);

    /// <summary>The note with one bit of one of its signatures changed; number 0 is the log's.</summary>
    private static string ChangedSignature(string note, int number, int at = 40)
    {
        var lines = note.Split('\n');
        var line = Array.FindIndex(lines, l => l.StartsWith('—')) + number;
        var words = lines[line].Split(' ');
        lines[line] = $"{words[0]} {words[1]} {Scenario.Changed(words[2], at)}";
        return string.Join('\n', lines);
    }

    private static string WithoutCosignatures(string note) =>
        string.Concat(note.Split('\n').Where(line => !line.Contains("— w", StringComparison.Ordinal)).Select((line, i) => i == 0 ? line : "\n" + line));

    /// <summary>The subject without entries, and the map's word on a neighbour.</summary>
    private static JsonObject ClaimAbsence(Scenario scenario)
    {
        var bundle = scenario.Absence.DeepClone().AsObject();
        bundle["journals"]![0]!["entity"]!["key"] = Chocolate.Key;
        return bundle;
    }

    private static void SwapRecords(Scenario scenario)
    {
        var entries = scenario.Journal["entries"]!.AsArray();
        var (a, b) = (entries[5]!.DeepClone(), entries[6]!.DeepClone());
        entries[5] = b;
        entries[6] = a;
    }

    private static void Invent(Scenario scenario)
    {
        var invented = scenario.Story["events"]![6]!.DeepClone();
        invented["sequence"] = 7;
        invented["leafIndex"] = 30;
        scenario.Story["events"]!.AsArray().Add(invented);
        scenario.Story["journal"] = new JsonObject { ["length"] = 8, ["sealed"] = 8 };
    }
}
