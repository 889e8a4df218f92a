using System.Net;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Api.Tests.Hosting;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.StructuredFields;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Api.Tests.Parties;

/// <summary>Guarantee G10, who said it is provable, over HTTP and out of the published log.</summary>
public sealed class G10_SignedCaptureTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    [Theory]
    [InlineData("es256-party", true)]
    [InlineData("ed25519-party", false)]
    public async Task A_signed_capture_is_taken_and_the_published_log_says_who_signed_it(string party, bool p256)
    {
        var signer = p256 ? Signer.NewP256() : Signer.NewEd25519();
        await silo.RegisterAsync(party, signer);
        var post = signer.Post(silo.Address, "/capture", party, Documents.Of(Documents.Event($"{party}-1"), Documents.Event($"{party}-2")));
        using var answer = await post.SendAsync(silo);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var job = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(2, job.GetProperty("events").GetArrayLength());

        var jobId = job.GetProperty("captureID").GetString()!;
        var capture = await SealedAsync($"/entities/capture/{jobId}/journal", 1);
        var journal = await SealedAsync($"/entities/party/{party}/journal", 2);
        var signed = Assert.Single(capture);
        Assert.Equal(SignedCapture.EntryType, Pair(signed, FieldGroup.Type).First);
        var verdict = AuthorshipVerifier.Verify(
            new SignedEntry(Content(signed), Pair(signed, FieldGroup.Author).First, TimeOf(signed), signed.LeafIndex),
            [.. journal.Select(entry => new PartyLogEntry(Pair(entry, FieldGroup.Type).First, Content(entry), TimeOf(entry), entry.LeafIndex))]);
        Assert.True(verdict.IsValid, verdict.Reason);
        Assert.Equal((party, signer.Key.Id), (verdict.Party!.Id, verdict.KeyId));
        Assert.Equal(post.Body, Encoding.UTF8.GetString(verdict.Body.Span));

        // Every entry of the unit names the key and the job.
        var product = await SealedAsync($"/entities/lot/01/09521234000037/21/{party}-1/journal", 1);
        Assert.Equal((signer.Key.Id, jobId), Pair(product[0], FieldGroup.Author));
    }

    [Theory]
    [InlineData("content", true)]
    [InlineData("author", false)]
    public async Task What_is_withheld_from_a_bundle_is_not_in_the_signed_document_beside_it(string withheld, bool namesParty)
    {
        var (party, signer) = ($"discreet-{withheld}", Signer.NewEd25519());
        await silo.RegisterAsync(party, signer);
        var post = signer.Post(silo.Address, "/capture", party, Documents.Of(Documents.Event($"hush-{withheld}")));
        using var answer = await post.SendAsync(silo);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var path = $"/entities/lot/01/09521234000037/21/hush-{withheld}/";
        await SealedAsync(path + "journal", 1);
        var vkey = await silo.Client.GetByteArrayAsync("/log/vkey");
        Assert.Single(OfflineVerifier.VerifyBundle(await silo.Client.GetByteArrayAsync(path + "bundle"), vkey).Authors);

        var bytes = await silo.Client.GetByteArrayAsync($"{path}bundle?withhold={withheld}");
        var verdict = OfflineVerifier.VerifyBundle(bytes, vkey);

        Assert.True(verdict.State == BundleState.Complete, verdict.Verdict.ToString());
        Assert.Contains("1 entries come without a signature that could be checked here", verdict.Verdict.ToString(), StringComparison.Ordinal);
        Assert.True(BundleJson.TryParse(bytes, out var bundle, out var error), error);
        Assert.Equal(namesParty, bundle.Journals.Any(journal => journal.Entity.Key == party));
        Assert.DoesNotContain(
            bundle.Journals.SelectMany(journal => journal.Entries).Select(entry => entry.Groups[^1]),
            group => SignedCapture.TryParse(group.Content, out _, out _));
    }

    [Fact]
    public async Task Each_attack_on_a_signed_request_is_refused_by_the_name_of_its_part_and_changes_nothing()
    {
        var (mine, others) = (Signer.NewP256(), Signer.NewEd25519());
        await silo.RegisterAsync("victim", mine, validity: ",\"validFrom\":\"2020-01-01T00:00:00Z\"");
        await silo.RegisterAsync("rival", others);
        var before = await silo.MetricAsync("provenance_store_entries");
        var good = mine.Post(silo.Address, "/capture", "victim", Documents.Of(Documents.Event("V1")));

        Assert.Equal("content-digest", await Refusal(good with { Body = Documents.Of(Documents.Event("V2")) }));
        Assert.Equal("signature", await Refusal(good.With("Signature", $"sig=:{Convert.ToBase64String(new byte[64])}:")));
        Assert.Equal("signature", await Refusal(good.With("Content-Digest", ContentDigestField.Of("x"u8))));
        Assert.Equal("signature", await Refusal(good with { Path = "/capture?more=1" }));
        Assert.Equal("keyid", await Refusal(good.With("Provenance-Party", "rival")));
        Assert.Equal("keyid", await Refusal(others.Post(silo.Address, "/capture", "victim", good.Body)));
        Assert.Equal("provenance-party", await Refusal(others.Post(silo.Address, "/capture", "nobody", good.Body)));
        Assert.Equal("provenance-party", await Refusal(good.Without("Provenance-Party")));
        Assert.Equal("content-digest", await Refusal(good.Without("Content-Digest")));
        Assert.Equal("signature", await Refusal(good.Without("Signature")));
        Assert.Equal("signature-input", await Refusal(good.Without("Signature-Input")));
        Assert.Equal("created", await Refusal(mine.Post(silo.Address, "/capture", "victim", good.Body, createdAgo: 310)));
        Assert.Equal("created", await Refusal(mine.Post(silo.Address, "/capture", "victim", good.Body, createdAgo: -120)));
        Assert.Equal("signature", await Refusal(mine.Post(new Uri("http://other.example"), "/capture", "victim", good.Body)));
        var bare = new InnerList([], Parameters.Of(
            new("created", new BareItem.IntegerItem(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds())),
            new("keyid", new BareItem.StringItem(mine.Key.Id)),
            new("nonce", new BareItem.StringItem("nonce-of-nothing"))));
        Assert.Equal("@method", await Refusal(mine.Post(silo.Address, "/capture", "victim", good.Body, covered: bare)));

        // Who holds two proofs must hold them of one party.
        Assert.Equal("provenance-party", await (await mine.Post(silo.Address, "/capture", "victim", good.Body).SendAsync(silo, RunningSilo.ApiKey)).RefusalAsync(401));
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
    }

    [Fact]
    public async Task A_request_that_comes_again_is_refused_also_by_the_next_process()
    {
        // Signed for an address that stays when the port does not.
        var published = new Uri("https://log.example.org");
        await using var own = new RunningSiloOfItsOwn();
        own.Settings["Provenance:PublicUrl"] = published.ToString();
        await own.InitializeAsync();
        var signer = Signer.NewEd25519();
        await own.RegisterAsync("replayed", signer, validity: ",\"validFrom\":\"2020-01-01T00:00:00Z\"");
        var writes = signer.Post(published, "/capture", "replayed", Documents.Of(Documents.Event("R1")), createdAgo: 20);
        using var first = await writes.SendAsync(own);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("nonce", await (await writes.SendAsync(own)).RefusalAsync(401));

        // The same events, signed anew: the original result, and nothing written that could remember the nonce. Dated
        // before what its predecessor could take at its end, the silo cannot tell such a request from one that was answered then.
        var (repeats, again) = await RunningSilo.EventuallyAsync(
            async () =>
            {
                var repeat = signer.Post(published, "/capture", "replayed", Documents.Of(Documents.Event("R1")), createdAgo: -59);
                return (repeat, await repeat.SendAsync(own));
            },
            sent => sent.Item2.StatusCode == HttpStatusCode.OK);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal("nonce", await (await repeats.SendAsync(own)).RefusalAsync(401));

        await own.RestartAsync();
        Assert.Equal("nonce", await (await writes.SendAsync(own)).RefusalAsync(401));
        Assert.Equal("created", await (await repeats.SendAsync(own)).RefusalAsync(401));
    }

    [Fact]
    public async Task Keys_and_their_revocation_are_read_back_after_a_restart()
    {
        await using var own = await StartAsync();
        var (old, fresh) = (Signer.NewP256(), Signer.NewEd25519());
        await own.RegisterAsync("rotating", old);
        using var added = await old.Post(own.Address, "/parties/rotating/keys", "rotating", $$"""{"jwk":{{fresh.Key.ToJwk()}}}""").SendAsync(own);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        using var before = await old.Post(own.Address, "/capture", "rotating", Documents.Of(Documents.Event("K1"))).SendAsync(own);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        using var revoked = await fresh.Post(
            own.Address, $"/parties/rotating/keys/{old.Key.Id}/revoke", "rotating", "{\"reason\":\"lost\"}").SendAsync(own);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("keyid", await (await old.Post(
                own.Address, "/capture", "rotating", Documents.Of(Documents.Event($"K2-{round}"))).SendAsync(own)).RefusalAsync(401));
            using var taken = await fresh.Post(own.Address, "/capture", "rotating", Documents.Of(Documents.Event($"K3-{round}"))).SendAsync(own);
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
            var party = await own.GetJsonAsync("/parties/rotating");
            Assert.Equal("lost", party.GetProperty("keys")[0].GetProperty("revocationReason").GetString());
            Assert.Equal(JsonValueKind.Null, party.GetProperty("keys")[1].GetProperty("revoked").ValueKind);
            await own.RestartAsync();
        }
    }

    [Fact]
    public async Task A_key_signs_only_within_its_validity()
    {
        var expired = Signer.NewP256();
        var later = Signer.NewP256();
        await silo.RegisterAsync("expired", expired, validity: ",\"validFrom\":\"2020-01-01T00:00:00Z\",\"validUntil\":\"2021-01-01T00:00:00Z\"");
        await silo.RegisterAsync("not-yet", later, validity: ",\"validFrom\":\"2999-01-01T00:00:00Z\"");
        Assert.Equal("keyid", await Refusal(expired.Post(silo.Address, "/capture", "expired", Documents.Of(Documents.Event("E1")))));
        Assert.Equal("keyid", await Refusal(later.Post(silo.Address, "/capture", "not-yet", Documents.Of(Documents.Event("E1")))));
    }

    [Fact]
    public async Task A_deployment_can_require_signatures_by_role()
    {
        await using var own = await StartAsync();
        var signer = Signer.NewP256();
        await own.RegisterAsync("strict", signer, roles: "\"capture\",\"admin\"");
        own.Settings["Provenance:RequireSignatures"] = "capture, admin";
        await own.RestartAsync();
        Assert.Equal("signature", await (await own.CaptureAsync(Documents.Of(Documents.Event("S1")))).RefusalAsync(401));
        Assert.Equal("signature", await (await own.PostAsync("/parties/strict/keys", "{}"u8.ToArray(), "application/json")).RefusalAsync(401));
        using var taken = await signer.Post(own.Address, "/capture", "strict", Documents.Of(Documents.Event("S1"))).SendAsync(own);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        using var registered = await signer.Post(
            own.Address, "/parties", "strict", "{\"id\":\"third\",\"name\":\"Third\",\"roles\":[\"capture\"]}").SendAsync(own);
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);

        own.Settings["Provenance:RequireSignatures"] = "capture, root";
        await Assert.ThrowsAsync<ArgumentException>(own.RestartAsync);
        own.Settings.Remove("Provenance:RequireSignatures");
        await own.InitializeAsync();
    }

    private static async Task<RunningSiloOfItsOwn> StartAsync()
    {
        var silo = new RunningSiloOfItsOwn();
        await silo.InitializeAsync();
        return silo;
    }

    private async Task<string?> Refusal(SignedPost post) => await (await post.SendAsync(silo)).RefusalAsync(401);

    private async Task<IReadOnlyList<HistoryEntry>> SealedAsync(string path, int entries)
    {
        var json = await RunningSilo.EventuallyAsync(
            async () =>
            {
                using var answer = await silo.Client.GetAsync(path);
                return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync() : [];
            },
            bytes => HistoryJson.TryParse(bytes, out var read, out _) && read.Entries.Count >= entries);
        var vkey = Encoding.UTF8.GetBytes(await silo.Client.GetStringAsync("/log/vkey"));
        var verdict = OfflineVerifier.VerifyHistory(json, vkey);
        Assert.True(verdict.IsSound, string.Join('\n', verdict.Checks));
        Assert.True(HistoryJson.TryParse(json, out var history, out var error), error);
        return history.Entries;
    }

    private static ReadOnlyMemory<byte> Content(HistoryEntry entry) => entry.Groups[3].Content;

    private static (string First, string Second) Pair(HistoryEntry entry, FieldGroup group)
    {
        Assert.True(Payload.TryDecodePair(entry.Groups[(int)group - 1].Content.Span, out var first, out var second));
        return (first, second);
    }

    private static long TimeOf(HistoryEntry entry)
    {
        Assert.True(EntryHeader.TryParse(entry.Header.Span, out var header, out var error), error);
        return header.TimeMs;
    }
}

/// <summary>A silo of one test.</summary>
internal sealed class RunningSiloOfItsOwn : RunningSilo, IAsyncDisposable
{
    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());
}
