using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Tests.Export;

public sealed class ExportTests
{
    [Fact]
    public async Task A_log_is_audited_at_its_url()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large();
        chain.WriteLog(folder.Path, superseded: false);
        await using var server = TestServer.OfLog(folder.Path);

        Assert.Equal(0, (await Tool.RunAsync("audit", server.Url, "--key", chain.Vkey)).Code);
        Assert.Equal(0, (await Tool.RunAsync("audit", server.Url + "log/", "--key", chain.Vkey)).Code);
        Assert.Equal(1, (await Tool.RunAsync("audit", server.Url, "--key", new TestChain(seed: 1).Vkey)).Code);

        var tile = await File.ReadAllBytesAsync(folder["tile/1/000.p/1"]);
        tile[3] ^= 1;
        await File.WriteAllBytesAsync(folder["tile/1/000.p/1"], tile);
        Assert.Equal(1, (await Tool.RunAsync("audit", server.Url, "--key", chain.Vkey)).Code);
    }

    [Fact]
    public async Task A_log_that_grew_since_its_checkpoint_is_read_out_of_the_full_tiles()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large(events: 100);
        var checkpoint = chain.Checkpoint;
        for (var i = 0; i < 300; i++)
        {
            chain.Event($"later{i}", "01/1/10/L0");
        }

        chain.Seal().WriteLog(folder.Path, superseded: false);
        await File.WriteAllBytesAsync(folder["checkpoint"], checkpoint);
        await using var server = TestServer.OfLog(folder.Path);

        Assert.Equal(0, (await Tool.RunAsync("audit", server.Url, "--key", chain.Vkey)).Code);
    }

    [Fact]
    public async Task An_exported_log_passes_the_audit()
    {
        using var folder = new TestFolder();
        using var output = new TestFolder();
        var chain = TestChain.Large();
        chain.WriteLog(folder.Path);
        await using var server = TestServer.OfLog(folder.Path);

        var result = await Tool.RunAsync("export", server.Url, "--out", output["log"]);

        Assert.Equal(0, result.Code);
        Assert.Contains(chain.Vkey, result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await Tool.RunAsync("audit", output["log"], "--key", "@" + output["log/vkey"])).Code);
        Assert.Equal(2, (await Tool.RunAsync("export", server.Url, "--out", output["log"])).Code);
    }

    [Fact]
    public async Task An_export_that_fails_leaves_no_folder_that_passes_and_can_be_begun_again()
    {
        using var folder = new TestFolder();
        using var output = new TestFolder();
        var chain = TestChain.Large();
        chain.WriteLog(folder.Path);
        var bundle = await File.ReadAllBytesAsync(folder["tile/entries/000"]);
        bundle[700] ^= 1;
        await File.WriteAllBytesAsync(folder["tile/entries/000"], bundle);
        await using var server = TestServer.OfLog(folder.Path);

        var failed = await Tool.RunAsync("export", server.Url, "--out", output["log"], "--key", chain.Vkey);

        Assert.Equal(1, failed.Code);
        Assert.False(File.Exists(output["log/checkpoint"]));
        Assert.NotEqual(0, (await Tool.RunAsync("audit", output["log"], "--key", chain.Vkey)).Code);

        bundle[700] ^= 1;
        await File.WriteAllBytesAsync(folder["tile/entries/000"], bundle);
        Assert.Equal(0, (await Tool.RunAsync("export", server.Url, "--out", output["log"], "--key", chain.Vkey)).Code);
        Assert.Equal(0, (await Tool.RunAsync("audit", output["log"], "--key", chain.Vkey)).Code);
    }

    [Fact]
    public async Task A_bundle_is_saved_as_it_came_and_verifies()
    {
        using var output = new TestFolder();
        var chain = TestChain.Small(heads: true);
        var document = BundleJson.Write(chain.Bundle("01/1/10/A"));
        await using var server = TestServer.Start(request =>
            request.Path == "/entities/lot/01/1/10/A/bundle" ? new TestAnswer(200, document) : TestAnswer.NotFound);

        var result = await Tool.RunAsync("export", server.Url, "--entity", "lot/01/1/10/A", "--out", output["a.json"]);

        Assert.Equal(0, result.Code);
        Assert.Equal(document, await File.ReadAllBytesAsync(output["a.json"]));
        var verified = await Tool.RunAsync("verify", output["a.json"], "--key", chain.Vkey, "--entity", "lot/01/1/10/A");
        Assert.Equal(0, verified.Code);
        Assert.Contains("COMPLETE", verified.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(413, "{}", "--history")]
    [InlineData(503, "{}", "answers 503")]
    [InlineData(200, "{}", "no bundle")]
    public async Task A_bundle_that_cannot_be_had_leaves_no_file(int status, string body, string said)
    {
        using var output = new TestFolder();
        await using var server = TestServer.Start(_ => new TestAnswer(status, System.Text.Encoding.UTF8.GetBytes(body)));

        var result = await Tool.RunAsync("export", server.Url, "--entity", "lot/01/1/10/A", "--out", output["a.json"]);

        Assert.Equal(2, result.Code);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(output["a.json"]));
    }

    [Fact]
    public async Task A_long_history_is_put_together_from_its_pages_and_verifies()
    {
        using var output = new TestFolder();
        var chain = new TestChain();
        for (var i = 0; i < 1200; i++)
        {
            chain.Event($"e{i}", "01/1/10/A");
        }

        chain.Seal();
        var history = chain.History("01/1/10/A");
        await using var server = TestServer.Start(request =>
        {
            Assert.Equal("/entities/lot/01/1/10/A/journal", request.Path);
            var from = int.Parse(request.Query["from"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            var page = history with { Entries = [.. history.Entries.Skip(from).Take(1000)], Total = 1200 };
            return new TestAnswer(200, HistoryJson.Write(page));
        });

        var result = await Tool.RunAsync("export", server.Url, "--entity", "lot/01/1/10/A", "--history", "--out", output["a.json"]);

        Assert.Equal(0, result.Code);
        var verified = await Tool.RunAsync("verify", output["a.json"], "--key", chain.Vkey);
        Assert.Equal(0, verified.Code);
        Assert.Contains("1200 entries", verified.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_different_checkpoints_are_never_mixed()
    {
        using var output = new TestFolder();
        var chain = TestChain.Small();
        var requests = 0;
        await using var server = TestServer.Start(request =>
        {
            requests++;
            chain.Event($"more{requests}", "01/1/10/A").Seal();
            var from = int.Parse(request.Query["from"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            var history = chain.History("01/1/10/A");
            return new TestAnswer(200, HistoryJson.Write(history with
            {
                Entries = [.. history.Entries.Skip(from).Take(2)],
                Total = history.Entries.Count,
            }));
        });

        var result = await Tool.RunAsync("export", server.Url, "--entity", "lot/01/1/10/A", "--history", "--out", output["a.json"]);

        Assert.Equal(2, result.Code);
        Assert.Equal(20, requests);
        Assert.False(File.Exists(output["a.json"]));
    }

    [Fact]
    public async Task A_server_without_a_log_is_an_input_error()
    {
        using var output = new TestFolder();
        await using var server = TestServer.Start(_ => TestAnswer.NotFound);

        Assert.Equal(2, (await Tool.RunAsync("export", server.Url, "--out", output["log"])).Code);
        Assert.Equal(2, (await Tool.RunAsync("export", "ftp://example.org", "--out", output["log"])).Code);
        Assert.Equal(2, (await Tool.RunAsync("audit", "http://127.0.0.1:1", "--key", new TestChain().Vkey)).Code);
        Assert.Equal(2, (await Tool.RunAsync("export", server.Url, "--entity", "lot/x", "--out", output["a.json"])).Code);
        Assert.Equal(2, (await Tool.RunAsync("export", server.Url, "--entity", "lot", "--out", output["a.json"])).Code);
    }
}
