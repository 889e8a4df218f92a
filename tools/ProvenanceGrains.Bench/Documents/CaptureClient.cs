using System.Net.Http.Headers;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.Documents;

/// <summary>Sends documents over one connection at a time.</summary>
internal sealed class CaptureClient : IDisposable
{
    private readonly HttpClient _http;

    public CaptureClient(Uri silo)
    {
        _http = new HttpClient { BaseAddress = silo, Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", SiloProcess.ApiKey);
    }

    /// <summary>Sends a document.</summary>
    /// <returns>The status and, of a refusal, the answer's text; null if the connection broke.</returns>
    public async Task<(int Status, string Text)?> SendAsync(SentDocument document, bool wait)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, document.Path);
        request.Content = new ByteArrayContent(document.Body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (wait)
        {
            request.Headers.Add("Prefer", "wait");
        }

        try
        {
            using var answer = await _http.SendAsync(request, CancellationToken.None);
            var text = answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync(CancellationToken.None);
            return ((int)answer.StatusCode, text);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
