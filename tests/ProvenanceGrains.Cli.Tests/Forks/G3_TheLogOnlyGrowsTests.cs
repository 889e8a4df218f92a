using System.Text;
using ProvenanceGrains.Ledger;

namespace ProvenanceGrains.Cli.Tests.Forks;

/// <summary>Two checkpoints that do not fit are told from two that do, and leave evidence that a third party can check.</summary>
public sealed class G3_TheLogOnlyGrowsTests
{
    [Fact]
    public async Task A_log_that_grew_fits_what_it_was()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large(90);
        var before = chain.Checkpoint;
        chain.Event("later", "01/1/10/A").Seal().WriteLog(folder["log"]);
        await File.WriteAllBytesAsync(folder["before"], before);

        var result = await CompareAsync(folder, chain, "before", "log/checkpoint");

        Assert.Equal(0, result.Code);
        Assert.StartsWith("FIT", result.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["fork.json"]));
    }

    [Fact]
    public async Task Two_roots_of_one_size_are_proven_without_a_log()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        await File.WriteAllBytesAsync(folder["mine"], chain.Checkpoint);
        await File.WriteAllBytesAsync(folder["yours"], chain.Sign(chain.Leaves.Count, Hash256.Sha256("other"u8)));

        var result = await Tool.RunAsync(
            "compare", folder["mine"], folder["yours"], "--key", chain.Vkey, "--out", folder["fork.json"]);

        Assert.Equal(1, result.Code);
        await ProvenAsync(folder, chain);
    }

    [Fact]
    public async Task A_log_that_rewrote_its_past_is_proven_by_its_own_tiles()
    {
        using var folder = new TestFolder();
        var (honest, rewritten) = Fork();
        rewritten.WriteLog(folder["log"]);
        await File.WriteAllBytesAsync(folder["before"], honest.Checkpoint);

        var result = await CompareAsync(folder, honest, "log/checkpoint", "before");

        Assert.Equal(1, result.Code);
        Assert.StartsWith("FORK", result.Out, StringComparison.Ordinal);
        await ProvenAsync(folder, honest);
    }

    [Fact]
    public async Task A_url_is_compared_by_the_tiles_behind_it()
    {
        using var folder = new TestFolder();
        var (honest, rewritten) = Fork();
        rewritten.WriteLog(folder["log"]);
        await File.WriteAllBytesAsync(folder["before"], honest.Checkpoint);
        await using var server = TestServer.OfLog(folder["log"]);

        var result = await Tool.RunAsync(
            "compare", server.Url, folder["before"], "--key", honest.Vkey, "--out", folder["fork.json"]);

        Assert.Equal(1, result.Code);
        await ProvenAsync(folder, honest);
    }

    [Fact]
    public async Task Two_sizes_without_the_tiles_cannot_be_told()
    {
        using var folder = new TestFolder();
        var (honest, rewritten) = Fork();
        await File.WriteAllBytesAsync(folder["a"], honest.Checkpoint);
        await File.WriteAllBytesAsync(folder["b"], rewritten.Checkpoint);
        honest.WriteLog(folder["log"]);

        Assert.Equal(2, (await Tool.RunAsync("compare", folder["a"], folder["b"], "--key", honest.Vkey)).Code);
        var wrong = await CompareAsync(folder, honest, "a", "b");
        Assert.Equal(2, wrong.Code);
        Assert.StartsWith("CANNOT TELL", wrong.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_key_is_not_compared()
    {
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(folder["a"], TestChain.Small().Checkpoint);
        await File.WriteAllBytesAsync(folder["b"], new TestChain(seed: 8).Event("e", "01/1/10/A").Seal().Checkpoint);

        Assert.Equal(2, (await Tool.RunAsync("compare", folder["a"], folder["b"], "--key", TestChain.Small().Vkey)).Code);
    }

    [Fact]
    public async Task Evidence_that_was_tampered_with_proves_nothing()
    {
        using var folder = new TestFolder();
        var (honest, rewritten) = Fork();
        rewritten.WriteLog(folder["log"]);
        await File.WriteAllBytesAsync(folder["before"], honest.Checkpoint);
        await CompareAsync(folder, honest, "log/checkpoint", "before");
        var fork = await File.ReadAllTextAsync(folder["fork.json"]);
        await File.WriteAllTextAsync(folder["fork.json"], fork.Replace(
            Line(rewritten.Checkpoint, 2), Line(honest.Checkpoint, 2), StringComparison.Ordinal));

        var result = await Tool.RunAsync("verify", folder["fork.json"], "--key", honest.Vkey);

        Assert.Equal(1, result.Code);
        Assert.Contains("FORK NOT PROVEN", result.Out, StringComparison.Ordinal);
    }

    /// <summary>The mechanism switched off: signatures alone, without consistency, take the rewritten log.</summary>
    [Fact]
    public void Without_the_consistency_check_the_rewritten_log_would_pass()
    {
        var (honest, rewritten) = Fork();
        Assert.True(Logs.LogCheckpoint.TryOpen(honest.Checkpoint, honest.Key, out var before, out _));
        Assert.True(Logs.LogCheckpoint.TryOpen(rewritten.Checkpoint, honest.Key, out var after, out _));
        Assert.True(after.Size > before.Size);
    }

    private static string Line(byte[] note, int number) => Encoding.UTF8.GetString(note).Split('\n')[number];

    /// <summary>One key, two histories: the second is longer and has another first event.</summary>
    private static (TestChain Honest, TestChain Rewritten) Fork() => (
        new TestChain().Event("e1", "01/1/10/A").Event("e2", "01/1/10/B").Seal(),
        new TestChain().Event("x1", "01/1/10/A").Event("e2", "01/1/10/B").Seal().Event("e3", "01/1/10/A").Seal());

    private static Task<ToolResult> CompareAsync(TestFolder folder, TestChain chain, string one, string other) => Tool.RunAsync(
        "compare", folder[one], folder[other], "--key", chain.Vkey, "--log", folder["log"], "--out", folder["fork.json"]);

    private static async Task ProvenAsync(TestFolder folder, TestChain chain)
    {
        var result = await Tool.RunAsync("verify", folder["fork.json"], "--key", chain.Vkey);
        Assert.Equal(0, result.Code);
        Assert.Contains("FORK PROVEN", result.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await Tool.RunAsync("verify", folder["fork.json"], "--key", new TestChain(seed: 9).Vkey)).Code);
    }
}
