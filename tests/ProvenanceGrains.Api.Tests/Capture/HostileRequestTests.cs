using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Api.Tests.Hosting;

namespace ProvenanceGrains.Api.Tests.Capture;

/// <summary>G11: whatever is sent, the answer is a clear refusal and nothing is written.</summary>
public sealed class HostileRequestTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    public static TheoryData<string, string> Bodies() => new()
    {
        { "empty", "" },
        { "malformed", "{\"type\":" },
        { "an array", "[]" },
        { "null", "null" },
        { "a number", "1e999" },
        { "trailing", Documents.Of(Documents.Event("X")) + "{}" },
        { "deep arrays", new string('[', 10_000) + new string(']', 10_000) },
        { "deep objects", string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000) },
        { "deep extension", Documents.Of(Documents.Event("X", extra: "\"example:a\":" + new string('[', 10_000) + new string(']', 10_000) + ",")) },
        { "byte order mark", "\uFEFF" + Documents.Of(Documents.Event("X")) },
        { "a bare event", Documents.Bare("X") },
        { "no event", Documents.Of() },
        { "twice the same member", Documents.Of(Documents.Event("X", extra: "\"action\":\"OBSERVE\",")) },
        { "a lone surrogate", Documents.Of(Documents.Event("X", extra: "\"example:a\":\"\\ud800\",")) },
        { "an id that is no URI", Documents.Of(Documents.Event("X", eventId: "not a uri")) },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_no_document_is_refused(string what, string body)
    {
        var before = await silo.MetricAsync("provenance_store_entries");
        using var refused = await silo.CaptureAsync(body);
        await AssertProblemAsync(refused, HttpStatusCode.BadRequest, what);
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_refused()
    {
        var body = Encoding.Latin1.GetBytes(Documents.Of(Documents.Event("X", extra: "\"example:a\":\"caf\u00e9\",")));
        using var refused = await silo.PostAsync("/capture", body, "application/json");
        await AssertProblemAsync(refused, HttpStatusCode.BadRequest, "latin-1");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Another_media_type_is_refused(string? mediaType)
    {
        using var refused = await silo.PostAsync("/capture", Encoding.UTF8.GetBytes(Documents.Of(Documents.Event("X"))), mediaType);
        await AssertProblemAsync(refused, HttpStatusCode.UnsupportedMediaType, mediaType ?? "none");
    }

    [Theory]
    [InlineData("GS1-Capture-Error-Behaviour", "explode", HttpStatusCode.BadRequest)]
    [InlineData("GS1-EPCIS-Version", "3.0", HttpStatusCode.NotAcceptable)]
    [InlineData("GS1-CBV-Version", "1.1", HttpStatusCode.NotAcceptable)]
    public async Task A_header_that_asks_for_the_impossible_is_refused(string name, string value, HttpStatusCode status)
    {
        using var refused = await silo.CaptureAsync(Documents.Of(Documents.Event("X")), (name, value));
        await AssertProblemAsync(refused, status, name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong-key-0123456789abcdef")]
    [InlineData("Bearer ")]
    [InlineData("Basic dXNlcjpwYXNzd29yZA==")]
    public async Task Without_a_known_key_nothing_is_taken(string? authorization)
    {
        using var stranger = new HttpClient { BaseAddress = silo.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/capture")
        {
            Content = new StringContent(Documents.Of(Documents.Event("X")), Encoding.UTF8, "application/json"),
        };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var refused = await stranger.SendAsync(request);
        await AssertProblemAsync(refused, HttpStatusCode.Unauthorized, authorization ?? "none");
        Assert.StartsWith("Bearer", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_megabytes_are_refused_before_they_are_sent()
    {
        using var content = new EndlessContent(100 * 1024 * 1024, announced: true);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/capture") { Content = content };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.ExpectContinue = true;
        using var refused = await silo.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await AssertProblemAsync(refused, HttpStatusCode.RequestEntityTooLarge, "100 MB");
    }

    [Fact]
    public async Task A_hundred_megabytes_that_were_not_announced_are_cut_off()
    {
        var before = await silo.MetricAsync("provenance_store_entries");
        using var content = new EndlessContent(100 * 1024 * 1024, announced: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/capture") { Content = content };
        request.Content.Headers.ContentType = new("application/json");
        try
        {
            using var refused = await silo.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server hung up while this client was still sending, so that it did not read the answer.
        }

        Assert.InRange(content.Sent, 1, 64L * 1024 * 1024);
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
        Assert.Equal(0, await silo.MetricAsync("provenance_capture_bytes_in_flight"));
    }

    [Fact]
    public async Task Too_many_events_are_refused_as_too_large()
    {
        var one = Documents.Event("X");
        using var refused = await silo.CaptureAsync(Documents.Of([.. Enumerable.Repeat(one, 10_001)]));
        await AssertProblemAsync(refused, HttpStatusCode.RequestEntityTooLarge, "10,001 events");
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        var before = await silo.MetricAsync("provenance_store_entries");
        var body = Documents.Of(Documents.Event("BROKEN"));
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(silo.Address.Host, silo.Address.Port);
            var head = $"POST /capture HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {RunningSilo.ApiKey}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + body[..^20]));
        }

        using var after = await silo.CaptureAsync(Documents.Of(Documents.Event("WHOLE")), ("Prefer", "wait"));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal(before + 1, await silo.MetricAsync("provenance_store_entries"));
        Assert.Equal(0, await silo.MetricAsync("provenance_capture_bytes_in_flight"));
    }

    [Theory]
    [InlineData("/01/09521234000038", HttpStatusCode.BadRequest)]
    [InlineData("/01/09521234000037/21/never-seen", HttpStatusCode.NotFound)]
    [InlineData("/01/%ZZ", HttpStatusCode.BadRequest)]
    [InlineData("/00/1", HttpStatusCode.BadRequest)]
    [InlineData("/receipts/-1", HttpStatusCode.BadRequest)]
    [InlineData("/receipts/99999999999", HttpStatusCode.NotFound)]
    [InlineData("/receipts/abc", HttpStatusCode.BadRequest)]
    [InlineData("/trace/01/09521234000037/21/x?direction=sideways", HttpStatusCode.BadRequest)]
    [InlineData("/trace/01/09521234000037/21/x?depth=99999", HttpStatusCode.BadRequest)]
    [InlineData("/events?perPage=0", HttpStatusCode.BadRequest)]
    [InlineData("/events?nextPageToken=garbage", HttpStatusCode.BadRequest)]
    [InlineData("/events?GE_eventTime=soon", HttpStatusCode.BadRequest)]
    [InlineData("/events?FROBNICATE=1", HttpStatusCode.BadRequest)]
    [InlineData("/events/urn:uuid:00000000-0000-0000-0000-000000000000", HttpStatusCode.NotFound)]
    [InlineData("/entities/UPPER/x/journal", HttpStatusCode.BadRequest)]
    [InlineData("/entities/lot/nothing/journal", HttpStatusCode.BadRequest)]
    [InlineData("/entities/lot/01/09521234000037/21/nothing/journal", HttpStatusCode.NotFound)]
    [InlineData("/log/tile/../../log.key", HttpStatusCode.NotFound)]
    [InlineData("/log/tile/%2e%2e/%2e%2e/log.key", HttpStatusCode.NotFound)]
    [InlineData("/log/tile/9/999", HttpStatusCode.NotFound)]
    [InlineData("/qr/nonsense.svg", HttpStatusCode.BadRequest)]
    [InlineData("/no/such/page", HttpStatusCode.NotFound)]
    public async Task A_question_without_an_answer_gets_a_problem(string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await silo.Client.SendAsync(request);
        await AssertProblemAsync(answer, status, path);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string what)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{what}: {(int)response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
    }

    /// <summary>A body of spaces that is made as it is sent.</summary>
    private sealed class EndlessContent(long length, bool announced) : HttpContent
    {
        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = new byte[64 * 1024];
            piece.AsSpan().Fill((byte)' ');
            while (Sent < length)
            {
                await stream.WriteAsync(piece);
                Sent += piece.Length;
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return announced;
        }
    }
}
