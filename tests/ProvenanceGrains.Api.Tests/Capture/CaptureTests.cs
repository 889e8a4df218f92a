using System.Net;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Api.Tests.Hosting;

namespace ProvenanceGrains.Api.Tests.Capture;

public sealed class CaptureTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    private static readonly (string, string) Wait = ("Prefer", "wait=5");

    [Fact]
    public async Task A_document_is_accepted_and_its_job_says_where_it_went()
    {
        var id = Documents.NewId();
        using var accepted = await silo.CaptureAsync(Documents.Of(Documents.Event("A1", id), Documents.Event("A2")));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("2.0.0", accepted.Headers.GetValues("GS1-EPCIS-Version").Single());
        Assert.Equal("rollback", accepted.Headers.GetValues("GS1-Capture-Error-Behaviour").Single());
        var location = accepted.Headers.Location!.ToString();

        var job = await RunningSilo.EventuallyAsync(
            () => silo.GetJsonAsync(location),
            job => job.GetProperty("events")[0].GetProperty("entries")[0].GetProperty("leafIndex").ValueKind == JsonValueKind.Number);
        Assert.True(job.GetProperty("success").GetBoolean());
        Assert.False(job.GetProperty("running").GetBoolean());
        Assert.Equal(2, job.GetProperty("events").GetArrayLength());
        Assert.Equal(id, job.GetProperty("events")[0].GetProperty("eventID").GetString());
        Assert.StartsWith("ni:///sha-256;", job.GetProperty("events")[1].GetProperty("eventID").GetString(), StringComparison.Ordinal);
        var entry = job.GetProperty("events")[0].GetProperty("entries")[0];
        Assert.Equal("01/09521234000037/21/A1", entry.GetProperty("key").GetString());
        Assert.Equal("epc", entry.GetProperty("role").GetString());
        Assert.Equal(0, entry.GetProperty("sequence").GetInt64());
    }

    [Fact]
    public async Task Waiting_gives_the_job_itself()
    {
        using var done = await silo.CaptureAsync(Documents.Of(Documents.Event("B1")), Wait);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal("wait", done.Headers.GetValues("Preference-Applied").Single());
        var job = JsonDocument.Parse(await done.Content.ReadAsStringAsync()).RootElement;
        Assert.True(job.GetProperty("success").GetBoolean());
        Assert.Equal($"/capture/{job.GetProperty("captureID").GetString()}", done.Headers.Location!.ToString());
    }

    [Fact]
    public async Task One_event_is_created_and_can_be_fetched()
    {
        var id = Documents.NewId();
        using var created = await silo.PostAsync("/events", Encoding.UTF8.GetBytes(Documents.Bare("C1", id)), "application/ld+json");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var stored = await silo.GetJsonAsync(created.Headers.Location!.ToString());
        Assert.Equal(id, stored.GetProperty("eventID").GetString());
        Assert.Equal(JsonValueKind.String, stored.GetProperty("recordTime").ValueKind);
    }

    [Fact]
    public async Task G9_the_same_content_again_is_the_original_result_and_adds_nothing()
    {
        var id = Documents.NewId();
        using var first = await silo.CaptureAsync(Documents.Of(Documents.Event("D1", id)), Wait);
        var before = await silo.MetricAsync("provenance_store_entries");
        using var again = await silo.CaptureAsync(Documents.Of(Documents.Event("D1", id).Replace("\n", "  \n", StringComparison.Ordinal)), Wait);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
    }

    [Fact]
    public async Task G9_a_hundred_at_once_with_one_id_are_one_event()
    {
        var id = Documents.NewId();
        var document = Documents.Of(Documents.Event("D9", id));
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => silo.CaptureAsync(document, Wait)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single(answers.Select(answer => answer.Headers.Location!.ToString()).Distinct());
        var journal = await silo.GetJsonAsync("/events?MATCH_epc=https://id.gs1.org/01/09521234000037/21/D9");
        Assert.Equal(1, EventsOf(journal).GetArrayLength());
    }

    [Fact]
    public async Task G9_an_event_without_id_that_is_spelled_otherwise_is_the_same_event()
    {
        using var first = await silo.CaptureAsync(Documents.Of(Documents.Event("RESPELLED")), Wait);
        var otherwise = Documents.Event("RESPELLED", step: "urn:epcglobal:cbv:bizstep:shipping")
            .Replace("10:00:00Z", "11:00:00.000+01:00", StringComparison.Ordinal)
            .Replace("https://id.gs1.org/01/09521234000037/21/", "urn:epc:id:sgtin:9521234.000003.", StringComparison.Ordinal);
        using var again = await silo.CaptureAsync(Documents.Of(otherwise), Wait);
        Assert.True(again.IsSuccessStatusCode, await again.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, again.Headers.Location);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59.999-14:00")]
    public async Task A_time_outside_of_what_utc_can_write_is_refused(string time)
    {
        var bad = Documents.Event("EDGE").Replace("2026-01-01T10:00:00Z", time, StringComparison.Ordinal);
        using var refused = await silo.CaptureAsync(Documents.Of(bad));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task G9_nobody_can_take_the_hash_of_an_event_that_is_still_to_come()
    {
        using var probe = await silo.CaptureAsync(Documents.Of(Documents.Event("SQ-PROBE")), Wait);
        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        await using var other = new Restartable();
        using var first = await other.Silo.CaptureAsync(Documents.Of(Documents.Event("SQ")), Wait);
        var hash = JsonDocument.Parse(await first.Content.ReadAsStringAsync()).RootElement
            .GetProperty("events")[0].GetProperty("eventID").GetString()!;

        using var squatter = await silo.CaptureAsync(Documents.Of(Documents.Event("SQUATTER", hash)), Wait);
        Assert.Equal(HttpStatusCode.OK, squatter.StatusCode);
        using var owner = await silo.CaptureAsync(Documents.Of(Documents.Event("SQ")), Wait);
        Assert.Equal(HttpStatusCode.OK, owner.StatusCode);
        using var again = await silo.CaptureAsync(Documents.Of(Documents.Event("SQ", hash)), Wait);
        Assert.Equal(owner.Headers.Location, again.Headers.Location);
        var found = await silo.GetJsonAsync($"/events/{Uri.EscapeDataString(hash)}");
        Assert.EndsWith("/SQ", found.GetProperty("epcList")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000, 1)]
    [InlineData(9_999, 10)]
    [InlineData(10_000, 10)]
    public async Task Documents_at_the_announced_limits_are_taken_or_refused_but_never_a_fault(int epcs, int events)
    {
        var list = string.Join(',', Enumerable.Range(0, epcs).Select(i => $"\"https://id.gs1.org/01/09521234000037/21/L{i}\""));
        var one = $$"""
            {"type":"AggregationEvent","eventTime":"2026-01-01T10:00:00Z","eventTimeZoneOffset":"+00:00","action":"ADD",
             "parentID":"https://id.gs1.org/00/095212340000000013","childEPCs":[{{list}}],"bizLocation":{"id":"https://example.com/{{epcs}}/EVENT"} }
            """;
        var all = Enumerable.Range(0, events).Select(i => one.Replace("EVENT", $"{i}", StringComparison.Ordinal));
        using var answer = await silo.CaptureAsync(Documents.Of([.. all]), Wait);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(
            answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest,
            $"{answer.StatusCode} {text[..Math.Min(300, text.Length)]}");
    }

    [Fact]
    public async Task An_id_with_other_content_is_a_conflict_and_nothing_of_its_document_is_written()
    {
        var id = Documents.NewId();
        using var first = await silo.CaptureAsync(Documents.Of(Documents.Event("E1", id)), Wait);
        await AssertRefusedAsync(
            Documents.Of(Documents.Event("E2"), Documents.Event("E1", id, step: "receiving")),
            HttpStatusCode.Conflict, "eventID", 1, "/epcisBody/eventList/1/eventID");
    }

    [Fact]
    public async Task An_id_twice_in_one_document_with_other_content_is_a_conflict()
    {
        var id = Documents.NewId();
        await AssertRefusedAsync(
            Documents.Of(Documents.Event("E5", id), Documents.Event("E5", id, step: "receiving")),
            HttpStatusCode.Conflict, "eventID", 1, "/epcisBody/eventList/1/eventID");
    }

    [Theory]
    [InlineData("\"eventTime\":\"2026-01-01T10:00:00Z\"", "\"eventTime\":\"yesterday\"", "eventTime")]
    [InlineData("\"eventTime\":\"2026-01-01T10:00:00Z\"", "\"eventTime\":\"2199-01-01T10:00:00Z\"", "eventTime")]
    [InlineData("\"type\":\"ObjectEvent\"", "\"type\":\"SurpriseEvent\"", "type")]
    [InlineData("09521234000037", "09521234000038", "epcList")]
    [InlineData("\"action\":\"OBSERVE\"", "\"action\":\"LOOK\"", "action")]
    [InlineData("\"bizStep\":\"shipping\"", "\"bizStep\":\"teleporting\"", "bizStep")]
    [InlineData("\"eventTimeZoneOffset\":\"+00:00\"", "\"eventTimeZoneOffset\":\"CET\"", "eventTimeZoneOffset")]
    public async Task G11_a_wrong_field_is_named_with_its_event_and_nothing_is_written(string right, string wrong, string field)
    {
        var bad = Documents.Event("F2").Replace(right, wrong, StringComparison.Ordinal);
        using var refused = await silo.CaptureAsync(Documents.Of(Documents.Event("F1"), bad));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        var error = problem.GetProperty("errors")[0];
        Assert.Equal(1, error.GetProperty("eventIndex").GetInt32());
        Assert.StartsWith($"/epcisBody/eventList/1/{field}", error.GetProperty("pointer").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        var nothing = await silo.GetJsonAsync("/events?MATCH_epc=https://id.gs1.org/01/09521234000037/21/F1");
        Assert.Equal(0, EventsOf(nothing).GetArrayLength());
    }

    [Fact]
    public async Task Proceeding_captures_what_is_in_order_and_reports_the_rest()
    {
        var bad = Documents.Event("G2").Replace("OBSERVE", "LOOK", StringComparison.Ordinal);
        using var done = await silo.CaptureAsync(
            Documents.Of(Documents.Event("G1"), bad, Documents.Event("G3")),
            Wait, ("GS1-Capture-Error-Behaviour", "proceed"));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        var job = JsonDocument.Parse(await done.Content.ReadAsStringAsync()).RootElement;
        Assert.False(job.GetProperty("success").GetBoolean());
        Assert.Equal("proceed", job.GetProperty("captureErrorBehaviour").GetString());
        Assert.Equal(2, job.GetProperty("events").GetArrayLength());
        Assert.Equal(1, job.GetProperty("errors")[0].GetProperty("eventIndex").GetInt32());
    }

    [Fact]
    public async Task A_job_and_its_events_outlive_a_restart()
    {
        var id = Documents.NewId();
        await using var own = new Restartable();
        using var accepted = await own.Silo.CaptureAsync(Documents.Of(Documents.Event("H1", id)));
        await own.Silo.RestartAsync();
        var job = await own.Silo.GetJsonAsync(accepted.Headers.Location!.ToString());
        Assert.Equal(id, job.GetProperty("events")[0].GetProperty("eventID").GetString());
        using var again = await own.Silo.CaptureAsync(Documents.Of(Documents.Event("H1", id)));
        Assert.Equal(accepted.Headers.Location, again.Headers.Location);
    }

    [Fact]
    public async Task An_unknown_job_is_not_found()
    {
        foreach (var id in (string[])["nothing", new string('0', 32), new string('f', 33)])
        {
            using var answer = await silo.Client.GetAsync($"/capture/{id}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        }
    }

    internal static JsonElement EventsOf(JsonElement queryDocument) => queryDocument
        .GetProperty("epcisBody").GetProperty("queryResults").GetProperty("resultsBody").GetProperty("eventList");

    private async Task AssertRefusedAsync(string document, HttpStatusCode status, string field, int index, string pointer)
    {
        var before = await silo.MetricAsync("provenance_store_entries");
        using var refused = await silo.CaptureAsync(document);
        Assert.Equal(status, refused.StatusCode);
        var error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0];
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.Equal(index, error.GetProperty("eventIndex").GetInt32());
        Assert.Equal(pointer, error.GetProperty("pointer").GetString());
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
    }

    /// <summary>A silo of one test's own.</summary>
    private sealed class Restartable : IAsyncDisposable
    {
        public Restartable() => Silo.InitializeAsync().GetAwaiter().GetResult();

        public RunningSilo Silo { get; } = new();

        public async ValueTask DisposeAsync() => await Silo.DisposeAsync();
    }
}
