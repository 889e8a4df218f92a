using System.Text.Json;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Tests.Audit;

/// <summary>What an audit asks beyond the tree: witnesses, and the head map's root in each block.</summary>
public sealed class AuditTrustTests
{
    private static readonly SignerKey[] Witnesses =
        [.. Enumerable.Range(1, 3).Select(i => SignerKey.Create("w" + i, NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)i, 32)]))];

    [Fact]
    public async Task A_quorum_of_witnesses_is_named()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small().Cosign(Witnesses[0]).Cosign(Witnesses[2]);

        var result = await AuditAsync(folder, chain, Policy(chain, 2));

        Assert.Equal(0, result.Code);
        Assert.Contains("cosigned    by w1, w3", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_witnesses_are_a_failure()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small().Cosign(Witnesses[0]);

        Assert.Contains("do not reach quorum", (await NotSoundAsync(folder, chain, Policy(chain, 2))).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await AuditAsync(folder, chain, Policy(chain, 1))).Code);
    }

    [Fact]
    public async Task A_bad_cosignature_of_a_known_witness_is_a_failure_even_beyond_the_quorum()
    {
        using var folder = new TestFolder();
        var good = TestChain.Small();
        var chain = TestChain.Small().Event("other", "01/1/10/A").Seal();
        Assert.True(SignedNote.TryParse(good.Cosign(Witnesses[1]).Checkpoint, out var stolen, out _));
        chain.Cosign(Witnesses[0]).AddSignature(stolen.Signatures[^1]);

        Assert.Contains("w2+", (await NotSoundAsync(folder, chain, Policy(chain, 1))).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_may_have_nothing_published_yet_where_witnesses_must_cosign()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        chain.WriteDataFolder(folder["data"]);
        File.Delete(folder["data/log/checkpoint"]);
        await File.WriteAllTextAsync(folder["policy"], Policy(chain, 2));
        string[] args = ["audit", folder["data"], "--key", chain.Vkey];
        Assert.Equal(1, (await Tool.RunAsync(args)).Code);
        var result = await Tool.RunAsync([.. args, "--policy", folder["policy"]]);
        Assert.True(result.Code == 0, result.Out);
        Assert.Contains("has not cosigned yet", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_of_another_log_is_a_usage_error()
    {
        using var folder = new TestFolder();
        Assert.Equal(2, (await AuditAsync(folder, TestChain.Small(), Policy(new TestChain("log.example.org/x"), 1))).Code);
        Assert.Equal(2, (await AuditAsync(folder, TestChain.Small(), "nonsense\n")).Code);
    }

    [Fact]
    public async Task A_log_may_begin_without_head_map_roots_and_have_them_later()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small().Event("e6", "01/1/10/C").Seal(root => root).Event("e7", "01/1/10/A").Seal(root => root);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(0, result.Code);
        Assert.Contains("head map root", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("no head map", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_map_root_that_the_replay_does_not_give_is_a_failure()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small().Seal(root => root).Event("e6", "01/1/10/A").Seal(_ => Hash256.Sha256("hidden"u8)).Seal(root => root);

        var result = await NotSoundAsync(folder, chain);

        Assert.Contains("leaf 12", result.Out, StringComparison.Ordinal);
        Assert.Contains("Block 4 commits to something else", result.Out, StringComparison.Ordinal);
        Assert.Contains("NOT SOUND: 1 failure", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_head_map_root_that_the_replay_does_not_give_is_a_failure()
    {
        using var folder = new TestFolder();
        await NotSoundAsync(folder, TestChain.Small().Seal(_ => Hash256.Sha256("hidden"u8)));
    }

    [Fact]
    public async Task Once_there_is_a_head_map_no_block_may_be_without()
    {
        using var folder = new TestFolder();
        var result = await NotSoundAsync(folder, TestChain.Small().Seal(root => root).Event("e6", "01/1/10/A").Seal());
        Assert.Contains("has no head map root, but blocks before it have", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_report_can_go_to_a_file()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small().Seal(root => root);

        var result = await AuditAsync(folder, chain, null, "--json", folder["report.json"]);

        Assert.Equal(0, result.Code);
        Assert.Contains("SOUND", result.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["report.json"]));
        Assert.True(json.RootElement.GetProperty("sound").GetBoolean());
        Assert.Equal(64, json.RootElement.GetProperty("headMapRoot").GetString()!.Length);
    }

    private static string Policy(TestChain chain, int threshold) =>
        $"log {chain.Vkey}\n" + string.Concat(Witnesses.Select(witness => $"witness {witness.Verifier.Name} {witness.Verifier}\n"))
        + $"group g {threshold} w1 w2 w3\nquorum g\n";

    private static async Task<ToolResult> NotSoundAsync(TestFolder folder, TestChain chain, string? policy = null)
    {
        var result = await AuditAsync(folder, chain, policy);
        Assert.Equal(1, result.Code);
        return result;
    }

    private static async Task<ToolResult> AuditAsync(TestFolder folder, TestChain chain, string? policy = null, params string[] more)
    {
        chain.WriteLog(folder["log"]);
        string[] args = ["audit", folder["log"], "--key", chain.Vkey, .. more];
        if (policy is not null)
        {
            await File.WriteAllTextAsync(folder["policy"], policy);
            args = [.. args, "--policy", folder["policy"]];
        }

        return await Tool.RunAsync(args);
    }
}
