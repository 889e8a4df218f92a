using System.Globalization;
using System.Text.Json;

namespace ProvenanceGrains.Cli.Export;

/// <summary>Fetches an entity's history, a thousand entries a page.</summary>
internal static class HistoryDownload
{
    private const int PageEntries = 1000;
    private const int MaxPages = 10_000;

    /// <exception cref="UnusableException">The server does not answer with a history.</exception>
    public static async Task<IReadOnlyList<byte[]>> RunAsync(
        HttpClient http, Uri server, string entity, CancellationToken cancellation)
    {
        if (server.AbsolutePath.EndsWith("/log/", StringComparison.Ordinal))
        {
            server = new Uri(server, "../");
        }

        var path = string.Join('/', entity.Split('/').Select(Uri.EscapeDataString));
        var pages = new List<byte[]>();
        for (var from = 0L; pages.Count < MaxPages;)
        {
            var address = new Uri(server, string.Create(
                CultureInfo.InvariantCulture, $"entities/{path}/journal?from={from}&limit={PageEntries}"));
            using var answer = await http.GetAsync(address, cancellation);
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                throw new UnusableException($"{address}: the server answers {(int)answer.StatusCode}.");
            }

            var (count, total) = CountEntries(bytes, address);
            pages.Add(bytes);
            from += count;
            if (count == 0 || from >= total)
            {
                return pages;
            }
        }

        throw new UnusableException($"{entity} has over {MaxPages * (long)PageEntries} entries.");
    }

    /// <summary><c>bar.json</c>, part 2, is <c>bar.2.json</c>.</summary>
    public static string NameOfPart(string file, int part) => Path.ChangeExtension(
        file, string.Create(CultureInfo.InvariantCulture, $".{part}{Path.GetExtension(file)}"));

    private static (long Count, long Total) CountEntries(byte[] json, Uri address)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return (document.RootElement.GetProperty("entries").GetArrayLength(), document.RootElement.GetProperty("total").GetInt64());
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UnusableException($"{address}: the answer is no history. {failure.Message}", failure);
        }
    }
}
