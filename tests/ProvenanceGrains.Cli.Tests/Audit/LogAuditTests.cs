using System.Text.Json;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Cli.Tests.Audit;

public sealed class LogAuditTests
{
    [Fact]
    public async Task A_sound_log_passes()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder.Path);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(0, result.Code);
        Assert.Contains("SOUND", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("NOT SOUND", result.Out, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task A_sound_log_with_two_levels_of_tiles_passes_with_and_without_its_old_partial_tiles()
    {
        using var folder = new TestFolder();
        using var lean = new TestFolder();
        var chain = TestChain.Large();
        chain.WriteLog(folder.Path);
        chain.WriteLog(lean.Path, superseded: false);

        Assert.Equal(0, (await AuditAsync(folder, chain)).Code);
        Assert.Equal(0, (await AuditAsync(lean, chain)).Code);
    }

    [Fact]
    public async Task Every_flipped_byte_of_every_file_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder.Path);

        Assert.Empty(await FlipAsync(folder, chain, stride: 1));
    }

    [Fact]
    public async Task A_flipped_byte_is_found_on_every_level_of_a_larger_log()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large();
        chain.WriteLog(folder.Path);

        Assert.Empty(await FlipAsync(folder, chain, stride: 331));
    }

    [Fact]
    public async Task A_changed_entry_is_named_by_file_byte_and_leaf()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder.Path);
        var bundle = folder["tile/entries/000.p/" + chain.Leaves.Count];
        var bytes = await File.ReadAllBytesAsync(bundle);
        bytes[(2 * (2 + EntryHeader.Size)) + 2 + 90] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes);

        var result = await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey, "--json", "-");

        Assert.Equal(1, result.Code);
        using var json = JsonDocument.Parse(result.Out);
        Assert.False(json.RootElement.GetProperty("sound").GetBoolean());
        var failures = json.RootElement.GetProperty("failures").EnumerateArray().ToList();
        Assert.Equal(2, failures[0].GetProperty("leafIndex").GetInt64());
        Assert.Contains("entry at byte 232", failures[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            "it is entries that were changed",
            string.Join('\n', json.RootElement.GetProperty("notices").EnumerateArray()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        using var folder = new TestFolder();
        TestChain.Small().WriteLog(folder.Path);

        Assert.Equal(1, (await AuditAsync(folder, new TestChain(seed: 9))).Code);
        Assert.Equal(1, (await AuditAsync(folder, new TestChain(origin: "log.example.org/other"))).Code);
    }

    [Fact]
    public async Task Every_truncated_file_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder.Path);
        foreach (var file in folder.Files())
        {
            var content = await File.ReadAllBytesAsync(folder[file]);
            foreach (var length in new[] { 0, 1, content.Length / 2, content.Length - 1 })
            {
                await File.WriteAllBytesAsync(folder[file], content[..length]);
                Assert.True((await AuditAsync(folder, chain)).Code == 1, $"{file} cut to {length} bytes");
            }

            await File.WriteAllBytesAsync(folder[file], content);
        }
    }

    [Fact]
    public async Task Every_missing_file_of_the_last_tree_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large();
        chain.WriteLog(folder.Path, superseded: false);
        var needed = folder.Files().Where(file => file != "vkey" && !file.Contains(".p/", StringComparison.Ordinal)).ToList();
        Assert.Contains(needed, file => file == "tile/entries/000");
        foreach (var file in needed)
        {
            File.Move(folder[file], folder.Path + ".aside");
            Assert.True((await AuditAsync(folder, chain)).Code == 1, file);
            File.Move(folder.Path + ".aside", folder[file]);
        }
    }

    [Theory]
    [InlineData("tile/0/001", 32)]
    [InlineData("tile/0/000.p/12", 384)]
    [InlineData("tile/entries/004", 10)]
    [InlineData("tile/0/000.tmp", 0)]
    [InlineData("tile/1/000.p/1", 32)]
    [InlineData("tile/readme", 3)]
    public async Task A_stray_file_among_the_tiles_is_found(string path, int length)
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder.Path);
        TestChain.WriteFile(folder.Path, path, new byte[length]);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains(path, result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_log_whose_journal_has_a_gap_is_not_sound()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();

        // The same key signs a tree out of which one leaf was taken: only the chains can tell.
        var forged = new ForgedLog(chain).Without(1);
        forged.WriteLog(folder.Path);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains("goes on with sequence", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_log_that_does_not_end_with_a_block_is_not_sound()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        new ForgedLog(chain).Without(chain.Leaves.Count - 1).WriteLog(folder.Path);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains("The last leaf is not a block", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_log_with_entries_moved_between_blocks_is_not_sound()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();

        // Leaf 3 is the first block; leaf 4 the next entry, of a journal that has no other in between.
        new ForgedLog(chain).Swapped(3, 4).WriteLog(folder.Path);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains("commits to something else", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("tile")]
    public async Task A_folder_that_is_no_log_is_a_usage_error(string left)
    {
        using var folder = new TestFolder();
        TestChain.WriteFile(folder.Path, "something", [1]);
        Assert.Equal(2, (await Tool.RunAsync("audit", folder.Path, "--key", TestChain.Small().Vkey)).Code);
        Assert.Equal(2, (await Tool.RunAsync("audit", folder[left], "--key", TestChain.Small().Vkey)).Code);
    }

    [Fact]
    public async Task A_key_can_come_from_a_file()
    {
        using var folder = new TestFolder();
        using var keys = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder.Path);

        Assert.Equal(0, (await Tool.RunAsync("audit", folder.Path, "--key", "@" + folder["vkey"])).Code);
        Assert.Equal(2, (await Tool.RunAsync("audit", folder.Path, "--key", "@" + keys["none"])).Code);
        Assert.Equal(2, (await Tool.RunAsync("audit", folder.Path, "--key", "nonsense")).Code);
        Assert.Equal(2, (await Tool.RunAsync("audit", folder.Path)).Code);
    }

    private static Task<ToolResult> AuditAsync(TestFolder folder, TestChain chain) =>
        Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey);

    /// <returns>The places whose change went unnoticed.</returns>
    private static async Task<IReadOnlyList<string>> FlipAsync(TestFolder folder, TestChain chain, int stride)
    {
        var unnoticed = new List<string>();
        var bit = 0;
        foreach (var file in folder.Files())
        {
            var content = await File.ReadAllBytesAsync(folder[file]);
            for (var at = 0; at < content.Length; at += stride)
            {
                var mask = (byte)(1 << (bit++ % 8));
                content[at] ^= mask;
                await File.WriteAllBytesAsync(folder[file], content);
                content[at] ^= mask;
                var result = await AuditAsync(folder, chain);
                if (result.Code is not (1 or 2))
                {
                    unnoticed.Add($"{file}, byte {at}, bit {mask}");
                }
            }

            await File.WriteAllBytesAsync(folder[file], content);
        }

        return unnoticed;
    }
}
