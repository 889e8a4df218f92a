using System.Text;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>A folder's log keeps its index rule and key for life; what would change it keeps the silo from starting.</summary>
public sealed class IndexRuleStartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-index-");

    private string KeyFile => Path.Combine(_folder.FullName, "vrf.key");

    private string PublicFile => Path.Combine(_folder.FullName, "log", "vrf");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("vrf", "hash")]
    [InlineData("hash", "vrf")]
    [InlineData(null, "vrf")]
    public async Task Switching_the_rule_of_a_folder_is_refused(string? first, string second)
    {
        await RunAsync(first);
        await RefusedAsync(second, "--index " + second);
        await RunAsync(first);
    }

    [Theory]
    [InlineData("vrf", "hash")]
    [InlineData("hash", "vrf")]
    public async Task Switching_is_refused_even_before_the_first_block(string first, string second)
    {
        await (await SiloInFolder.StartAsync(_folder.FullName, first)).DisposeAsync();
        await RefusedAsync(second, "keeps its rule");
    }

    [Fact]
    public async Task A_folder_keeps_its_rule_when_no_option_is_given()
    {
        await RunAsync("vrf");
        var key = await File.ReadAllTextAsync(KeyFile);
        await RunAsync(null);
        Assert.Equal(key, await File.ReadAllTextAsync(KeyFile));
        Assert.True(VrfPrivateKey.TryParseText(key.TrimEnd('\n'), out var parsed, out var error), error);
        Assert.Equal(parsed.Public + "\n", await File.ReadAllTextAsync(PublicFile));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        }
    }

    [Fact]
    public async Task A_lost_key_is_not_replaced()
    {
        await RunAsync("vrf");
        File.Delete(KeyFile);
        await RefusedAsync("vrf", "vrf.key is missing");
        await RefusedAsync(null, "vrf.key is missing");
        Assert.False(File.Exists(KeyFile));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_key_is_refused(bool withItsPublicHalf)
    {
        await RunAsync("vrf");
        Assert.True(VrfPrivateKey.TryCreate([.. Enumerable.Repeat((byte)1, 32)], out var other, out _));
        await File.WriteAllTextAsync(KeyFile, other.ExportText() + "\n");
        if (withItsPublicHalf)
        {
            await File.WriteAllTextAsync(PublicFile, other.Public + "\n");
        }

        await RefusedAsync("vrf", "is not the key");
    }

    [Fact]
    public async Task A_damaged_key_file_or_one_that_others_may_read_is_refused()
    {
        await RunAsync("vrf");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            await RefusedAsync("vrf", "chmod 600");
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await File.WriteAllTextAsync(KeyFile, "nonsense\n");
        await RefusedAsync("vrf", "holds no VRF key");
    }

    [Fact]
    public async Task A_public_half_that_is_lost_is_written_again_from_the_first_block()
    {
        await RunAsync("vrf");
        var before = await File.ReadAllTextAsync(PublicFile);
        File.Delete(PublicFile);
        await RunAsync("vrf");
        Assert.Equal(before, await File.ReadAllTextAsync(PublicFile));
    }

    [Fact]
    public async Task A_start_that_was_cut_short_after_the_key_was_written_goes_on_with_it()
    {
        Assert.True(VrfPrivateKey.TryCreate([.. Enumerable.Repeat((byte)1, 32)], out var key, out _));
        await File.WriteAllTextAsync(KeyFile, key.ExportText() + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await RefusedAsync("hash", "vrf.key is there");
        await RunAsync("vrf");
        Assert.Equal(key.Public + "\n", await File.ReadAllTextAsync(PublicFile));
    }

    [Fact]
    public async Task Another_word_is_refused()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => SiloInFolder.StartAsync(_folder.FullName, "none"));
        Assert.Contains("'none'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_private_key_is_served_nowhere()
    {
        await using var silo = await SiloInFolder.StartAsync(_folder.FullName, "vrf");
        var secret = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(KeyFile)).TrimEnd('\n')[28..]);
        foreach (var page in (string[])["/log/vrf.key", "/vrf.key", "/log/../vrf.key", "/log/tile/..%2f..%2fvrf.key", "/log/vrf"])
        {
            using var answer = await silo.Client.GetAsync(page);
            Assert.True((await answer.Content.ReadAsByteArrayAsync()).AsSpan().IndexOf(secret) < 0, page);
        }
    }

    private async Task RunAsync(string? index)
    {
        await using var silo = await SiloInFolder.StartAsync(_folder.FullName, index);
        await silo.SealAsync(Documents.Event("K1", Documents.NewId()));
    }

    private async Task RefusedAsync(string? index, string says)
    {
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => SiloInFolder.StartAsync(_folder.FullName, index));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }
}
