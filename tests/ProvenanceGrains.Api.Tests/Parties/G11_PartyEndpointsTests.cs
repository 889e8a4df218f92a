using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Api.Tests.Hosting;

namespace ProvenanceGrains.Api.Tests.Parties;

/// <summary>Guarantee G11, bad input changes nothing, at the endpoints of parties; and who may do what there.</summary>
public sealed class G11_PartyEndpointsTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    private const string Jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

    [Theory]
    [InlineData("", "id")]
    [InlineData("{", "body")]
    [InlineData("[]", "id")]
    [InlineData("{\"id\":\"Upper\",\"name\":\"N\",\"roles\":[\"capture\"]}", "id")]
    [InlineData("{\"id\":\"script\",\"name\":\"N\",\"roles\":[\"capture\"]}", "id")]
    [InlineData("{\"id\":\"demo\",\"name\":\"N\",\"roles\":[\"capture\"]}", "id")]
    [InlineData("{\"id\":\"p\",\"name\":\"\",\"roles\":[\"capture\"]}", "name")]
    [InlineData("{\"id\":\"p\",\"name\":\"N\",\"roles\":[]}", "roles")]
    [InlineData("{\"id\":\"p\",\"name\":\"N\",\"roles\":[\"capture\"],\"gln\":\"1\"}", "gln")]
    [InlineData("{\"id\":\"p\",\"name\":\"N\",\"roles\":[\"capture\"],\"glnPrefixes\":[\"abc\"]}", "glnPrefixes")]
    [InlineData("{\"id\":\"p\",\"name\":\"N\",\"roles\":[\"capture\"],\"extra\":1}", "extra")]
    [InlineData("{\"id\":\"p\",\"name\":\"N\",\"roles\":[\"capture\"],\"name\":\"M\"}", "body")]
    [InlineData("{\"id\":\"p\",\"name\":\"N\",\"roles\":[\"capture\"],\"keys\":7}", "keys")]
    [InlineData("{\"id\":\"p\",\"name\":\"N\",\"roles\":[\"capture\"],\"keys\":[{\"jwk\":{}}]}", "keys/0/jwk")]
    [InlineData("{\"id\":\"p\",\"name\":\"N\",\"roles\":[\"capture\"],\"keys\":[{\"jwk\":" + Jwk + ",\"validUntil\":\"soon\"}]}", "keys/0/validUntil")]
    public async Task A_wrong_registration_is_a_problem_that_names_the_member_and_changes_nothing(string body, string member)
    {
        var before = await silo.MetricAsync("provenance_store_entries");
        Assert.Equal(member, await (await silo.PostAsync("/parties", Encoding.UTF8.GetBytes(body), "application/json")).RefusalAsync(400));
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
        await (await silo.Client.GetAsync("/parties/p")).RefusalAsync(404);
    }

    [Fact]
    public async Task A_party_is_registered_once_and_anybody_can_see_it()
    {
        await silo.RegisterAsync("once", Signer.NewEd25519(), prefixes: "\"9521234\"");
        await (await silo.PostAsync("/parties", "{\"id\":\"once\",\"name\":\"N\",\"roles\":[\"admin\"]}"u8.ToArray(), "application/json")).RefusalAsync(409);
        using var anybody = new HttpClient { BaseAddress = silo.Address };
        var party = JsonDocument.Parse(await anybody.GetStringAsync("/parties/once")).RootElement;
        Assert.Equal("The once", party.GetProperty("name").GetString());
        Assert.Equal("ed25519", party.GetProperty("keys")[0].GetProperty("alg").GetString());
        Assert.Contains("\"once\"", await anybody.GetStringAsync("/parties?after=onc&limit=1"), StringComparison.Ordinal);
        await (await anybody.GetAsync("/parties?limit=0")).RefusalAsync(400);
        using var large = await silo.PostAsync("/parties", new byte[70_000], "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task A_key_belongs_to_one_party_and_never_comes_back()
    {
        var signer = Signer.NewP256();
        await silo.RegisterAsync("owner", signer);
        await silo.RegisterAsync("thief");
        var key = Encoding.UTF8.GetBytes($$"""{"jwk":{{signer.Key.ToJwk()}}}""");
        await (await silo.PostAsync("/parties/thief/keys", key, "application/json")).RefusalAsync(409);
        await (await silo.PostAsync("/parties/nobody/keys", key, "application/json")).RefusalAsync(404);
        await (await silo.PostAsync("/parties/owner/keys/unknown/revoke", [], null)).RefusalAsync(409);
        using var revoked = await silo.PostAsync($"/parties/owner/keys/{signer.Key.Id}/revoke", [], null);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        await (await silo.PostAsync("/parties/owner/keys", key, "application/json")).RefusalAsync(409);
    }

    [Fact]
    public async Task Only_administrators_register_and_parties_care_for_their_own_keys_alone()
    {
        await silo.RegisterAsync("plain");
        await silo.RegisterAsync("reader", roles: "\"query\"");
        var plain = await ApiKeyAsync("plain");
        var reader = await ApiKeyAsync("reader");
        var key = Encoding.UTF8.GetBytes($$"""{"jwk":{{Signer.NewEd25519().Key.ToJwk()}}}""");
        await (await PostAsync(plain, "/parties", "{\"id\":\"new\",\"name\":\"N\",\"roles\":[\"admin\"]}"u8.ToArray())).RefusalAsync(403);
        await (await PostAsync(plain, "/parties/plain/api-keys", [])).RefusalAsync(403);
        await (await PostAsync(plain, "/parties/reader/keys", key)).RefusalAsync(403);
        await (await PostAsync(null, "/parties/plain/keys", key)).RefusalAsync(401);
        await (await PostAsync("wrong-key-0123456789", "/parties/plain/keys", key)).RefusalAsync(401);
        await (await PostAsync(reader, "/capture", Encoding.UTF8.GetBytes(Documents.Of(Documents.Event("P1"))))).RefusalAsync(403);
        using var own = await PostAsync(plain, "/parties/plain/keys", key);
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);

        // With a stolen API key nobody gets a second one: its own first key signs for it, or an administrator adds it.
        var second = Encoding.UTF8.GetBytes($$"""{"jwk":{{Signer.NewEd25519().Key.ToJwk()}}}""");
        await (await PostAsync(plain, "/parties/plain/keys", second)).RefusalAsync(403);
        using var byAdmin = await silo.PostAsync("/parties/plain/keys", second, "application/json");
        Assert.Equal(HttpStatusCode.Created, byAdmin.StatusCode);
        using var captured = await PostAsync(plain, "/capture", Encoding.UTF8.GetBytes(Documents.Of(Documents.Event("P1"))));
        Assert.Equal(HttpStatusCode.Accepted, captured.StatusCode);
    }

    [Theory]
    [InlineData("\"readPoint\":{\"id\":\"https://id.gs1.org/414/9521234000006\"},", null)]
    [InlineData("\"bizLocation\":{\"id\":\"urn:epc:id:sgln:9521234.00000.0\"},", null)]
    [InlineData("\"sourceList\":[{\"type\":\"owning_party\",\"source\":\"https://id.gs1.org/417/9521234000006\"}],", null)]
    [InlineData("\"readPoint\":{\"id\":\"https://id.gs1.org/414/4012345000009\"},", "readPoint")]
    [InlineData("\"readPoint\":{\"id\":\"https://id.gs1.org/414/9521234000006\"},\"bizLocation\":{\"id\":\"https://id.gs1.org/414/4012345000009\"},", "bizLocation")]
    [InlineData("\"readPoint\":{\"id\":\"https://example.com/9521234\"},", "readPoint")]
    [InlineData("\"sourceList\":[{\"type\":\"owning_party\",\"source\":\"https://id.gs1.org/417/4012345000009\"}],", "sourceList")]
    [InlineData("", "sourceList")]
    public async Task A_party_that_is_bound_to_prefixes_reports_only_what_happens_there(string place, string? field)
    {
        var id = "b" + Guid.CreateVersion7().ToString("N")[20..];
        await silo.RegisterAsync(id, prefixes: "\"9521234\"");
        var apiKey = await ApiKeyAsync(id);
        var inside = "\"readPoint\":{\"id\":\"https://id.gs1.org/414/9521234000006\"},";
        var document = Documents.Of(Documents.Event($"{id}-a", extra: inside), Documents.Event($"{id}-b", extra: place));
        var before = await silo.MetricAsync("provenance_store_entries");
        using var answer = await PostAsync(apiKey, "/capture", Encoding.UTF8.GetBytes(document));
        if (field is null)
        {
            Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
            return;
        }

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0];
        Assert.Equal((field, 1), (error.GetProperty("field").GetString(), error.GetProperty("eventIndex").GetInt32()));
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
    }

    [Fact]
    public async Task A_party_over_its_rate_is_asked_to_come_back_and_another_is_not()
    {
        await using var own = new RunningSiloOfItsOwn();
        own.Settings["Provenance:RateLimit"] = "2";
        await own.InitializeAsync();
        await own.RegisterAsync("quiet");
        using var issued = await own.PostAsync("/parties/quiet/api-keys", [], null);
        var quiet = JsonDocument.Parse(await issued.Content.ReadAsStringAsync()).RootElement.GetProperty("apiKey").GetString();
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 1_000 && refused is null; i++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => own.CaptureAsync("{}")));
            refused = answers.FirstOrDefault(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        }

        Assert.NotNull(refused);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        await refused.RefusalAsync(429);

        // Another party is heard: what it sends is refused for what it is.
        await (await own.CaptureAsync("{}", ("Authorization", $"Bearer {quiet}"))).RefusalAsync(400);
    }

    [Fact]
    public async Task Refused_signed_requests_count_towards_the_rate_and_replays_do_not()
    {
        await using var own = new RunningSiloOfItsOwn();
        own.Settings["Provenance:RateLimit"] = "2";
        await own.InitializeAsync();
        var signer = Signer.NewEd25519();
        await own.RegisterAsync("low", signer, roles: "\"query\"");
        var replayed = signer.Post(own.Address, "/capture", "low", "{}");
        await (await replayed.SendAsync(own)).RefusalAsync(403);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("nonce", await (await replayed.SendAsync(own)).RefusalAsync(401));
        }

        HttpResponseMessage? refused = null;
        for (var i = 0; i < 100 && refused is null; i++)
        {
            var posts = Enumerable.Range(0, 8).Select(_ => signer.Post(own.Address, "/capture", "low", "{}").SendAsync(own));
            refused = (await Task.WhenAll(posts)).FirstOrDefault(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        }

        Assert.NotNull(refused);
        await refused.RefusalAsync(429);
    }

    private async Task<string> ApiKeyAsync(string party)
    {
        using var answer = await silo.PostAsync($"/parties/{party}/api-keys", [], null);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("apiKey").GetString()!;
    }

    private async Task<HttpResponseMessage> PostAsync(string? apiKey, string path, byte[] body)
    {
        using var client = new HttpClient { BaseAddress = silo.Address };
        client.DefaultRequestHeaders.Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await client.PostAsync(path, content);
    }
}
