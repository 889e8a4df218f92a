using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>From a document to proofs that verify with the public key alone.</summary>
public sealed class SealedLogTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    [Fact]
    public async Task G4_a_receipt_and_a_history_verify_offline()
    {
        for (var i = 0; i < 5; i++)
        {
            using var done = await silo.CaptureAsync(Documents.Of(Documents.Event("S1", Documents.NewId()), Documents.Event($"S2-{i}")));
            Assert.Equal(HttpStatusCode.Accepted, done.StatusCode);
        }

        var story = await RunningSilo.EventuallyAsync(
            () => silo.GetJsonAsync("/01/09521234000037/21/S1"),
            story => story.GetProperty("journal").GetProperty("sealed").GetInt64() == 5);
        var leaf = story.GetProperty("events")[2].GetProperty("leafIndex").GetInt64();
        var trust = await silo.Client.GetByteArrayAsync("/log/vkey");
        var receipt = await silo.Client.GetByteArrayAsync($"/receipts/{leaf}");
        Assert.True(OfflineVerifier.VerifyReceipt(receipt, trust).IsSound);
        var history = await silo.Client.GetByteArrayAsync("/entities/lot/01/09521234000037/21/S1/journal");
        Assert.True(OfflineVerifier.VerifyHistory(history, trust).IsSound);

        var name = silo.Services.GetRequiredService<VerifierKey>().Name;
        var other = SignerKey.Create(name, NoteSignatureType.Ed25519, new byte[32]).Verifier.ToString();
        Assert.False(OfflineVerifier.VerifyReceipt(receipt, Encoding.UTF8.GetBytes(other)).IsSound);
        Assert.False(OfflineVerifier.VerifyHistory(history, Encoding.UTF8.GetBytes(other)).IsSound);
    }

    [Fact]
    public async Task The_first_entry_after_idleness_is_published_soon_and_the_whole_log_checks()
    {
        var checker = new LogChecker(silo.Services.GetRequiredService<VerifierKey>());
        var log = silo.Services.GetRequiredService<ILogReader>();
        using var done = await silo.CaptureAsync(Documents.Of(Documents.Event("T1")), ("Prefer", "wait"));
        var entries = await silo.MetricAsync("provenance_store_entries");
        await RunningSilo.EventuallyAsync(
            () => silo.MetricAsync("provenance_log_unsealed_entries"), unsealed => unsealed == 0);
        Assert.Equal(entries, (await checker.CheckAsync(log)).Count);
    }

    [Fact]
    public async Task The_private_key_is_readable_by_its_owner_alone_and_is_served_nowhere()
    {
        var path = Path.Combine(silo.DataFolder, "log.key");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        var secret = await File.ReadAllTextAsync(path);
        Assert.StartsWith("PRIVATE+KEY+", secret, StringComparison.Ordinal);
        foreach (var page in (string[])["/log/log.key", "/log.key", "/log/../log.key", "/log/tile/..%2f..%2flog.key"])
        {
            using var answer = await silo.Client.GetAsync(page);
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Api_keys_are_stored_hashed()
    {
        var stored = await File.ReadAllTextAsync(Path.Combine(silo.DataFolder, "parties.json"));
        Assert.DoesNotContain(RunningSilo.ApiKey, stored, StringComparison.Ordinal);
        Assert.Contains("script", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operation_answers()
    {
        var live = await silo.GetJsonAsync("/health/live");
        Assert.Equal("live", live.GetProperty("status").GetString());
        var ready = await RunningSilo.EventuallyAsync(
            async () =>
            {
                using var answer = await silo.Client.GetAsync("/health/ready");
                return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            },
            ready => ready.GetProperty("status").GetString() == "ready");
        Assert.Contains("not Orleans", ready.GetProperty("runtime").GetString(), StringComparison.Ordinal);
        var metrics = await silo.Client.GetAsync("/metrics");
        Assert.Equal("text/plain", metrics.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_openapi_document_names_every_route()
    {
        var document = await silo.GetJsonAsync("/openapi/v1.json");
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        foreach (var path in (string[])["/capture", "/capture/{captureID}", "/events", "/receipts/{leafIndex}", "/log/checkpoint", "/health/ready"])
        {
            Assert.Contains(path, paths);
        }
    }

    [Fact]
    public async Task A_second_silo_on_the_same_folder_is_refused()
    {
        var settings = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Provenance:Data"] = silo.DataFolder,
        };
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => ProvenanceGrains.Silo.Hosting.SiloHost.StartAsync(settings, CancellationToken.None));
        Assert.Contains(silo.DataFolder, refused.Message, StringComparison.Ordinal);
    }
}
