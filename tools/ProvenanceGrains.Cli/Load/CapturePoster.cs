using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ProvenanceGrains.Cli.Load;

/// <summary>
/// Posts capture documents and waits where the server asks to. A document whose answer was lost is posted again: the same
/// events again are the same records.
/// </summary>
internal sealed class CapturePoster(HttpClient http, Uri server, string apiKey, TimeProvider clock)
{
    /// <summary>Tries of one document, the first included.</summary>
    public const int MaxTries = 30;

    /// <summary>Connections that may break over one document.</summary>
    public const int MaxBroken = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private long _retries;
    private long _broken;

    /// <summary>How often a busy server asked to come back.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>How many connections broke before an answer.</summary>
    public long Broken => Interlocked.Read(ref _broken);

    /// <summary>Posts one document; returns when its events are recorded.</summary>
    /// <exception cref="UnusableException">The server refuses it, or stays busy.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached.</exception>
    public async Task PostAsync(string name, byte[] json, CancellationToken cancellation)
    {
        var pause = FirstPause;
        var broken = 0;
        for (var attempt = 1; ; attempt++)
        {
            HttpResponseMessage sent;
            try
            {
                sent = await SendAsync(json, cancellation);
            }
            catch (HttpRequestException) when (++broken < MaxBroken)
            {
                Interlocked.Increment(ref _broken);
                await Task.Delay(pause, clock, cancellation);
                continue;
            }

            using var answer = sent;
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) || attempt == MaxTries)
            {
                throw new UnusableException(
                    $"{name}: the server answers {(int)answer.StatusCode}. {Explain(await answer.Content.ReadAsByteArrayAsync(cancellation))}");
            }

            Interlocked.Increment(ref _retries);
            await Task.Delay(Longer(answer.Headers.RetryAfter, pause), clock, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] json, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "capture"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        request.Headers.Add("Prefer", "wait");
        request.Headers.Add("GS1-EPCIS-Version", "2.0.0");
        request.Content = new ByteArrayContent(json);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await http.SendAsync(request, cancellation);
    }

    /// <summary>What the server asks for (RFC 9110, 10.2.3), but at least the own pause and never over a minute.</summary>
    private TimeSpan Longer(RetryConditionHeaderValue? asked, TimeSpan pause)
    {
        var wanted = asked?.Delta ?? (asked?.Date is { } date ? date - clock.GetUtcNow() : TimeSpan.Zero);
        return wanted > TimeSpan.FromMinutes(1) ? TimeSpan.FromMinutes(1) : wanted > pause ? wanted : pause;
    }

    /// <summary>Title and detail of problem details (RFC 9457), and the first field that is named.</summary>
    private static string Explain(byte[] body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            var root = problem.RootElement;
            var text = $"{Text(root, "title")} {Text(root, "detail")}".Trim();
            return root.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{text} ({Text(errors[0], "pointer")}: {Text(errors[0], "message")})")
                : text;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
