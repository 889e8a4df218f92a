using System.Text;
using ProvenanceGrains.Browser.Tests.Chromium;
using ProvenanceGrains.Browser.Tests.Fixtures;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Vrf;
using ProvenanceGrains.Web.Serving;

namespace ProvenanceGrains.Browser.Tests.Verifier;

/// <summary>The verifiable random function in JavaScript, against the RFC's examples and the ledger's own proofs.</summary>
[Collection(ChromiumTests.Name)]
public sealed class VrfVerifierTests(ChromiumBrowser chromium)
{
    private const string Verify =
        """
        async ([vrf, bytes, key, alpha, proof]) => {
          const [v, b] = [await import(vrf), await import(bytes)];
          const hex = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
          try { return b.toHex(await v.verifyVrf(hex(key), hex(alpha), hex(proof))); } catch (error) { return error.code ?? `${error}`; }
        }
        """;

    // RFC 9381 appendix B.1, examples 10 and 11.
    [ChromiumTheory]
    [InlineData(
        "sample",
        "035b5c726e8c0e2c488a107c600578ee75cb702343c153cb1eb8dec77f4b5071b4a53f0a46f018bc2c56e58d383f2305e0975972c26feea0eb122fe7893c15af376b33edf7de17c6ea056d4d82de6bc02f",
        "a3ad7b0ef73d8fc6655053ea22f9bede8c743f08bbed3d38821f0e16474b505e")]
    [InlineData(
        "test",
        "034dac60aba508ba0c01aa9be80377ebd7562c4a52d74722e0abae7dc3080ddb56c19e067b15a8a8174905b13617804534214f935b94c2287f797e393eb0816969d864f37625b443f30f1a5a33f2b3c854",
        "a284f94ceec2ff4b3794629da7cbafa49121972671b466cab4ce170aa365f26d")]
    public async Task The_examples_of_RFC_9381_hold_and_no_changed_bit_does(string alpha, string proof, string output)
    {
        const string Key = "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync();
        var page = (await Visit.OpenAsync(profile, host.Url, awaitVerdict: false)).Page;
        Task<string> RunAsync(string key, byte[] input, string pi) => page.EvaluateAsync<string>(
            Verify, new[] { AssetCatalog.Path("vrf.js"), AssetCatalog.Path("bytes.js"), key, Convert.ToHexStringLower(input), pi });

        Assert.Equal(output, await RunAsync(Key, Encoding.ASCII.GetBytes(alpha), proof));
        Assert.Equal("vrf-proof", await RunAsync(Key, Encoding.ASCII.GetBytes(alpha + "x"), proof));
        Assert.Equal("vrf-proof", await RunAsync("02" + Key[2..], Encoding.ASCII.GetBytes(alpha), proof));
        for (var at = 0; at < proof.Length; at += 18)
        {
            var changed = Convert.FromHexString(proof);
            changed[at / 2] ^= 4;
            Assert.Equal("vrf-proof", await RunAsync(Key, Encoding.ASCII.GetBytes(alpha), Convert.ToHexStringLower(changed)));
        }
    }

    [ChromiumTheory]
    [InlineData("lot", "01/09506000134352")]
    [InlineData("lot", "01/09506000134352/21/17")]
    [InlineData("lot", "01/09506000134352/10/21/21/a%2Fb")]
    [InlineData("lot", "01/09506000134352/10/21/x")]
    [InlineData("lot", "00/095060001343520017")]
    [InlineData("party", "可可/21/7")]
    public async Task The_index_of_an_entity_is_the_ledgers(string kind, string key)
    {
        Assert.True(VrfPrivateKey.TryCreate([.. Enumerable.Repeat((byte)5, 32)], out var secret, out _));
        var indexes = new VrfEntityIndex(secret);
        var entity = EntityId.Create(kind, key);
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync();
        var page = (await Visit.OpenAsync(profile, host.Url, awaitVerdict: false)).Page;
        var index = await page.EvaluateAsync<string>(
            """
            async ([vrf, bytes, kind, key, publicKey, proof]) => {
              const [v, b] = [await import(vrf), await import(bytes)];
              return b.toBase64(await v.vrfIndex(b.fromBase64(publicKey), kind, key, b.fromBase64(proof)));
            }
            """,
            new[]
            {
                AssetCatalog.Path("vrf.js"), AssetCatalog.Path("bytes.js"), kind, key, secret.Public.ToString(),
                Convert.ToBase64String(indexes.Prove(entity)!.Vrf.Span),
            });
        Assert.Equal(indexes.Compute(entity).Value.ToBase64(), index);
    }
}
