using System.Globalization;
using System.Net;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Export;

/// <summary>Fetches an entity's whole history, a thousand entries a request, into one document against one checkpoint.</summary>
internal static class HistoryDownload
{
    private const int PageEntries = 1000;

    /// <summary>The log may be sealed between two requests; then the pages are of two checkpoints, and it begins again.</summary>
    private const int MaxTries = 10;

    /// <exception cref="UnusableException">The server does not answer with a history, or is too busy for a long one.</exception>
    public static async Task<byte[]> RunAsync(Uri server, string entity, CancellationToken cancellation)
    {
        if (server.AbsolutePath.EndsWith("/log/", StringComparison.Ordinal))
        {
            server = new Uri(server, "../");
        }

        using var http = HttpLogSource.CreateClient(History.MaxBytes);
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await TryAsync(http, server, entity, cancellation) is { } history)
            {
                return HistoryJson.Write(history);
            }
        }

        throw new UnusableException($"The log was sealed anew between any two requests for {entity}: try again when it is quieter.");
    }

    /// <returns>Null if the log was sealed meanwhile.</returns>
    private static async Task<History?> TryAsync(HttpClient http, Uri server, string entity, CancellationToken cancellation)
    {
        History? whole = null;
        while (true)
        {
            var page = await PageAsync(http, server, entity, whole?.Entries.Count ?? 0, cancellation);
            if (whole is not null && page.Checkpoint.ToString() != whole.Checkpoint.ToString())
            {
                return null;
            }

            whole = whole is null ? page : whole with { Entries = [.. whole.Entries, .. page.Entries] };
            if (whole.Entries.Count > History.MaxEntries)
            {
                throw new UnusableException($"{entity} has more than {History.MaxEntries} entries; one history holds no more.");
            }

            if (page.Entries.Count == 0 || page.Total is null || whole.Entries.Count >= page.Total)
            {
                return whole;
            }
        }
    }

    private static async Task<History> PageAsync(
        HttpClient http, Uri server, string entity, int from, CancellationToken cancellation)
    {
        var path = string.Join('/', entity.Split('/').Select(Uri.EscapeDataString));
        var address = new Uri(server, string.Create(
            CultureInfo.InvariantCulture, $"entities/{path}/journal?from={from}&limit={PageEntries}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await http.SendAsync(request, cancellation);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            throw new UnusableException($"{server}: nothing is recorded about {entity}.");
        }

        if (!answer.IsSuccessStatusCode)
        {
            throw new UnusableException($"{address}: the server answers {(int)answer.StatusCode}.");
        }

        return HistoryJson.TryParse(bytes, out var history, out var error)
            ? history
            : throw new UnusableException($"{address}: the answer is no history. {error}");
    }
}
