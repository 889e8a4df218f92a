using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Api.Tests.Hosting;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Api.Tests.Reading;

/// <summary>Reading over HTTP, from a whole silo.</summary>
public sealed class ReadEndpointsTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    private const string Gtin = "09506000134352";

    [Fact]
    public async Task A_story_is_a_page_for_a_browser_and_json_for_a_program()
    {
        var path = await CaptureItemAsync("neg");
        using var page = await GetAsync(path, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        using var json = await GetAsync(path, "application/json");
        Assert.Equal("application/json", json.Content.Headers.ContentType!.MediaType);
        using var preferred = await GetAsync(path, "text/html;q=0.5, application/json");
        Assert.Equal("application/json", preferred.Content.Headers.ContentType!.MediaType);
        using var neither = await GetAsync(path, "image/png");
        Assert.Equal(HttpStatusCode.NotAcceptable, neither.StatusCode);
        foreach (var answer in new[] { page, json, preferred, neither })
        {
            Assert.Contains("Accept", string.Join(',', answer.Headers.Vary), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_unknown_serial_is_a_404_in_the_form_that_was_asked_for()
    {
        await CaptureItemAsync("known");
        using var json = await GetAsync($"/01/{Gtin}/21/invented", "application/json");
        Assert.Equal(HttpStatusCode.NotFound, json.StatusCode);
        Assert.Equal("application/problem+json", json.Content.Headers.ContentType!.MediaType);
        using var page = await GetAsync($"/01/{Gtin}/21/invented", "text/html");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Head_says_what_get_says_without_the_body()
    {
        var path = await CaptureItemAsync("head");
        await SealedAsync(path);
        foreach (var target in new[] { path, "/log/checkpoint", "/log/vkey", "/receipts/0", $"/qr{path}.svg", "/events?perPage=1" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, target);
            request.Headers.Accept.ParseAdd("application/json, */*;q=0.5");
            using var head = await silo.Client.SendAsync(request);
            using var get = await GetAsync(target, "application/json, */*;q=0.5");
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        await SealedAsync(await CaptureItemAsync("etag"));
        using var first = await GetAsync("/log/vkey", "*/*");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/log/vkey");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await silo.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task A_history_and_a_receipt_verify_with_the_served_key()
    {
        var path = await CaptureItemAsync("proof");
        var story = await SealedAsync(path);
        var vkey = await silo.Client.GetByteArrayAsync("/log/vkey");
        var history = await silo.Client.GetByteArrayAsync(story.GetProperty("links").GetProperty("history").GetString());
        var verdict = OfflineVerifier.VerifyHistory(history, vkey);
        Assert.True(verdict.IsSound, verdict.ToString());

        var leaf = story.GetProperty("events")[0].GetProperty("leafIndex").GetInt64();
        using var receipt = await GetAsync($"/receipts/{leaf}", "*/*");
        Assert.Equal("text/plain; charset=utf-8", receipt.Content.Headers.ContentType!.ToString());
        verdict = OfflineVerifier.VerifyReceipt(await receipt.Content.ReadAsByteArrayAsync(), vkey);
        Assert.True(verdict.IsSound, verdict.ToString());
    }

    [Fact]
    public async Task The_sealers_own_history_is_served()
    {
        await SealedAsync(await CaptureItemAsync("chain"));
        var vkey = Encoding.UTF8.GetString(await silo.Client.GetByteArrayAsync("/log/vkey"));
        var origin = vkey[..vkey.IndexOf('+', StringComparison.Ordinal)];
        var history = await silo.Client.GetByteArrayAsync($"/entities/chain/{origin}/journal");
        var verdict = OfflineVerifier.VerifyHistory(history, Encoding.UTF8.GetBytes(vkey));
        Assert.True(verdict.IsSound, verdict.ToString());
    }

    [Theory]
    [InlineData("", "COMPLETE")]
    [InlineData("?withhold=author,content", "WITHHELD")]
    public async Task A_bundle_is_served_whole_or_redacted(string query, string said)
    {
        await SealedAsync(await CaptureItemAsync("bundled"));
        var vkey = await silo.Client.GetByteArrayAsync("/log/vkey");
        using var answer = await GetAsync($"/entities/lot/01/09506000134352/21/bundled/bundle{query}", "*/*");
        var verdict = OfflineVerifier.VerifyBundle(await answer.Content.ReadAsByteArrayAsync(), vkey);
        Assert.True(verdict.State == BundleState.Complete, verdict.Verdict.ToString());
        Assert.Equal(said == "WITHHELD", verdict.Verdict.ToString().Contains("2 field groups are withheld", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_absence_of_a_product_is_proven()
    {
        await SealedAsync(await CaptureItemAsync("present"));
        var vkey = await silo.Client.GetByteArrayAsync("/log/vkey");
        var bundle = await silo.Client.GetByteArrayAsync("/entities/lot/01/09506000134352/21/never-made/bundle");
        Assert.Equal(BundleState.Absent, OfflineVerifier.VerifyBundle(bundle, vkey).State);
    }

    [Fact]
    public async Task A_log_without_witnesses_has_no_policy()
    {
        using var answer = await silo.Client.GetAsync("/log/policy");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_public_log_is_served_as_static_files()
    {
        await SealedAsync(await CaptureItemAsync("tiles"));
        using var checkpoint = await GetAsync("/log/checkpoint", "*/*");
        Assert.Equal("text/plain; charset=utf-8", checkpoint.Content.Headers.ContentType!.ToString());
        Assert.True(checkpoint.Headers.CacheControl!.NoCache);
        Assert.Equal("*", Assert.Single(checkpoint.Headers.GetValues("Access-Control-Allow-Origin")));
        var size = long.Parse((await checkpoint.Content.ReadAsStringAsync()).Split('\n')[1], null);
        var width = (int)Math.Min(size, TilePath.FullWidth);
        foreach (var tile in new[] { new TilePath(0, 0, width), new TilePath(TilePath.Entries, 0, width) })
        {
            using var answer = await GetAsync($"/log/{tile}", "*/*");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.ToString());
            Assert.Contains("immutable", answer.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_serial_with_a_slash_is_one_key_everywhere()
    {
        var path = await CaptureItemAsync("a%2Fb%25c");
        var story = await SealedAsync(path);
        Assert.Equal($"01/{Gtin}/21/a%2Fb%25c", story.GetProperty("entity").GetProperty("key").GetString());
        foreach (var link in new[] { "history", "trace", "qr" })
        {
            using var answer = await GetAsync(story.GetProperty("links").GetProperty(link).GetString()!, "*/*");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task An_event_is_found_by_its_id_encoded_or_not()
    {
        var path = await CaptureItemAsync("hash", eventId: null);
        var id = (await silo.GetJsonAsync(path)).GetProperty("events")[0].GetProperty("eventID").GetString()!;
        Assert.StartsWith("ni:///sha-256;", id, StringComparison.Ordinal);
        foreach (var written in new[] { Uri.EscapeDataString(id), id })
        {
            var found = await silo.GetJsonAsync("/events/" + written);
            Assert.Equal(id, found.GetProperty("eventID").GetString());
            Assert.EndsWith("Z", found.GetProperty("recordTime").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pages_of_events_are_linked_to_the_last()
    {
        for (var i = 0; i < 5; i++)
        {
            await CaptureItemAsync($"page{i}", lot: "PAGED");
        }

        var next = $"/events?perPage=2&MATCH_epcClass={Uri.EscapeDataString($"https://id.gs1.org/01/{Gtin}/10/PAGED")}";
        var sizes = new List<int>();
        while (next is not null)
        {
            using var answer = await GetAsync(next, "application/json");
            var document = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal("EPCISQueryDocument", document.GetProperty("type").GetString());
            sizes.Add(document.GetProperty("epcisBody").GetProperty("queryResults").GetProperty("resultsBody")
                .GetProperty("eventList").GetArrayLength());
            var link = answer.Headers.TryGetValues("Link", out var links) ? links.Single() : null;
            next = link?[1..link.IndexOf('>', StringComparison.Ordinal)];
            Assert.True(link is null || link.EndsWith("; rel=\"next\"", StringComparison.Ordinal));
        }

        Assert.Equal([2, 2, 1], sizes);
    }

    [Theory]
    [InlineData("/events?frob=1", "frob")]
    [InlineData("/events?EQ_action=ADD&EQ_action=DELETE", "EQ_action")]
    [InlineData("/trace/01/09506000134352/21/1?direction=sideways", "direction")]
    [InlineData("/trace/01/09506000134352/21/1?depth=51", "depth")]
    [InlineData("/trace/01/09506000134353/21/1", "key")]
    [InlineData("/entities/lot/01/09506000134352/21/1/journal?from=-1", "from")]
    [InlineData("/entities/lot/01/09506000134352/21/1/journal?limit=1001", "limit")]
    [InlineData("/entities/Lot/01/09506000134352/21/1/journal", "kind")]
    [InlineData("/entities/Lot/01/09506000134352/21/1/bundle", "kind")]
    [InlineData("/entities/lot/01/09506000134353/bundle", "key")]
    [InlineData("/entities/lot//01/09506000134352/21/1/bundle", "key")]
    [InlineData("/entities/lot/09506000134352/bundle", "key")]
    [InlineData("/entities/lot/gtin/09506000134352/bundle", "key")]
    [InlineData("/entities/lot/..%2f../bundle", "key")]
    [InlineData("/entities/place/nowhere/journal", "key")]
    [InlineData("/entities/lot/01/09506000134352/21/1/bundle?withhold=author,price", "withhold")]
    [InlineData("/receipts/007", "leafIndex")]
    [InlineData("/qr/01/09506000134353.svg", "path")]
    [InlineData("/21/17", "path")]
    public async Task A_refusal_names_its_parameter(string path, string parameter)
    {
        using var answer = await GetAsync(path, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(parameter, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("/log/tile/0/00")]
    [InlineData("/log/tile/0/999")]
    [InlineData("/log/tile/0/000.p/0")]
    [InlineData("/log/checkpoints")]
    [InlineData("/entities/lot/01/09506000134352/21/nobody/journal")]
    [InlineData("/entities/lot/01/09506000134352/21/nobody")]
    [InlineData("/trace/01/09506000134352/21/nobody")]
    [InlineData("/receipts/9223372036854775807")]
    [InlineData("/events/urn:uuid:ffffffff-0000-4000-8000-000000000000")]
    [InlineData("/qr/01/09506000134352.gif")]
    public async Task What_is_not_there_is_a_problem_of_its_own(string path)
    {
        using var answer = await GetAsync(path, "application/json");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_qr_code_comes_as_svg_and_as_png()
    {
        using var svg = await GetAsync($"/qr/01/{Gtin}/10/ABC.svg", "*/*");
        Assert.Equal("image/svg+xml", svg.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("<svg", await svg.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var png = await GetAsync($"/qr/01/{Gtin}/10/ABC.png", "*/*");
        Assert.Equal(new MediaTypeHeaderValue("image/png"), png.Content.Headers.ContentType);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await png.Content.ReadAsByteArrayAsync())[..4]);
    }

    [Fact]
    public async Task Every_read_endpoint_stands_in_the_openapi_document()
    {
        var document = await silo.GetJsonAsync("/openapi/v1.json");
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Where(operation => operation.Value.TryGetProperty("operationId", out _))
            .ToLookup(operation => operation.Value.GetProperty("operationId").GetString());
        foreach (var name in new[] { "queryEvents", "event", "bundle", "journal", "policy", "receipt", "trace", "checkpoint", "vkey", "tile", "qr", "product" })
        {
            Assert.True(operations.Contains(name), name);
            Assert.All(operations[name], operation => Assert.NotEqual("", operation.Value.GetProperty("summary").GetString()));
        }
    }

    [Fact]
    public async Task The_openapi_document_names_whole_paths_and_says_what_their_parts_may_be()
    {
        var paths = (await silo.GetJsonAsync("/openapi/v1.json")).GetProperty("paths");
        Assert.False(paths.TryGetProperty("/entities/{kind}/{key}", out _));
        foreach (var (path, parameters) in new[]
        {
            ("/entities/{kind}/{key}/bundle", new[] { "kind", "key" }), ("/entities/{kind}/{key}/journal", new[] { "kind", "key" }), ("/log/tile/{path}", ["path"]), ("/trace/{key}", ["key"]),
            ("/qr/{path}", ["path"]), ("/{ai}/{rest}", ["ai", "rest"]),
        })
        {
            var described = paths.GetProperty(path).GetProperty("get").GetProperty("parameters").EnumerateArray()
                .Where(parameter => parameter.TryGetProperty("description", out _) && parameter.GetProperty("in").GetString() == "path")
                .Select(parameter => parameter.GetProperty("name").GetString()!);
            Assert.Equal(parameters.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task An_address_that_is_nobodys_is_a_page_for_a_browser_and_a_problem_for_a_program()
    {
        using var page = await GetAsync("/nope%3Cb%3E?lang=zh", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.Equal("zh", Assert.Single(page.Content.Headers.ContentLanguage));
        Assert.Contains("/nope%3Cb%3E", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var accept in new[] { "*/*", "application/json" })
        {
            using var problem = await GetAsync("/nope", accept);
            Assert.Equal(HttpStatusCode.NotFound, problem.StatusCode);
            Assert.Equal("application/problem+json", problem.Content.Headers.ContentType!.MediaType);
        }

        using var wrongMethod = await silo.Client.DeleteAsync("/log/vkey");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrongMethod.StatusCode);
    }

    [Fact]
    public async Task A_slash_at_the_end_leads_to_the_path_without_it()
    {
        var path = await CaptureItemAsync("slash");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = silo.Address };
        using var answer = await client.GetAsync(path + "/?lang=zh");
        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal(path + "?lang=zh", answer.Headers.Location!.OriginalString);
        using var wrong = await client.GetAsync("/01/09506000134353/");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task What_a_page_varies_by_is_said_once()
    {
        using var page = await GetAsync(await CaptureItemAsync("vary"), "text/html");
        Assert.Equal(["Accept", "Accept-Language"], page.Headers.Vary);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        return await silo.Client.SendAsync(request);
    }

    /// <summary>Captures one item and says where its page is.</summary>
    /// <param name="serial">Percent-encoded; other for each test, for they share the silo.</param>
    /// <param name="lot">Named beside it.</param>
    /// <param name="eventId">Null for an event that comes without an id; by default one made of the serial.</param>
    private async Task<string> CaptureItemAsync(string serial, string? lot = null, string? eventId = "")
    {
        var id = eventId == "" ? $"urn:test:{serial}" : eventId;
        var members = id is null ? "" : $"\"eventID\": \"{id}\",";
        members += lot is null ? "" : $"\"quantityList\": [{{ \"epcClass\": \"https://id.gs1.org/01/{Gtin}/10/{lot}\" }}],";
        using var answer = await silo.PostAsync(
            "/events",
            Encoding.UTF8.GetBytes($$"""
                { "@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld", "type": "ObjectEvent", {{members}}
                  "action": "OBSERVE", "eventTime": "2026-10-01T08:00:00Z", "eventTimeZoneOffset": "+00:00",
                  "epcList": ["https://id.gs1.org/01/{{Gtin}}/21/{{serial}}"] }
                """),
            "application/json");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return $"/01/{Gtin}/21/{serial}";
    }

    private Task<JsonElement> SealedAsync(string path) => RunningSilo.EventuallyAsync(
        () => silo.GetJsonAsync(path),
        story => story.GetProperty("journal").GetProperty("sealed").GetInt64() == story.GetProperty("journal").GetProperty("length").GetInt64());
}
