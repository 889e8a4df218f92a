using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Ledger.Vrf;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>With <c>--index vrf</c> the public files do not tell what they are about, and answers prove their indexes.</summary>
public sealed class QuietLogTests : IDisposable
{
    private const string Product = "01/09521234000037";
    private const string Item = Product + "/21/QUIETSERIAL1";
    private const string Lot = Product + "/10/QUIETLOT";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-quiet-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task No_name_key_id_or_identifier_is_found_in_the_public_files() =>
        Assert.Empty(await SearchAsync("vrf"));

    [Fact]
    public async Task The_same_search_finds_them_by_their_hashes_where_the_index_is_open()
    {
        var found = await SearchAsync("hash");
        Assert.Contains(found, hit => hit.Contains("index of lot/" + Item, StringComparison.Ordinal));
        Assert.Contains(found, hit => hit.Contains("index of lot/" + Lot, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Item)]
    [InlineData(Lot)]
    public async Task A_history_proves_its_index_under_the_logs_vrf_key_and_under_no_other(string key)
    {
        await using var silo = await StartAsync("vrf");
        var trust = await silo.GetAsync("/log/vkey");
        var json = await silo.GetAsync($"/entities/lot/{key}/journal");
        Assert.True(VrfPublicKey.TryParseText(Encoding.UTF8.GetString(await silo.GetAsync("/log/vrf")), out var vrf, out var error), error);

        var verdict = OfflineVerifier.VerifyHistory(json, trust, new IndexRule.Vrf(vrf));
        Assert.True(verdict.IsSound, verdict.ToString());
        Assert.Contains(verdict.Checks, check => check is { Name: "index proof", Outcome: CheckOutcome.Passed });

        Assert.False(OfflineVerifier.VerifyHistory(json, trust).IsSound);
        Assert.True(VrfPrivateKey.TryCreate([.. Enumerable.Repeat((byte)1, 32)], out var other, out _));
        Assert.False(OfflineVerifier.VerifyHistory(json, trust, new IndexRule.Vrf(other.Public)).IsSound);
        Assert.True(HistoryJson.TryParse(json, out var history, out error), error);
        Assert.False(OfflineVerifier.VerifyHistory(
            HistoryJson.Write(history with { IndexProof = null }), trust, new IndexRule.Vrf(vrf)).IsSound);
        Assert.False(OfflineVerifier.VerifyHistory(
            HistoryJson.Write(history with { Entity = EntityId.Create("lot", Product) }), trust, new IndexRule.Vrf(vrf)).IsSound);
    }

    [Fact]
    public async Task The_whole_log_checks_and_so_does_the_sealers_own_journal()
    {
        await using var silo = await StartAsync("vrf");
        var key = silo.Services.GetRequiredService<VerifierKey>();
        var rule = silo.Services.GetRequiredService<IEntityIndexFunction>().Rule;
        var log = silo.Services.GetRequiredService<ILogReader>();
        Assert.NotEmpty(await new LogChecker(key, rule).CheckAsync(log));
        var block = await log.ReadBlockAsync(0, CancellationToken.None);
        Assert.Equal(243, block!.Length);

        var chain = await silo.GetAsync($"/entities/chain/{Uri.EscapeDataString(key.Name)}/journal");
        var trust = await silo.GetAsync("/log/vkey");
        var verdict = OfflineVerifier.VerifyHistory(chain, trust, rule);
        Assert.True(verdict.IsSound, verdict.ToString());
    }

    [Fact]
    public async Task Where_the_index_is_open_there_is_no_vrf_key_and_no_proof()
    {
        await using var silo = await StartAsync("hash");
        using var answer = await silo.Client.GetAsync("/log/vrf");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        Assert.False((await silo.GetJsonAsync($"/entities/lot/{Item}/journal")).TryGetProperty("indexProof", out _));
    }

    private async Task<SiloInFolder> StartAsync(string index)
    {
        var silo = await SiloInFolder.StartAsync(_folder.FullName, index);
        await silo.SealAsync(
            Documents.Event("QUIETSERIAL1", "https://events.example/QUIETEVENT1"),
            Documents.Event("QUIETSERIAL1", step: "receiving", extra: "\"example:maker\":\"Quietmaker Ltd\","),
            Documents.Event("QUIETSERIAL2", extra: $$"""
                "quantityList":[{"epcClass":"https://id.gs1.org/{{Lot}}","quantity":5}],
                """));
        return silo;
    }

    /// <summary>Where in what the log publishes something of the traffic shows.</summary>
    private async Task<List<string>> SearchAsync(string index)
    {
        await using var silo = await StartAsync(index);
        var needles = Needles(await TextsAsync(silo)).ToList();
        var found = new List<string>();
        var files = await PublishedAsync(silo);
        Assert.Contains(files, file => file.Name.Contains("tile/entries", StringComparison.Ordinal) && file.Content.Length > 300);
        foreach (var (name, content) in files)
        {
            found.AddRange(needles
                .Where(needle => content.AsSpan().IndexOf(needle.Bytes) >= 0)
                .Select(needle => $"{name}: {needle.What}"));
        }

        return found;
    }

    /// <summary>Every file below <c>log/</c>, and every answer below <c>/log/</c> that the silo's own description names.</summary>
    private async Task<List<(string Name, byte[] Content)>> PublishedAsync(SiloInFolder silo)
    {
        var log = Path.Combine(_folder.FullName, "log");
        var files = Directory.GetFiles(log, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(log, file)).ToList();
        var published = files.Select(file => (file, File.ReadAllBytes(Path.Combine(log, file)))).ToList();
        var description = await silo.GetJsonAsync("/openapi/v1.json");
        var routes = description.GetProperty("paths").EnumerateObject()
            .Select(path => path.Name).Where(path => path.StartsWith("/log/", StringComparison.Ordinal)).ToList();
        Assert.Contains("/log/tile/{path}", routes);
        var paths = routes.Where(route => !route.Contains('{', StringComparison.Ordinal))
            .Concat(files.Where(file => file.StartsWith("tile", StringComparison.Ordinal)).Select(file => "/log/" + file.Replace('\\', '/')));
        foreach (var path in paths)
        {
            using var answer = await silo.Client.GetAsync(path);
            published.Add(("GET " + path, await answer.Content.ReadAsByteArrayAsync()));
        }

        return published;
    }

    /// <summary>All that the traffic and its payloads say in words: identifiers in every form, names, key ids, requests.</summary>
    private static async Task<HashSet<string>> TextsAsync(SiloInFolder silo)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal)
        {
            "09521234000037", "9521234", Product, Lot, Item,
            "urn:epc:id:sgtin:9521234.000003.QUIETSERIAL1", "urn:epc:idpat:sgtin:9521234.000003.*",
            "urn:epc:class:lgtin:9521234.000003.QUIETLOT",
            "QUIETSERIAL1", "QUIETSERIAL2", "QUIETLOT", "QUIETEVENT1", "https://events.example/QUIETEVENT1", "Quietmaker Ltd",
            RunningSilo.ApiKey, "script",
        };
        foreach (var key in (string[])[Item, Lot])
        {
            texts.Add("https://id.gs1.org/" + key);
            var journal = await silo.GetJsonAsync($"/entities/lot/{key}/journal");
            foreach (var group in journal.GetProperty("entries").EnumerateArray().SelectMany(entry => entry.GetProperty("groups").EnumerateArray()))
            {
                var content = group.GetProperty("content").GetBytesFromBase64();
                if (Payload.TryDecodePair(content, out var first, out var second))
                {
                    texts.UnionWith([first, second]);
                }
                else
                {
                    AddStrings(JsonDocument.Parse(content).RootElement, texts);
                }
            }
        }

        // Words so short stand in any random bytes.
        texts.RemoveWhere(text => text.Length < 6);
        Assert.Contains(texts, text => text.Contains("Quietmaker", StringComparison.Ordinal));
        return texts;
    }

    private static void AddStrings(JsonElement element, HashSet<string> texts)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            texts.Add(element.GetString()!);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            element.EnumerateArray().ToList().ForEach(item => AddStrings(item, texts));
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            element.EnumerateObject().ToList().ForEach(member => AddStrings(member.Value, texts));
        }
    }

    /// <summary>Each text itself, its hash, and the open index of each kind of entity of that name: as bytes, hexadecimal and base64.</summary>
    private static IEnumerable<(string What, byte[] Bytes)> Needles(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            yield return (text, utf8);
            var hashes = new List<(string What, Hash256 Hash)> { ("SHA-256 of " + text, Hash256.Sha256(utf8)) };
            foreach (var kind in (string[])["lot", "party", "place", "subject", "customer", "capture"])
            {
                if (EntityId.TryCreate(kind, text, out var entity, out _))
                {
                    hashes.Add(("index of " + entity, HashedEntityIndex.Instance.Compute(entity).Value));
                }
            }

            foreach (var (what, hash) in hashes)
            {
                yield return (what, hash.ToArray());
                yield return (what + " in hexadecimal", Encoding.ASCII.GetBytes(hash.ToHex()));
                yield return (what + " in base64", Encoding.ASCII.GetBytes(hash.ToBase64()));
            }
        }
    }
}
