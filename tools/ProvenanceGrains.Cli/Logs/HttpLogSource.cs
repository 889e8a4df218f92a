using System.Net;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Logs;

/// <summary>A log behind a URL. Answers are of bounded size and time; nothing that they say is trusted.</summary>
internal sealed class HttpLogSource : ILogSource, IDisposable
{
    private readonly HttpClient _http;

    private HttpLogSource(HttpClient http, Uri address)
    {
        _http = http;
        Address = address;
    }

    /// <summary>The log's prefix, ended by a slash.</summary>
    public Uri Address { get; }

    public string Prefix => Address.ToString();

    /// <summary>Finds the log at a URL: the URL itself, or <c>log/</c> below it.</summary>
    /// <exception cref="UnusableException">There is no log, or the URL is none.</exception>
    public static async Task<HttpLogSource> OpenAsync(string url, CancellationToken cancellation)
    {
        var http = CreateClient(ILogSource.MaxFileBytes);
        var given = ParseAddress(url);
        Uri[] candidates = given.AbsolutePath.EndsWith("/log/", StringComparison.Ordinal)
            ? [given]
            : [new Uri(given, "log/"), given];
        foreach (var candidate in candidates)
        {
            var source = new HttpLogSource(http, candidate);
            if (await source.ReadCheckpointAsync(cancellation) is not null)
            {
                return source;
            }
        }

        http.Dispose();
        throw new UnusableException($"{url}: no checkpoint there, nor under log/. Is it a log's URL, and has it sealed a block yet?");
    }

    /// <exception cref="UnusableException">It is no absolute http or https URL.</exception>
    public static Uri ParseAddress(string url) =>
        Uri.TryCreate(url.EndsWith('/') ? url : url + "/", UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.Query.Length == 0 && address.Fragment.Length == 0
            ? address
            : throw new UnusableException($"'{url}' is not an http or https URL without query.");

    /// <param name="maxBytes">The longest answer that is taken.</param>
    public static HttpClient CreateClient(int maxBytes)
    {
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxConnectionsPerServer = 256,
        };
        var http = new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(100),
            MaxResponseContentBufferSize = maxBytes,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("provenance/" + typeof(HttpLogSource).Assembly.GetName().Version!.ToString(3));
        return http;
    }

    public void Dispose() => _http.Dispose();

    public Task<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => ReadFileAsync("checkpoint", cancellation);

    public async Task<byte[]?> ReadAsync(TilePath path, CancellationToken cancellation)
    {
        var content = await ReadFileAsync(path.ToString(), cancellation);
        return content is null && path.IsPartial
            ? CutTo(path, await ReadFileAsync(path.Full.ToString(), cancellation))
            : content;
    }

    /// <summary>A file below the log's prefix; null for 404 and 410.</summary>
    public async Task<byte[]?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Address, path), cancellation);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => await answer.Content.ReadAsByteArrayAsync(cancellation),
                HttpStatusCode.NotFound or HttpStatusCode.Gone => null,
                _ => throw new UnusableException($"{Address}{path}: the server answers {(int)answer.StatusCode}."),
            };
        }
        catch (HttpRequestException failure)
        {
            throw new UnusableException($"{Address}{path}: {failure.Message}", failure);
        }
        catch (TaskCanceledException timeout) when (!cancellation.IsCancellationRequested)
        {
            throw new UnusableException($"{Address}{path}: no answer in time.", timeout);
        }
    }

    /// <summary>The narrower file out of the full one that replaced it (C2SP tlog-tiles, Partial Tiles).</summary>
    private static byte[]? CutTo(TilePath path, byte[]? full)
    {
        if (full is null)
        {
            return null;
        }

        if (!path.IsEntryBundle)
        {
            return full[..Math.Min(full.Length, path.ContentLength)];
        }

        return EntryBundle.TryParse(full, TilePath.FullWidth, out var entries, out _)
            ? full[..entries.Take(path.Width).Sum(entry => 2 + entry.Length)]
            : full;
    }
}
