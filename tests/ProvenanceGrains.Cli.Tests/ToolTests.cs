namespace ProvenanceGrains.Cli.Tests;

public sealed class ToolTests
{
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
