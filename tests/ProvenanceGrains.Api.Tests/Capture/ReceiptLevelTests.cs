using System.Net;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Api.Tests.Hosting;

namespace ProvenanceGrains.Api.Tests.Capture;

/// <summary>How long a writer waits, and for what, at a log without witnesses.</summary>
public sealed class ReceiptLevelTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    [Fact]
    public async Task Who_waits_for_the_seal_gets_the_leaf()
    {
        using var done = await silo.CaptureAsync(Documents.Of(Documents.Event("R1")), ("Prefer", "wait=30, receipt=sealed"));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal("wait=30, receipt=sealed", done.Headers.GetValues("Preference-Applied").Single());
        var job = JsonDocument.Parse(await done.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("sealed", job.GetProperty("receiptLevel").GetString());
        Assert.Equal(
            JsonValueKind.Number, job.GetProperty("events")[0].GetProperty("entries")[0].GetProperty("leafIndex").ValueKind);
    }

    [Fact]
    public async Task One_event_can_be_waited_for_as_well()
    {
        using var done = await silo.PostAsync(
            "/events", Encoding.UTF8.GetBytes(Documents.Bare("R2", Documents.NewId())), "application/json", ("Prefer", "wait; receipt=sealed"));
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal("wait=10, receipt=sealed", done.Headers.GetValues("Preference-Applied").Single());
    }

    [Fact]
    public async Task Durable_is_what_waiting_alone_gives()
    {
        using var done = await silo.CaptureAsync(Documents.Of(Documents.Event("R3")), ("Prefer", "wait=5, receipt=durable"));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal("wait=5, receipt=durable", done.Headers.GetValues("Preference-Applied").Single());
        using var alone = await silo.CaptureAsync(Documents.Of(Documents.Event("R4")), ("Prefer", "receipt=sealed"));
        Assert.Equal(HttpStatusCode.Accepted, alone.StatusCode);
        Assert.False(alone.Headers.Contains("Preference-Applied"));
    }

    [Theory]
    [InlineData("/capture", "wait=5, receipt=witnessed", "no witnesses")]
    [InlineData("/capture", "receipt=notarized", "durable, sealed or witnessed")]
    [InlineData("/events", "wait=5, receipt=witnessed", "no witnesses")]
    public async Task A_level_that_cannot_be_is_refused_before_anything_is_written(string path, string prefer, string reason)
    {
        var before = await silo.MetricAsync("provenance_store_entries");
        var body = path == "/capture" ? Documents.Of(Documents.Event("R5")) : Documents.Bare("R5", Documents.NewId());
        using var refused = await silo.PostAsync(path, Encoding.UTF8.GetBytes(body), "application/json", ("Prefer", prefer));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("Prefer", problem.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
    }
}
