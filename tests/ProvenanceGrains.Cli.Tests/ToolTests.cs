namespace ProvenanceGrains.Cli.Tests;

public sealed class ToolTests
{
    [Theory]
    [InlineData("verify", "")]
    [InlineData("verify", "x", "--key", "")]
    [InlineData("redact", "x", "--withhold", "author", "--out", "")]
    [InlineData("compare", "a", "", "--key", "k")]
    [InlineData("keygen", "--type", "es256", "--out", "")]
    [InlineData("capture", "", "--url", "http://127.0.0.1:1", "--api-key", "k")]
    [InlineData("load", "--url", "http://127.0.0.1:1", "--api-key", "a\nb")]
    [InlineData("audit", "x", "--key", "k", "--state", "")]
    [InlineData("witness", "--data", "", "--log", "k")]
    [InlineData("witness", "--listen", "https://127.0.0.1:7999", "--data", "w", "--log", "k")]
    public async Task A_value_that_cannot_be_is_one_line_and_a_code_of_its_own(params string[] args)
    {
        var result = await Tool.RunAsync(args);

        Assert.Equal(2, result.Code);
        Assert.NotEmpty(result.Error);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_an_end_is_too_long_for_every_reader_of_files()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Contains("has more than", (await Tool.RunAsync("capture", "/dev/zero", "--url", "http://127.0.0.1:1", "--api-key", "k")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("audit")]
    [InlineData("keygen")]
    [InlineData("export")]
    [InlineData("load")]
    public async Task Every_command_explains_itself_with_examples(string command)
    {
        var result = await Tool.RunAsync(command, "--help");

        Assert.Equal(0, result.Code);
        Assert.Contains("Examples:", result.Out, StringComparison.Ordinal);
        Assert.Contains($"provenance {command} ", result.Out, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task The_tool_names_its_exit_codes_and_its_version()
    {
        var help = await Tool.RunAsync("--help");
        var version = await Tool.RunAsync("--version");

        Assert.Equal(0, help.Code);
        Assert.Contains("0 all is sound, 1 verification failed, 2 nothing was decided", help.Out, StringComparison.Ordinal);
        Assert.Equal(0, version.Code);
        Assert.Matches("^[0-9]+[.][0-9]+", version.Out);
    }

    [Fact]
    public async Task No_command_at_all_is_wrong_usage_and_shows_what_there_is()
    {
        var result = await Tool.RunAsync();

        Assert.Equal(2, result.Code);
        Assert.Contains("audit <TARGET>", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_output_is_json_and_nothing_else()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder["log"]);
        await File.WriteAllBytesAsync(folder["receipt"], chain.Receipt(0));

        foreach (var result in new[]
        {
            await Tool.RunAsync("audit", folder["log"], "--key", chain.Vkey, "--json", "-"),
            await Tool.RunAsync("verify", folder["receipt"], "--key", chain.Vkey, "--json"),
        })
        {
            Assert.Equal(0, result.Code);
            using var json = System.Text.Json.JsonDocument.Parse(result.Out);
            Assert.True(json.RootElement.GetProperty("sound").GetBoolean());
            Assert.Empty(result.Error);
        }
    }
}
