using System.Security.Cryptography;
using System.Text.Json;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Cli.Tests.Audit;

/// <summary>A state vouches for what was read and for nothing else: not for payloads after an audit of the public log, not for other files.</summary>
public sealed class AuditScopeTests
{
    private const int UnitsPerSegment = 10;

    [Fact]
    public async Task A_state_of_the_public_log_does_not_vouch_for_payloads()
    {
        using var folder = new TestFolder();
        var chain = Write(folder, TestChain.Large(35));
        Assert.Equal(0, (await AuditAsync(folder, chain, "data/log")).Code);

        var result = await AuditAsync(folder, chain, "data");

        Assert.Equal(0, result.Code);
        Assert.Contains("payloads    35 checked against their commitments\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("Everything was read from the beginning: only the public log was audited before, no payloads.", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("an earlier audit", result.Out, StringComparison.Ordinal);
        Assert.Contains("payloads    5 checked against their commitments, from entry 30 on", (await AuditAsync(folder, chain, "data")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payloads_that_came_between_two_audits_of_the_folder_while_only_the_log_was_audited_are_read()
    {
        using var folder = new TestFolder();
        var chain = Write(folder, TestChain.Large(25));
        Assert.Equal(0, (await AuditAsync(folder, chain, "data")).Code);
        Write(folder, chain.Event("more", "01/1/10/L1").Seal());
        Assert.Equal(0, (await AuditAsync(folder, chain, "data/log")).Code);

        var result = await AuditAsync(folder, chain, "data");

        Assert.Equal(0, result.Code);
        Assert.Contains("payloads    26 checked", result.Out, StringComparison.Ordinal);
        Assert.Contains("only the first 26 leaves were audited with their payloads before, of 28.", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data", true)]
    [InlineData("data", false)]
    [InlineData("data/log", true)]
    [InlineData("data/log", false)]
    public async Task Segments_that_are_gone_or_anothers_are_found(string before, bool replaced)
    {
        using var folder = new TestFolder();
        var chain = Write(folder, TestChain.Large(35));
        Assert.Equal(0, (await AuditAsync(folder, chain, before)).Code);
        var state = await File.ReadAllBytesAsync(folder["state"]);
        var other = new TestChain("log.example.org/other");
        for (var i = 0; i < 35; i++)
        {
            other.Event("x" + i, "01/1/10/X");
        }

        other.Seal().WriteDataFolder(folder["other"], UnitsPerSegment);
        Directory.Delete(folder["data/segments"], recursive: true);
        if (replaced)
        {
            Directory.Move(folder["other/segments"], folder["data/segments"]);
        }

        Assert.Equal(1, (await AuditAsync(folder, chain, "data")).Code);
        Assert.Equal(state, await File.ReadAllBytesAsync(folder["state"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_segment_that_is_gone_cut_or_anothers_is_found(int number)
    {
        using var folder = new TestFolder();
        var chain = Write(folder, TestChain.Large(35));
        Assert.Equal(0, (await AuditAsync(folder, chain, "data")).Code);
        var segment = folder["data/segments/" + SegmentHeader.FileName(number)];
        var content = await File.ReadAllBytesAsync(segment);
        var anothers = (byte[])content.Clone();
        anothers[40] ^= 1;
        var lastFrame = (byte[])content.Clone();
        lastFrame[content.AsSpan().LastIndexOf(FrameHeader.Magic) + FrameHeader.Size - 1] ^= 1;
        foreach (var changed in (byte[][])[[], content[..SegmentHeader.Size], content[..^1], [.. content, 0], anothers, lastFrame])
        {
            await File.WriteAllBytesAsync(segment, changed);
            Assert.Equal(1, (await AuditAsync(folder, chain, "data")).Code);
        }

        File.Delete(segment);
        Assert.Equal(1, (await AuditAsync(folder, chain, "data")).Code);
        await File.WriteAllBytesAsync(segment, content);
        Assert.Equal(0, (await AuditAsync(folder, chain, "data")).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_entry_in_the_segment_that_is_read_again_is_found(bool grown)
    {
        using var folder = new TestFolder();
        var (chain, other) = (TestChain.Large(33), TestChain.Large(32).Event("z32", "01/1/10/L4").Seal());
        Write(folder, chain);
        Assert.Equal(0, (await AuditAsync(folder, chain, "data")).Code);
        if (grown)
        {
            Write(folder, chain.Event("e33", "01/1/10/L5").Seal());
            other.Event("e33", "01/1/10/L5").Seal();
        }

        other.WriteDataFolder(folder["other"], UnitsPerSegment);
        File.Copy(folder["other/segments/00000003.seg"], folder["data/segments/00000003.seg"], overwrite: true);

        var result = await AuditAsync(folder, chain, "data");

        Assert.Equal(1, result.Code);
        Assert.Contains("00000003.seg", result.Out, StringComparison.Ordinal);
        Assert.Contains("The entry is not the one that was audited before", result.Out, StringComparison.Ordinal);
        Assert.Contains("entry 32", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leaf_that_was_changed_in_the_bundle_that_is_read_again_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large(35);
        chain.WriteLog(folder["log"], superseded: false);
        Assert.Equal(0, (await AuditAsync(folder, chain, "log")).Code);
        Directory.Delete(folder["log"], recursive: true);
        chain.Event("more", "01/1/10/L1").Seal().WriteLog(folder["log"], superseded: false);
        foreach (var stale in folder.Files().Where(file => file.Contains(".p/36", StringComparison.Ordinal)).ToList())
        {
            File.Delete(folder[stale]);
        }

        var bundle = folder["log/tile/entries/000.p/38"];
        var entries = await File.ReadAllBytesAsync(bundle);
        entries[2 + EntrySize - 1] ^= 1;
        await File.WriteAllBytesAsync(bundle, entries);
        var tile = folder["log/tile/0/000.p/38"];
        var hashes = await File.ReadAllBytesAsync(tile);
        SHA256.HashData([0, .. entries.AsSpan(2, EntrySize)]).CopyTo(hashes, 0);
        await File.WriteAllBytesAsync(tile, hashes);

        var result = await AuditAsync(folder, chain, "log");

        Assert.Equal(1, result.Code);
        Assert.Contains("but was audited as", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data/log")]
    public async Task A_folder_that_was_emptied_is_found(string before)
    {
        using var folder = new TestFolder();
        var chain = Write(folder, TestChain.Large(35));
        Assert.Equal(0, (await AuditAsync(folder, chain, before)).Code);
        Directory.Delete(folder["data"], recursive: true);
        Directory.CreateDirectory(folder["data/segments"]);

        var result = await AuditAsync(folder, chain, "data");

        Assert.Equal(1, result.Code);
        Assert.Contains("There is none, but one of 36 leaves was seen before.", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_of_blocks_that_are_gone_are_found()
    {
        using var folder = new TestFolder();
        var chain = Write(folder, TestChain.Large(35));
        Assert.Equal(0, (await AuditAsync(folder, chain, "data")).Code);
        File.Delete(folder["data/chain/blocks.bin"]);

        var result = await AuditAsync(folder, chain, "data");

        Assert.Equal(1, result.Code);
        Assert.Contains("The record of block 0 is missing.", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_audit_that_goes_on_says_exactly_what_it_did_not_read()
    {
        using var folder = new TestFolder();
        var chain = Write(folder, TestChain.Large(95));
        Assert.Equal(0, (await AuditAsync(folder, chain, "data")).Code);
        Write(folder, chain.Event("more", "01/1/10/L1").Seal());

        using var json = JsonDocument.Parse((await AuditAsync(folder, chain, "data", "--json", "-")).Out);

        var root = json.RootElement;
        Assert.True(root.GetProperty("sound").GetBoolean());
        Assert.Equal((97, 90, 6), (
            root.GetProperty("begunAtLeaf").GetInt64(), root.GetProperty("payloadsBegunAtOrdinal").GetInt64(), root.GetProperty("payloads").GetInt64()));
        Assert.Equal(
            [
                "The first 97 leaves were verified by an earlier audit. Their entries and full tiles were not read again, but for the bundle and "
                + "tile that new leaves go on in, nor was it looked whether these files are still there.",
                "Of segments 0 to 8, which hold entries 0 to 89, an earlier audit read every byte. This one compared their presence, lengths, "
                + "headers and last frames with what that one kept, and read nothing between.",
                "Of chain/blocks.bin the records of blocks 0 to 0 were not read again.",
            ],
            root.GetProperty("notices").EnumerateArray().Select(notice => notice.GetString()));
    }

    [Fact]
    public async Task A_state_of_the_version_before_is_refused_with_what_to_do()
    {
        using var folder = new TestFolder();
        var chain = Write(folder, TestChain.Large(35));
        await File.WriteAllBytesAsync(folder["state"], [.. "PGAUDIT1"u8, .. new byte[300]]);

        var result = await AuditAsync(folder, chain, "data");

        Assert.Equal(2, result.Code);
        Assert.Contains("it is of version 1, which does not say whether payloads were audited; audit anew", result.Error, StringComparison.Ordinal);
    }

    private const int EntrySize = Ledger.Entries.EntryHeader.Size;

    private static TestChain Write(TestFolder folder, TestChain chain)
    {
        if (Directory.Exists(folder["data"]))
        {
            Directory.Delete(folder["data"], recursive: true);
        }

        chain.WriteDataFolder(folder["data"], UnitsPerSegment);
        return chain;
    }

    private static Task<ToolResult> AuditAsync(TestFolder folder, TestChain chain, string target, params string[] more) => Tool.RunAsync(
        ["audit", folder[target], "--key", chain.Vkey, "--state", folder["state"], "--fork", folder["fork.json"], .. more]);
}
