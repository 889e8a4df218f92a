using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Cli;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Cli.Witnesses;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Silo.Hosting;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>A silo and three witnesses with folders, ports and keys of their own, each of which can be stopped and started again.</summary>
internal sealed class WitnessedSilo : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-witnessed-");
    private readonly SignerKey _log = SignerKey.Create("log.example/witnessed", NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)5, 32)]);
    private readonly WitnessServer?[] _witnesses = new WitnessServer?[3];
    private readonly string[] _urls = new string[3];
    private SiloHost? _host;

    public HttpClient Client { get; private set; } = new();

    public LogPolicy Policy { get; private set; } = null!;

    private string Data => Path.Combine(_folder.FullName, "data");

    public static async Task<WitnessedSilo> StartAsync()
    {
        var silo = new WitnessedSilo();
        Directory.CreateDirectory(silo.Data);
        var keyFile = Path.Combine(silo.Data, "log.key");
        await File.WriteAllTextAsync(keyFile, silo._log.ExportPrivateKey() + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var policy = new StringBuilder($"log {silo._log.Verifier}\n");
        for (var i = 0; i < 3; i++)
        {
            await silo.StartWitnessAsync(i);
            policy.Append(CultureInfo.InvariantCulture, $"witness w{i} {silo._witnesses[i]!.Key} {silo._urls[i]}\n");
        }

        policy.Append("group two-of-three 2 w0 w1 w2\nquorum two-of-three\n");
        var bytes = Encoding.UTF8.GetBytes(policy.ToString());
        await File.WriteAllBytesAsync(Path.Combine(silo._folder.FullName, "policy"), bytes);
        Assert.True(LogPolicy.TryParse(bytes, out var parsed, out var error), error);
        silo.Policy = parsed;
        await silo.StartSiloAsync();
        return silo;
    }

    public async Task StartWitnessAsync(int i)
    {
        var options = new WitnessOptions(
            _urls[i] ?? "http://127.0.0.1:0", Path.Combine(_folder.FullName, $"w{i}"), [_log.Verifier], Name: $"witness.example/w{i}");
        _witnesses[i] = await WitnessServer.StartAsync(options, TimeProvider.System, CancellationToken.None);
        _urls[i] = _witnesses[i]!.Url;
    }

    public async Task StopWitnessAsync(int i)
    {
        await _witnesses[i]!.DisposeAsync();
        _witnesses[i] = null;
    }

    /// <summary>Stops the silo, has its folder audited under the policy, and starts it again.</summary>
    /// <returns>What the auditor says of it.</returns>
    public async Task<string> RestartWithAuditAsync()
    {
        await _host!.DisposeAsync();
        var output = new StringWriter();
        var code = await ProvenanceTool.RunAsync(
            ["audit", Data, "--key", _log.Verifier.ToString(), "--policy", Path.Combine(_folder.FullName, "policy")],
            new Terminal(output, TextWriter.Null, interactive: false, color: false, TimeProvider.System),
            CancellationToken.None);
        Assert.True(code == 0, output.ToString());
        await StartSiloAsync();
        return output.ToString();
    }

    public async Task<(int Status, JsonElement Job, string Applied)> CaptureAsync(string document, string prefer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/capture")
        {
            Content = new StringContent(document, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Prefer", prefer);
        using var answer = await Client.SendAsync(request);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return ((int)answer.StatusCode, body, string.Join(", ", answer.Headers.GetValues("Preference-Applied")));
    }

    public async Task<JsonElement> GetJsonAsync(string path) =>
        JsonDocument.Parse(await Client.GetStringAsync(path)).RootElement;

    /// <summary>The published checkpoint, which must have the quorum; null if there is none.</summary>
    public async Task<TrustedCheckpoint?> PublishedAsync()
    {
        using var answer = await Client.GetAsync("/log/checkpoint");
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }

        Assert.True(Policy.TryOpenCheckpoint(await answer.Content.ReadAsByteArrayAsync(), out var checkpoint, out var error), error);
        return checkpoint;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        foreach (var witness in _witnesses.OfType<WitnessServer>())
        {
            await witness.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartSiloAsync()
    {
        _host = await SiloHost.StartAsync(
            new Dictionary<string, string?>
            {
                ["urls"] = "http://127.0.0.1:0",
                ["Provenance:Data"] = Data,
                ["Provenance:ApiKey"] = RunningSilo.ApiKey,
                ["Provenance:WitnessPolicy"] = Path.Combine(_folder.FullName, "policy"),
                ["Logging:LogLevel:Default"] = "None",
            },
            CancellationToken.None);
        Client.Dispose();
        Client = new HttpClient { BaseAddress = new Uri(_host.Addresses[0]) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RunningSilo.ApiKey);
    }
}
