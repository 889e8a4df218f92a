using System.Diagnostics;
using System.Text;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Silo.Hosting;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>A silo that must not start says why in a line and changes nothing.</summary>
public sealed class StartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-start-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_lost_key_is_not_replaced()
    {
        await SealOneAsync();
        File.Delete(Path.Combine(_folder.FullName, "log.key"));
        var refused = await Assert.ThrowsAsync<InvalidDataException>(StartAsync);
        Assert.Contains("log.key is missing", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "log.key")));
    }

    [Fact]
    public async Task A_checkpoint_that_the_key_did_not_sign_keeps_the_silo_from_starting()
    {
        await SealOneAsync();
        var path = Path.Combine(_folder.FullName, "chain", "checkpoint");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[40] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        await Assert.ThrowsAsync<InvalidDataException>(StartAsync);
    }

    [Fact]
    public async Task A_key_that_others_may_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await SealOneAsync();
        File.SetUnixFileMode(
            Path.Combine(_folder.FullName, "log.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(StartAsync);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parties.json", "[null]")]
    [InlineData("parties.json", "[{\"id\":null}]")]
    [InlineData("parties.json", "{")]
    public async Task A_damaged_file_of_the_operators_own_is_named(string file, string content)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, file), content);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(StartAsync);
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--roles", "captain", "captain")]
    [InlineData("--api-key", "short", "API key")]
    [InlineData("--urls", "nonsense", "nonsense")]
    [InlineData("--public-url", "ftp://x", "ftp://x")]
    public async Task A_wrong_option_is_one_line_on_standard_error(string option, string value, string named)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "ProvenanceGrains.Silo.dll"), "--data", _folder.FullName, option, value])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" },
        };
        using var silo = Process.Start(start)!;
        var output = silo.StandardOutput.ReadToEndAsync();
        var errors = (await silo.StandardError.ReadToEndAsync()).Trim();
        await silo.WaitForExitAsync();
        Assert.NotEqual(0, silo.ExitCode);
        Assert.Contains(named, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors + await output, StringComparison.Ordinal);
    }

    private Task<SiloHost> StartAsync() => SiloHost.StartAsync(
        new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Provenance:Data"] = _folder.FullName,
            ["Provenance:ApiKey"] = RunningSilo.ApiKey,
            ["Logging:LogLevel:Default"] = "None",
        },
        CancellationToken.None);

    private async Task SealOneAsync()
    {
        await using var silo = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(silo.Addresses[0]) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", RunningSilo.ApiKey);
        using var body = new StringContent(Documents.Of(Documents.Event("START")), Encoding.UTF8, "application/json");
        using var accepted = await client.PostAsync("/capture", body);
        Assert.True(accepted.IsSuccessStatusCode);
        await RunningSilo.EventuallyAsync(
            () => Task.FromResult(File.Exists(Path.Combine(_folder.FullName, "log", "checkpoint"))), published => published);
    }
}
