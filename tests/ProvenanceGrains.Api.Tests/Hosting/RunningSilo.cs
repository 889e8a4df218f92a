using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Silo.Hosting;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>A whole silo in this process, on a port of its own and a data folder that goes away with it.</summary>
public class RunningSilo : IAsyncLifetime
{
    public const string ApiKey = "test-key-0123456789abcdef";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-api-");
    private SiloHost? _host;
    private HttpClient? _client;

    public string DataFolder => _folder.FullName;

    /// <summary>Carries the API key.</summary>
    public HttpClient Client => _client ?? throw new InvalidOperationException("Not started.");

    public Uri Address => Client.BaseAddress!;

    public IServiceProvider Services => _host!.Services;

    /// <summary>Settings beside the usual, for the next start.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Provenance:Data"] = DataFolder,
            ["Provenance:ApiKey"] = ApiKey,
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (var (name, value) in Settings)
        {
            settings[name] = value;
        }

        _host = await SiloHost.StartAsync(settings, CancellationToken.None);
        _client = new HttpClient { BaseAddress = new Uri(_host.Addresses[0]) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Stops the silo and starts another on the same folder.</summary>
    public Task RestartAsync() => RestartAsync(() => Task.CompletedTask);

    /// <summary>The same, with the folder to oneself between the two.</summary>
    public async Task RestartAsync(Func<Task> meanwhile)
    {
        _client!.Dispose();
        await _host!.DisposeAsync();
        await meanwhile();
        await InitializeAsync();
    }

    public Task<HttpResponseMessage> CaptureAsync(string document, params (string Name, string Value)[] headers) =>
        PostAsync("/capture", Encoding.UTF8.GetBytes(document), "application/json", headers);

    public async Task<HttpResponseMessage> PostAsync(
        string path, byte[] body, string? mediaType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request);
    }

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync())).RootElement;
    }

    /// <summary>A figure of <c>/metrics</c>.</summary>
    public async Task<long> MetricAsync(string name)
    {
        var text = await Client.GetStringAsync("/metrics");
        var line = text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Asks until an answer satisfies: for what becomes true within the second that sealing takes.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> satisfies)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var answer = await ask();
            if (satisfies(answer))
            {
                return answer;
            }

            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}
