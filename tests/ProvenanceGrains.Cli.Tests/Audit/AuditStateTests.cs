using System.Security.Cryptography;
using System.Text.Json;
using ProvenanceGrains.Cli.Audit;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Tests.Audit;

public sealed class AuditStateTests
{
    [Fact]
    public async Task A_second_audit_goes_on_where_the_first_ended()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large(700);
        chain.WriteLog(folder["log"]);
        Assert.Equal(0, (await AuditAsync(folder, chain)).Code);
        var before = chain.Leaves.Count;
        for (var i = 0; i < 400; i++)
        {
            chain.Event("more" + i, "01/1/10/L" + (i % 9));
        }

        chain.Seal(root => root).WriteLog(folder["log"]);

        var result = await AuditAsync(folder, chain, "--json", "-");

        Assert.Equal(0, result.Code);
        using var json = JsonDocument.Parse(result.Out);
        Assert.Equal(before, json.RootElement.GetProperty("begunAtLeaf").GetInt64());
        Assert.Equal(chain.Leaves.Count - before, json.RootElement.GetProperty("entries").GetInt64());
        Assert.Equal(10, json.RootElement.GetProperty("journals").GetInt64());
        var again = await AuditAsync(folder, chain);
        Assert.Equal(0, again.Code);
        Assert.Contains("SOUND  0 entries", again.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(700)]
    public async Task Whatever_is_wrong_behind_the_state_is_found(int events)
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large(events);
        chain.WriteLog(folder["log"]);
        await AuditAsync(folder, chain);
        var known = folder.Files().ToHashSet(StringComparer.Ordinal);
        chain.Event("more", "01/1/10/L1", "01/1/10/L99").Seal().WriteLog(folder["log"]);
        var state = await File.ReadAllBytesAsync(folder["state"]);
        Assert.NotEmpty(folder.Files().Except(known));
        foreach (var file in folder.Files().Except(known))
        {
            var content = await File.ReadAllBytesAsync(folder[file]);
            content[^1] ^= 1;
            await File.WriteAllBytesAsync(folder[file], content);
            Assert.Equal(1, (await AuditAsync(folder, chain)).Code);
            Assert.Equal(state, await File.ReadAllBytesAsync(folder["state"]));
            content[^1] ^= 1;
            await File.WriteAllBytesAsync(folder[file], content);
        }

        Assert.Equal(0, (await AuditAsync(folder, chain)).Code);
    }

    [Fact]
    public async Task A_journal_that_does_not_go_on_from_the_state_is_found()
    {
        using var folder = new TestFolder();
        TestChain Grown() => TestChain.Small().Event("e6", "01/1/10/A").Event("e7", "01/1/10/A").Seal();
        TestChain.Small().WriteLog(folder["log"]);
        var chain = Grown();
        await AuditAsync(folder, chain);
        Directory.Delete(folder["log"], recursive: true);
        new ForgedLog(chain).Swapped(10, 11).WriteLog(folder["log"]);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains("goes on with sequence", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rewritten_past_is_a_fork_with_evidence_and_the_state_stays()
    {
        using var folder = new TestFolder();
        var honest = new TestChain().Event("e1", "01/1/10/A").Seal();
        honest.WriteLog(folder["log"]);
        await AuditAsync(folder, honest);
        var state = await File.ReadAllBytesAsync(folder["state"]);
        Directory.Delete(folder["log"], recursive: true);
        new TestChain().Event("x1", "01/1/10/A").Seal().Event("x2", "01/1/10/A").Seal().WriteLog(folder["log"]);

        var result = await AuditAsync(folder, honest);

        Assert.Equal(1, result.Code);
        Assert.Contains("A fork", result.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Tool.RunAsync("verify", folder["fork.json"], "--key", honest.Vkey)).Code);
        Assert.Equal(state, await File.ReadAllBytesAsync(folder["state"]));
    }

    [Fact]
    public async Task Another_root_for_the_size_that_was_seen_is_a_fork_with_evidence()
    {
        using var folder = new TestFolder();
        var honest = new TestChain().Event("e1", "01/1/10/A").Seal();
        honest.WriteLog(folder["log"]);
        await AuditAsync(folder, honest);
        Directory.Delete(folder["log"], recursive: true);
        new TestChain().Event("x1", "01/1/10/A").Seal().WriteLog(folder["log"]);

        Assert.Equal(1, (await AuditAsync(folder, honest)).Code);
        Assert.Equal(0, (await Tool.RunAsync("verify", folder["fork.json"], "--key", honest.Vkey)).Code);
    }

    [Fact]
    public async Task A_log_that_was_set_back_is_not_sound()
    {
        using var folder = new TestFolder();
        var chain = new TestChain().Event("e1", "01/1/10/A").Seal();
        chain.WriteLog(folder["old"]);
        chain.Event("e2", "01/1/10/A").Seal().WriteLog(folder["log"]);
        await AuditAsync(folder, chain);
        Directory.Delete(folder["log"], recursive: true);
        Directory.Move(folder["old"], folder["log"]);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(1, result.Code);
        Assert.Contains("set back: it shows 2 leaves, but a checkpoint of 4 was seen", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_with_any_byte_changed_or_missing_is_refused()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.Seal(root => root).WriteLog(folder["log"]);
        await AuditAsync(folder, chain);
        var state = await File.ReadAllBytesAsync(folder["state"]);
        var taken = new List<int>();
        for (var at = 0; at <= state.Length; at++)
        {
            var changed = at < state.Length ? [.. state] : state[..^1];
            changed[Math.Min(at, changed.Length - 1)] ^= (byte)(at < state.Length ? 1 : 0);
            await File.WriteAllBytesAsync(folder["state"], changed);
            var result = await AuditAsync(folder, chain);
            if (result.Code != 2 || !result.Error.Contains("is refused", StringComparison.Ordinal))
            {
                taken.Add(at);
            }
        }

        Assert.Empty(taken);
    }

    [Fact]
    public async Task A_state_with_two_heads_of_one_journal_is_refused_also_if_its_digest_holds()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder["log"]);
        await AuditAsync(folder, chain);
        var state = await File.ReadAllBytesAsync(folder["state"]);

        // From the end: the digest, what was audited, the number of parties' entries, the heads.
        const int head = 80;
        var end = state.Length - SHA256.HashSizeInBytes;
        var last = end - 1 - sizeof(long) - head;
        state.AsSpan(last - head, Hash256.Size).CopyTo(state.AsSpan(last));
        SHA256.HashData(state.AsSpan(0, end), state.AsSpan(end));
        await File.WriteAllBytesAsync(folder["state"], state);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(2, result.Code);
        Assert.Contains("two heads of the journal", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_of_another_log_is_refused_by_name()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteLog(folder["log"]);
        await AuditAsync(folder, chain);
        var other = new TestChain("log.example.org/other").Event("e", "01/1/10/A").Seal();
        Directory.Delete(folder["log"], recursive: true);
        other.WriteLog(folder["log"]);

        var result = await AuditAsync(folder, other);

        Assert.Equal(2, result.Code);
        Assert.Contains("it is of log key log.example.org/test+", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_audit_that_was_stopped_goes_on_from_what_it_kept()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large(1200);
        chain.WriteLog(folder["log"]);
        var options = new AuditOptions(chain.Key, null, folder["state"], folder["fork.json"]) { SaveEvery = 1 };
        var source = new StoppingSource(new FolderLogSource(folder["log"], ""), bundles: 3);
        var task = new AuditTask(options, new Findings());
        await Assert.ThrowsAsync<IOException>(() => LogFolderAudit.RunAsync(source, task, NoMeter.Instance, CancellationToken.None));

        var result = await AuditAsync(folder, chain, "--json", "-");

        Assert.Equal(0, result.Code);
        using var json = JsonDocument.Parse(result.Out);
        Assert.Equal(768, json.RootElement.GetProperty("begunAtLeaf").GetInt64());
    }

    [Fact]
    public async Task A_data_folder_goes_on_at_the_segment_that_holds_the_next_entry()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large(100);
        chain.WriteDataFolder(folder["data"], unitsPerSegment: 10);
        Assert.Equal(0, (await AuditAsync(folder, chain, target: "data")).Code);
        chain.Event("e", "01/1/10/L1").Seal();
        Directory.Delete(folder["data"], recursive: true);
        chain.WriteDataFolder(folder["data"], unitsPerSegment: 10);

        var result = await AuditAsync(folder, chain, target: "data");
        Assert.Equal(0, result.Code);
        Assert.Contains("payloads    11 checked against their commitments, from entry 90 on", result.Out, StringComparison.Ordinal);

        await AuditAsync(folder, chain, target: "data");
        chain.Event("f", "01/1/10/L1").Seal();
        Directory.Delete(folder["data"], recursive: true);
        var unit = chain.Units[^1];
        chain.Units[^1] = unit with { Matters = [unit.Matters[0] with { Bytes = "{}"u8.ToArray() }] };
        chain.WriteDataFolder(folder["data"], unitsPerSegment: 10);
        Assert.Equal(1, (await AuditAsync(folder, chain, target: "data")).Code);
    }

    private static Task<ToolResult> AuditAsync(TestFolder folder, TestChain chain, params string[] more) =>
        AuditAsync(folder, chain, "log", more);

    private static Task<ToolResult> AuditAsync(TestFolder folder, TestChain chain, string target, string[]? more = null) => Tool.RunAsync(
        ["audit", folder[target], "--key", chain.Vkey, "--state", folder["state"], "--fork", folder["fork.json"], .. more ?? []]);

    /// <summary>A log that goes away while it is read.</summary>
    private sealed class StoppingSource(ILogSource log, int bundles) : ILogSource
    {
        public string Prefix => log.Prefix;

        public Task<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => log.ReadCheckpointAsync(cancellation);

        public Task<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) => log.ReadFileAsync(path, cancellation);

        public Task<byte[]?> ReadAsync(TilePath path, CancellationToken cancellation) =>
            path.IsEntryBundle && path.Index >= bundles
                ? Task.FromException<byte[]?>(new IOException("gone"))
                : log.ReadAsync(path, cancellation);
    }
}
