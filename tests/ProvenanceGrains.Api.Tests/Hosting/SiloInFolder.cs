using System.Text;
using System.Text.Json;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Silo.Hosting;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>A silo that is started with options of the test's own, in a folder that outlives it.</summary>
internal sealed class SiloInFolder : IAsyncDisposable
{
    private readonly SiloHost _host;

    private SiloInFolder(SiloHost host)
    {
        _host = host;
        Client = new HttpClient { BaseAddress = new Uri(host.Addresses[0]) };
        Client.DefaultRequestHeaders.Authorization = new("Bearer", RunningSilo.ApiKey);
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _host.Services;

    public static async Task<SiloInFolder> StartAsync(string folder, string? index) => new(await SiloHost.StartAsync(
        new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Provenance:Data"] = folder,
            ["Provenance:ApiKey"] = RunningSilo.ApiKey,
            ["Provenance:Index"] = index,
            ["Logging:LogLevel:Default"] = "None",
        }.Where(setting => setting.Value is not null),
        CancellationToken.None));

    /// <summary>Captures events and waits until the published log holds them.</summary>
    public async Task SealAsync(params string[] events)
    {
        using var body = new StringContent(Documents.Of(events), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/capture") { Content = body };
        request.Headers.Add("Prefer", "wait=30");
        using var done = await Client.SendAsync(request);
        Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync());
        await RunningSilo.EventuallyAsync(UnsealedAsync, unsealed => unsealed == 0);
    }

    public async Task<byte[]> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("*/*");
        using var answer = await Client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public async Task<JsonElement> GetJsonAsync(string path) => JsonDocument.Parse(await GetAsync(path)).RootElement;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }

    private async Task<long> UnsealedAsync()
    {
        var text = await Client.GetStringAsync("/metrics");
        var line = text.Split('\n').Single(line => line.StartsWith("provenance_log_unsealed_entries ", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
