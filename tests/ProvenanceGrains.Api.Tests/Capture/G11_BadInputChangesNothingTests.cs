using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Tests.Hosting;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Api.Tests.Capture;

/// <summary>
/// Guarantee G11, bad input changes nothing: a document is validated whole before anything of it is written. In every
/// document of the table the events before the bad place are in order, so whoever writes as he reads is caught.
/// </summary>
public sealed class G11_BadInputChangesNothingTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    private const string Gtin = "01/09521234000037/21/";

    /// <summary>
    /// What is wrong; how it is refused, with no field where it is after all fields; and the last part of the document.
    /// # stands for the document's own name.
    /// </summary>
    private static readonly Dictionary<string, (HttpStatusCode Status, string Field, string Last)> Table = new()
    {
        ["check digit"] = (HttpStatusCode.BadRequest, "epcList", Last.Replace("09521234000037", "09521234000038", StringComparison.Ordinal)),
        ["unknown type"] = (HttpStatusCode.BadRequest, "type", Last.Replace("ObjectEvent", "SurpriseEvent", StringComparison.Ordinal)),
        ["unknown step"] = (HttpStatusCode.BadRequest, "bizStep", Last.Replace("shipping", "teleporting", StringComparison.Ordinal)),
        ["no action"] = (HttpStatusCode.BadRequest, "action", Last.Replace("\"action\":\"OBSERVE\",", "", StringComparison.Ordinal)),
        ["future"] = (HttpStatusCode.BadRequest, "eventTime", Last.Replace("2026-01-01T10", "2199-01-01T10", StringComparison.Ordinal)),
        ["twice a member"] = (HttpStatusCode.BadRequest, "action", With("\"action\":\"OBSERVE\",")),
        ["lone surrogate"] = (HttpStatusCode.BadRequest, "example:a", With("\"example:a\":\"\\ud800\",")),
        ["too deep"] = (HttpStatusCode.BadRequest, "example:a", With($"\"example:a\":{new string('[', 100)}{new string(']', 100)},")),
        ["too long a text"] = (HttpStatusCode.BadRequest, "example:a", With($"\"example:a\":\"{new string('x', 70_000)}\",")),
        ["too long a list"] = (HttpStatusCode.BadRequest, "bizTransactionList", With(
            $"\"bizTransactionList\":[{string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"{{\"bizTransaction\":\"urn:x:{i}\"}}"))}],")),
        ["too many things"] = (HttpStatusCode.BadRequest, "epcList", Last.Replace("#3\"", string.Join(
            $"\",\"https://id.gs1.org/{Gtin}", Enumerable.Range(0, 10_001).Select(i => $"#{i}")) + "\"", StringComparison.Ordinal)),
        ["id is taken"] = (HttpStatusCode.Conflict, "eventID", Documents.Event("#3", "urn:x:g11-taken", step: "receiving")),
        ["id twice"] = (HttpStatusCode.Conflict, "eventID", Documents.Event("#3", "urn:x:g11-#-1", step: "receiving")),
        ["tail cut off"] = (HttpStatusCode.BadRequest, "epcList", Last[..^10]),
        ["tail is no JSON"] = (HttpStatusCode.BadRequest, "", Last + "]}} , {"),
    };

    private static string Last => Documents.Event("#3", "urn:x:g11-#-3");

    public static TheoryData<string> Rows() => [.. Table.Keys];

    /// <summary>Takes a document in, well or badly.</summary>
    private delegate Task<HttpResponseMessage> Capture(string document);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_bad_document_is_refused_with_the_field_named_and_nothing_is_changed(string row)
    {
        var (status, field, _) = Table[row];
        var (answer, changed) = await TryAsync(row, "r", document => silo.CaptureAsync(document));
        using var refused = answer;
        Assert.Equal(status, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        var error = problem.GetProperty("errors")[0];
        var pointer = error.GetProperty("pointer").GetString()!;
        Assert.True(field.Length == 0 ? pointer.Length == 0 : pointer.StartsWith("/epcisBody/eventList/2", StringComparison.Ordinal), pointer);
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.Empty(changed);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_capture_that_commits_event_by_event_before_it_has_validated_the_rest_is_caught(string row)
    {
        var (answer, changed) = await TryAsync(row, "s", CaptureEventByEventAsync);
        using var refused = answer;
        Assert.False(refused.IsSuccessStatusCode);
        Assert.Equal(["committed", "heads", "claims", "bytes"], changed);
    }

    [Fact]
    public async Task What_a_refused_document_named_is_free_for_a_good_one()
    {
        var (answer, _) = await TryAsync("check digit", "f", document => silo.CaptureAsync(document));
        using var refused = answer;
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var name = NameOf("check digit", "f");
        var before = await silo.MetricAsync("provenance_store_entries");
        using var taken = await silo.CaptureAsync(
            Documents.Of([.. Enumerable.Range(1, 3).Select(i => Documents.Event($"{name}{i}", $"urn:x:g11-{name}-{i}", step: "receiving"))]),
            ("Prefer", "wait"));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(before + 3, await silo.MetricAsync("provenance_store_entries"));
    }

    [Theory]
    [InlineData("/capture", "text/plain", null, null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/capture", "application/json", "GS1-Capture-Error-Behaviour", "explode", HttpStatusCode.BadRequest)]
    [InlineData("/capture", "application/json", "GS1-EPCIS-Version", "3.0", HttpStatusCode.NotAcceptable)]
    [InlineData("/capture", "application/json", "Authorization", "Bearer wrong-key-0123456789abcdef", HttpStatusCode.Unauthorized)]
    [InlineData("/events", "application/json", null, null, HttpStatusCode.BadRequest)]
    public async Task A_good_document_in_a_bad_request_is_refused_and_nothing_is_changed(
        string path, string mediaType, string? header, string? value, HttpStatusCode status)
    {
        var document = Documents.Of(Documents.Event("q1", "urn:x:g11-q-1"), Documents.Event("q2", "urn:x:g11-q-2"));
        var before = await StateAsync("q");
        using var stranger = new HttpClient { BaseAddress = silo.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(document, Encoding.UTF8, mediaType) };
        request.Headers.TryAddWithoutValidation("Authorization", header == "Authorization" ? value : $"Bearer {RunningSilo.ApiKey}");
        if (header is not null and not "Authorization")
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var refused = await stranger.SendAsync(request);
        Assert.Equal(status, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Empty(before.DifferencesFrom(await StateAsync("q")));
    }

    private static string With(string extra) => Documents.Event("#3", "urn:x:g11-#-3", extra: extra);

    private static string NameOf(string row, string use) => $"{use}{Table.Keys.ToList().IndexOf(row)}x";

    private async Task<(HttpResponseMessage Answer, IReadOnlyList<string> Changed)> TryAsync(string row, string use, Capture capture)
    {
        using var taken = await silo.CaptureAsync(Documents.Of(Documents.Event("g11-taken", "urn:x:g11-taken")), ("Prefer", "wait"));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        var name = NameOf(row, use);
        var document = Documents.Of(
            Documents.Event("#1", "urn:x:g11-#-1"), Documents.Event("#2", "urn:x:g11-#-2"), Table[row].Last)
            .Replace("#", name, StringComparison.Ordinal);
        var before = await StateAsync(name);
        var answer = await capture(document);
        return (answer, before.DifferencesFrom(await StateAsync(name)));
    }

    /// <summary>The mistake that the guarantee excludes: each event is committed as soon as it has been read.</summary>
    private async Task<HttpResponseMessage> CaptureEventByEventAsync(string document)
    {
        foreach (var one in EventsAsFarAsReadable(Encoding.UTF8.GetBytes(document)))
        {
            var answer = await silo.CaptureAsync(Documents.Of(one), ("Prefer", "wait"));
            if (!answer.IsSuccessStatusCode)
            {
                return answer;
            }

            answer.Dispose();
        }

        return new HttpResponseMessage(HttpStatusCode.BadRequest);
    }

    private static List<string> EventsAsFarAsReadable(byte[] document)
    {
        var events = new List<string>();
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 1_000 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == 3)
                {
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    events.Add(Encoding.UTF8.GetString(document[start..(int)reader.BytesConsumed]));
                }
            }
        }
        catch (JsonException)
        {
            // The events before are committed by then: that is the mistake.
        }

        return events;
    }

    /// <summary>What the store holds, once everything committed is sealed: else the sealer's own entries would be a change.</summary>
    private async Task<State> StateAsync(string name)
    {
        await RunningSilo.EventuallyAsync(() => silo.MetricAsync("provenance_log_unsealed_entries"), unsealed => unsealed == 0);
        var journals = silo.Services.GetRequiredService<IJournalReader>();
        var heads = new List<JournalHead>();
        var claims = new List<HttpStatusCode>();
        foreach (var serial in (string[])["g11-taken", $"{name}1", $"{name}2", $"{name}3"])
        {
            heads.Add(await journals.GetHeadAsync(EntityId.Create("lot", Gtin + serial), CancellationToken.None));
        }

        foreach (var id in (string[])["urn:x:g11-taken", $"urn:x:g11-{name}-1", $"urn:x:g11-{name}-2", $"urn:x:g11-{name}-3"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/events/{Uri.EscapeDataString(id)}");
            request.Headers.Accept.ParseAdd("application/json");
            using var answer = await silo.Client.SendAsync(request);
            claims.Add(answer.StatusCode);
        }

        return new State(journals.Committed, heads, claims, DigestOf(silo.DataFolder));
    }

    private static string DigestOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) == "lock")
            {
                // Held by the silo for itself, and empty.
                continue;
            }

            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record State(long Committed, IReadOnlyList<JournalHead> Heads, IReadOnlyList<HttpStatusCode> Claims, string Bytes)
    {
        public IReadOnlyList<string> DifferencesFrom(State after) =>
        [
            .. Committed == after.Committed ? [] : (string[])["committed"],
            .. Heads.SequenceEqual(after.Heads) ? [] : (string[])["heads"],
            .. Claims.SequenceEqual(after.Claims) ? [] : (string[])["claims"],
            .. Bytes == after.Bytes ? [] : (string[])["bytes"],
        ];
    }
}
