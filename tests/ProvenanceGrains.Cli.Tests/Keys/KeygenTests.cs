using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Tests.Keys;

public sealed class KeygenTests
{
    [Fact]
    public async Task A_new_key_is_readable_by_its_owner_alone_and_its_public_half_is_printed()
    {
        using var folder = new TestFolder();

        var result = await Tool.RunAsync("keygen", "--name", "log.example.org/1", "--out", folder["log.key"]);

        Assert.Equal(0, result.Code);
        Assert.True(SignerKey.TryParse((await File.ReadAllTextAsync(folder["log.key"])).TrimEnd('\n'), out var key, out _));
        Assert.Equal(key.Verifier + "\n", result.Out);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["log.key"]));
        }
    }

    [Fact]
    public async Task A_key_file_is_never_overwritten()
    {
        using var folder = new TestFolder();
        await Tool.RunAsync("keygen", "--name", "log.example.org/1", "--out", folder["log.key"]);
        var first = await File.ReadAllTextAsync(folder["log.key"]);

        var result = await Tool.RunAsync("keygen", "--name", "log.example.org/1", "--out", folder["log.key"]);

        Assert.Equal(2, result.Code);
        Assert.Equal(first, await File.ReadAllTextAsync(folder["log.key"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a+b")]
    public async Task A_name_that_no_note_can_hold_is_refused(string name)
    {
        using var folder = new TestFolder();

        Assert.Equal(2, (await Tool.RunAsync("keygen", "--name", name, "--out", folder["log.key"])).Code);
        Assert.False(File.Exists(folder["log.key"]));
    }
}
