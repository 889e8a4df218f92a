using System.Text;
using System.Text.Json.Nodes;
using ProvenanceGrains.Browser.Tests.Chromium;
using ProvenanceGrains.Browser.Tests.Fixtures;
using ProvenanceGrains.Epcis.Samples;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Silo.Hosting;
using ProvenanceGrains.Web.Serving;

namespace ProvenanceGrains.Browser.Tests.Verifier;

/// <summary>
/// Two verifiers that share no code come to the same verdict, over bundles of a running engine and over what random changes make of them.
/// </summary>
[Collection(ChromiumTests.Name)]
public sealed class AgreementTests(ChromiumBrowser chromium) : IDisposable
{
    private const int Mutations = 120;
    private const string Refused = "refused";

    private const string Judge =
        """
        async ([verifier, vkey, policy, ...documents]) => {
          const { verifyBundle } = await import(verifier);
          const verdicts = [];
          for (const document of documents) {
            const bundle = JSON.parse(document);
            const entity = bundle.journals?.[0]?.entity ?? { kind: '', key: '' };
            const { report, extent } = await verifyBundle({ vkey, policy: policy === '' ? null : policy, bundle, published: null, entity, memory: null });
            verdicts.push(report.verdict() === 'ok' ? extent : 'refused');
          }
          return verdicts;
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-agreement-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ChromiumTheory]
    [InlineData("hash", 1)]
    [InlineData("vrf", 2)]
    public async Task Over_bundles_of_the_engine(string index, int seed)
    {
        await using var silo = await SiloHost.StartAsync(
            new Dictionary<string, string?>
            {
                ["urls"] = "http://127.0.0.1:0",
                ["Provenance:Data"] = _folder.FullName,
                ["Provenance:Demo"] = "true",
                ["Provenance:Index"] = index,
                ["Logging:LogLevel:Default"] = "Warning",
            },
            CancellationToken.None);
        using var http = new HttpClient { BaseAddress = new Uri(silo.Addresses[0]) };
        var vkey = await http.GetStringAsync(new Uri("/log/vkey", UriKind.Relative));
        using var demo = System.Text.Json.JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "demo.json")));
        var bar = SupplyChain.Highlights(new SupplyChainOptions { Start = demo.RootElement.GetProperty("start").GetDateTimeOffset() })[0].Path;

        // The page waits until its records are sealed.
        await using var profile = await chromium.NewProfileAsync();
        Assert.Equal("ok", await (await Visit.OpenAsync(profile, silo.Addresses[0] + bar)).StateAsync());
        Assert.Equal("absent", await (await Visit.OpenAsync(profile, $"{silo.Addresses[0]}/{Scenario.Absent.Key}")).StateAsync());
        var whole = await http.GetStringAsync(new Uri($"/entities/lot{bar}/bundle", UriKind.Relative));
        var absent = await http.GetStringAsync(new Uri($"/entities/lot/{Scenario.Absent.Key}/bundle", UriKind.Relative));

        Assert.Equal("complete", await CompareAsync(silo.Addresses[0], vkey, "", whole, seed));
        Assert.Equal("absent", await CompareAsync(silo.Addresses[0], vkey, "", absent, seed));
    }

    [ChromiumFact]
    public async Task Over_bundles_that_witnesses_cosigned()
    {
        var scenario = Scenario.Sound();
        await using var host = await TestHost.StartAsync(scenario);
        Assert.Equal("complete", await CompareAsync(host.Url, scenario.VerifierKey, SampleLog.Policy, scenario.Bundle.ToJsonString(), 3));
        Assert.Equal("incomplete", await CompareAsync(host.Url, scenario.VerifierKey, SampleLog.Policy, scenario.Log.Bundle(shown: 4).ToJsonString(), 4));

        // Two journals, each once as the subject and once as what it rests on.
        var wholeFirst = scenario.Bundle.DeepClone().AsObject();
        wholeFirst["journals"]!.AsArray().Add(scenario.Absence["journals"]![0]!.DeepClone());
        Assert.Equal("complete", await CompareAsync(host.Url, scenario.VerifierKey, SampleLog.Policy, wholeFirst.ToJsonString(), 5));
        var absentFirst = scenario.Bundle.DeepClone().AsObject();
        absentFirst["journals"]!.AsArray().Insert(0, scenario.Absence["journals"]![0]!.DeepClone());
        Assert.Equal("absent", await CompareAsync(host.Url, scenario.VerifierKey, SampleLog.Policy, absentFirst.ToJsonString(), 6));
    }

    /// <summary>Compares the verdicts on a bundle and on its mutations.</summary>
    /// <returns>Both verifiers' verdict on the bundle itself.</returns>
    private async Task<string> CompareAsync(string url, string vkey, string policy, string bundle, int seed)
    {
        var random = new Random(seed);
        var original = JsonNode.Parse(bundle)!.AsObject();
        List<(string Json, string What)> documents = [(bundle, "unchanged")];
        for (var i = 0; i < Mutations; i++)
        {
            var (document, what) = BundleMutation.Apply(original, random);
            documents.Add((document.ToJsonString(), what));
        }

        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, url, awaitVerdict: false);
        var browser = await visit.Page.EvaluateAsync<string[]>(
            Judge, (string[])[AssetCatalog.Path("verifier.js"), vkey, policy, .. documents.Select(document => document.Json)]);
        var trusted = Trust(vkey, policy);
        var differing = documents.Select((document, i) => (document.What, Ledger: Verdict(document.Json, trusted), Browser: browser[i]))
            .Where(verdict => verdict.Ledger != verdict.Browser)
            .Select(verdict => verdict.ToString());
        Assert.Empty(differing);

        // A change that neither notices would prove nothing about either.
        Assert.InRange(browser.Count(verdict => verdict == Refused), Mutations * 3 / 4, Mutations);
        return browser[0];
    }

    private static LogPolicy Trust(string vkey, string policy)
    {
        var text = policy.Length > 0 ? policy : $"log {vkey.TrimEnd()}\nquorum none\n";
        Assert.True(LogPolicy.TryParse(Encoding.UTF8.GetBytes(text), out var trusted, out var error), error);
        return trusted;
    }

    private static string Verdict(string json, LogPolicy policy) =>
        !BundleJson.TryParse(Encoding.UTF8.GetBytes(json), out var bundle, out _)
            ? Refused
            : BundleVerifier.Verify(bundle, policy).State switch
            {
                BundleState.Complete => "complete",
                BundleState.Incomplete => "incomplete",
                BundleState.Absent => "absent",
                BundleState.Forged or BundleState.Untrusted => Refused,
            };
}
