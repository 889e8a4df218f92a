using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Cli.Tests.Audit;

public sealed class DataFolderAuditTests
{
    private const int RecordSize = EntryHeader.Size + BlockContent.HashedSize;

    [Fact]
    public async Task A_sound_data_folder_passes()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(0, result.Code);
        Assert.Contains("7 checked against their commitments", result.Out, StringComparison.Ordinal);
        Assert.Contains("unsealed    0 entries", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_data_folder_of_many_segments_and_two_tile_levels_passes()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large();
        chain.WriteDataFolder(folder.Path, unitsPerSegment: 37);

        Assert.Equal(0, (await AuditAsync(folder, chain)).Code);
    }

    [Fact]
    public async Task A_new_data_folder_without_entries_or_blocks_passes()
    {
        using var folder = new TestFolder();
        var chain = new TestChain();
        chain.WriteDataFolder(folder.Path);
        Directory.Delete(folder["log"], recursive: true);
        Directory.Delete(folder["chain"], recursive: true);

        Assert.Equal(0, (await AuditAsync(folder, chain)).Code);
    }

    [Fact]
    public async Task Every_flipped_byte_of_every_file_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);
        var unnoticed = new List<string>();
        var bit = 0;
        foreach (var file in folder.Files())
        {
            var content = await File.ReadAllBytesAsync(folder[file]);
            for (var at = 0; at < content.Length; at++)
            {
                var mask = (byte)(1 << (bit++ % 8));
                content[at] ^= mask;
                await File.WriteAllBytesAsync(folder[file], content);
                content[at] ^= mask;
                if ((await AuditAsync(folder, chain)).Code is not (1 or 2))
                {
                    unnoticed.Add($"{file}, byte {at}, bit {mask}");
                }
            }

            await File.WriteAllBytesAsync(folder[file], content);
        }

        Assert.Empty(unnoticed);
    }

    [Fact]
    public async Task Every_flipped_byte_of_the_unsealed_tail_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small().Event("late", "01/1/10/A");
        chain.WriteDataFolder(folder.Path, unitsPerSegment: 5);
        var tail = folder["segments/00000001.seg"];
        var content = await File.ReadAllBytesAsync(tail);
        Assert.Contains("1 entries at the end are not sealed", (await AuditAsync(folder, chain)).Out, StringComparison.Ordinal);
        var unnoticed = new List<int>();
        for (var at = 0; at < content.Length; at++)
        {
            content[at] ^= 0x40;
            await File.WriteAllBytesAsync(tail, content);
            content[at] ^= 0x40;
            if ((await AuditAsync(folder, chain)).Code is not (1 or 2))
            {
                unnoticed.Add(at);
            }
        }

        Assert.Empty(unnoticed);
    }

    [Fact]
    public async Task A_payload_changed_with_all_its_checks_is_found_by_its_commitment()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        var unit = chain.Units[1];
        var other = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(unit.Matters[0].Bytes.Span).Replace("e2", "E2", StringComparison.Ordinal));
        chain.Units[1] = unit with { Matters = [unit.Matters[0] with { Bytes = other }] };
        chain.WriteDataFolder(folder.Path);

        var result = await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey, "--json", "-");

        Assert.Equal(1, result.Code);
        using var json = JsonDocument.Parse(result.Out);
        var failure = json.RootElement.GetProperty("failures")[0];
        Assert.Equal("segments/00000000.seg", failure.GetProperty("file").GetString());
        Assert.Equal(1, failure.GetProperty("ordinal").GetInt64());
        Assert.Contains("is not what its header commits to", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_rewritten_together_with_its_header_is_found_by_the_log()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        var forged = new TestChain().Event("e1", "01/1/10/A").Event("forged", "01/1/10/A", "01/1/10/B").Seal()
            .Event("e3", "01/1/10/B").Event("e4", "01/1/10/A").Seal().Event("e5", "01/1/10/A", "01/1/10/B").Seal();
        chain.WriteDataFolder(folder.Path);
        chain.Units.Clear();
        chain.Units.AddRange(forged.Units);
        chain.WriteDataFolder(folder.Path);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains("is not the leaf that the log has", result.Out, StringComparison.Ordinal);
        Assert.Contains("leaf 1, entry 1", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("segments/00000000.seg")]
    [InlineData("segments/00000001.seg")]
    [InlineData("chain/blocks.bin")]
    [InlineData("chain/checkpoint")]
    [InlineData("log/checkpoint")]
    [InlineData("log/tile/0/000.p/10")]
    [InlineData("log/tile/entries/000.p/10")]
    public async Task Every_missing_or_shortened_file_is_found(string file)
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);
        var content = await File.ReadAllBytesAsync(folder[file]);
        foreach (var length in new[] { 0, 1, content.Length / 2, content.Length - 1 })
        {
            await File.WriteAllBytesAsync(folder[file], content[..length]);
            Assert.True((await AuditAsync(folder, chain)).Code == 1, $"cut to {length}");
        }

        File.Delete(folder[file]);
        Assert.Equal(1, (await AuditAsync(folder, chain)).Code);
    }

    [Fact]
    public async Task A_sealed_unit_that_is_cut_off_at_a_frame_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);
        chain.Units.RemoveAt(4);
        Directory.Delete(folder["segments"], recursive: true);
        chain.WriteDataFolder(folder.Path);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains("has sealed this entry, but no segment holds it", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_was_cut_short_behind_everything_durable_is_told_and_no_failure()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small().Event("late", "01/1/10/A");
        chain.WriteDataFolder(folder.Path, unitsPerSegment: 5);
        var tail = folder["segments/00000001.seg"];
        var content = await File.ReadAllBytesAsync(tail);
        await File.WriteAllBytesAsync(tail, content[..^1]);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(0, result.Code);
        Assert.Contains("of a write that was cut short", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sealing_that_was_interrupted_after_its_commit_point_is_audited_with_its_stage()
    {
        using var folder = new TestFolder();
        var chain = new TestChain().Event("e1", "01/1/10/A").Seal();
        var before = chain.Checkpoint;
        var written = chain.Files.Keys.ToHashSet(StringComparer.Ordinal);
        chain.Event("e2", "01/1/10/A").Seal();
        chain.WriteDataFolder(folder.Path);
        foreach (var file in chain.Files.Keys.Where(file => !written.Contains(file)))
        {
            File.Delete(folder["log/" + file]);
        }

        await File.WriteAllBytesAsync(folder["log/checkpoint"], before);
        await File.WriteAllBytesAsync(folder["chain/blocks.bin"], [.. chain.BlockRecords[0], .. chain.BlockRecords[1][..40]]);
        var stage = Stage(chain, written);
        TestChain.WriteFile(folder.Path, "chain/stage", stage);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(0, result.Code);
        Assert.Contains("interrupted after its commit point", result.Out, StringComparison.Ordinal);
        stage[^40] ^= 1;
        TestChain.WriteFile(folder.Path, "chain/stage", stage);
        Assert.Equal(1, (await AuditAsync(folder, chain)).Code);
    }

    [Fact]
    public async Task A_stage_that_was_never_committed_is_told_and_not_used()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);
        var later = TestChain.Small().Event("e6", "01/1/10/A").Seal();
        TestChain.WriteFile(folder.Path, "chain/stage", Stage(later, []));

        var result = await AuditAsync(folder, chain);

        Assert.Equal(0, result.Code);
        Assert.Contains("interrupted before its commit point", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_published_checkpoint_that_is_not_the_committed_one_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);
        var other = new TestChain().Event("x", "01/1/10/A").Seal();
        await File.WriteAllBytesAsync(folder["log/checkpoint"], other.Checkpoint);

        Assert.Equal(1, (await AuditAsync(folder, chain)).Code);
    }

    [Fact]
    public async Task A_running_engine_is_not_audited()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);
        await using var held = new FileStream(folder["lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(2, result.Code);
        Assert.Contains("stop the engine first", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_surplus_block_record_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);
        await File.AppendAllBytesAsync(folder["chain/blocks.bin"], chain.BlockRecords[0]);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains($"chain/blocks.bin, bytes {3 * RecordSize} to {(4 * RecordSize) - 1}", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_private_key_is_not_read_and_the_index_not_audited()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder.Path);
        TestChain.WriteFile(folder.Path, "log.key", "no key at all"u8.ToArray());
        TestChain.WriteFile(folder.Path, "index/x.db", [1, 2, 3]);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(0, result.Code);
        Assert.Contains("index/ is derived", result.Out, StringComparison.Ordinal);
        Assert.Contains("log.key", result.Out, StringComparison.Ordinal);
    }

    private static Task<ToolResult> AuditAsync(TestFolder folder, TestChain chain) =>
        Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey);

    /// <summary>The stage of a chain's last block: magic, checkpoint, height, record, files, digest.</summary>
    private static byte[] Stage(TestChain chain, HashSet<string> written)
    {
        var stream = new MemoryStream();
        stream.Write("PGSTAGE1"u8);
        WriteBytes(chain.Checkpoint);
        WriteNumber(chain.BlockRecords.Count - 1, 8);
        WriteBytes(chain.BlockRecords[^1]);
        var files = chain.Files.Where(file => !written.Contains(file.Key)).ToList();
        WriteNumber(files.Count, 4);
        foreach (var (path, content) in files)
        {
            WriteBytes(Encoding.UTF8.GetBytes(path));
            WriteBytes(content);
        }

        stream.Write(SHA256.HashData(stream.ToArray()));
        return stream.ToArray();

        void WriteBytes(byte[] bytes)
        {
            WriteNumber(bytes.Length, 4);
            stream.Write(bytes);
        }

        void WriteNumber(long number, int size)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            stream.Write(bytes[(8 - size)..]);
        }
    }
}
