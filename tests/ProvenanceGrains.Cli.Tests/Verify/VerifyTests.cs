using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Tests.Verify;

public sealed class VerifyTests
{
    private const string Lot = "01/1/10/A";

    [Fact]
    public async Task A_sound_receipt_is_verified_offline_with_the_key_alone()
    {
        var chain = TestChain.Small();

        var result = await VerifyAsync(chain, chain.Receipt(1));

        Assert.Equal(0, result.Code);
        Assert.Contains("passed  inclusion", result.Out, StringComparison.Ordinal);
        Assert.Contains("entry 1 at leaf 1", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("SOUND\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_shows_its_event_when_a_payload_is_given()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        await File.WriteAllBytesAsync(folder["receipt"], chain.Receipt(1));
        await File.WriteAllBytesAsync(folder["history"], HistoryJson.Write(chain.History(Lot)));

        var result = await Tool.RunAsync("verify", folder["receipt"], "--key", chain.Vkey, "--payload", folder["history"], "--json");

        Assert.Equal(0, result.Code);
        using var json = JsonDocument.Parse(result.Out);
        var fact = json.RootElement.GetProperty("proven")[0];
        Assert.Equal("lot/" + Lot, fact.GetProperty("entity").GetString());
        Assert.Equal("e2", fact.GetProperty("eventID").GetString());

        await File.WriteAllBytesAsync(folder["history"], HistoryJson.Write(chain.History("01/1/10/B")));
        Assert.Equal(1, (await Tool.RunAsync("verify", folder["receipt"], "--key", chain.Vkey, "--payload", folder["history"])).Code);
    }

    [Fact]
    public async Task Every_flipped_byte_of_a_receipt_is_found()
    {
        var chain = TestChain.Small();
        var receipt = chain.Receipt(3);
        for (var at = 0; at < receipt.Length; at++)
        {
            var changed = receipt.ToArray();
            changed[at] ^= (byte)(1 << (at % 8));
            var result = await VerifyAsync(chain, changed);
            Assert.True(result.Code is 1 or 2, $"byte {at}");
        }
    }

    [Fact]
    public async Task A_sound_history_proves_every_entry_and_says_what_it_does_not_prove()
    {
        var chain = TestChain.Small();

        var result = await VerifyAsync(chain, HistoryJson.Write(chain.History(Lot)));

        Assert.Equal(0, result.Code);
        Assert.Equal(4, result.Out.Split("\n  proven  ").Length - 1);
        Assert.Contains("open    completeness", result.Out, StringComparison.Ordinal);
        Assert.Contains("ObjectEvent, as epc, e5", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_without_its_tail_is_sound_as_far_as_it_goes()
    {
        var chain = TestChain.Small();
        var history = chain.History(Lot);

        var result = await VerifyAsync(chain, HistoryJson.Write(history with { Entries = [.. history.Entries.Take(2)] }));

        Assert.Equal(0, result.Code);
        Assert.Contains("entries after 1 is not proven", result.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string> Forgeries =>
        ["without its head", "without a middle entry", "reordered", "of another lot", "with another payload", "with a moved leaf", "under another key"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forged_history_is_refused(string how)
    {
        var chain = TestChain.Small();
        var history = chain.History(Lot);
        var entries = history.Entries;
        var forged = how switch
        {
            "without its head" => history with { Entries = [.. entries.Skip(1)] },
            "without a middle entry" => history with { Entries = [entries[0], entries[2], entries[3]] },
            "reordered" => history with { Entries = [entries[1], entries[0], entries[2], entries[3]] },
            "of another lot" => history with { Entity = TestChain.Lot("01/1/10/B") },
            "with another payload" => history with
            {
                Entries = [entries[0] with { Groups = [.. entries[0].Groups.Take(3), Other(entries[0].Groups[3])] }, .. entries.Skip(1)],
            },
            "with a moved leaf" => history with { Entries = [entries[0] with { LeafIndex = 2 }, .. entries.Skip(1)] },
            "under another key" => new TestChain(seed: 3).Event("e1", Lot).Event("e2", Lot).Seal().History(Lot),
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };

        var result = await VerifyAsync(chain, HistoryJson.Write(forged));

        Assert.Equal(1, result.Code);
        Assert.Contains("FAILED", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("proven  lot", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_takes_the_place_of_a_key()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        await File.WriteAllBytesAsync(folder["receipt"], chain.Receipt(0));
        await File.WriteAllTextAsync(folder["policy"], $"log {chain.Vkey}\nquorum none\n");

        Assert.Equal(0, (await Tool.RunAsync("verify", folder["receipt"], "--policy", folder["policy"])).Code);

        await File.WriteAllTextAsync(folder["policy"], $"log {new TestChain(seed: 4).Vkey}\nquorum none\n");
        Assert.Equal(1, (await Tool.RunAsync("verify", folder["receipt"], "--policy", folder["policy"])).Code);

        await File.WriteAllTextAsync(folder["policy"], "quorum\n");
        Assert.Equal(2, (await Tool.RunAsync("verify", folder["receipt"], "--policy", folder["policy"])).Code);
    }

    [Fact]
    public async Task Wrong_usage_has_a_code_of_its_own()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small();
        await File.WriteAllBytesAsync(folder["receipt"], chain.Receipt(0));
        await File.WriteAllTextAsync(folder["other"], "hello\n");

        Assert.Equal(2, (await Tool.RunAsync("verify", folder["receipt"])).Code);
        Assert.Equal(2, (await Tool.RunAsync("verify", folder["receipt"], "--key", chain.Vkey, "--policy", folder["other"])).Code);
        Assert.Equal(2, (await Tool.RunAsync("verify", folder["none"], "--key", chain.Vkey)).Code);
        Assert.Equal(2, (await Tool.RunAsync("verify", folder["other"], "--key", chain.Vkey)).Code);
        Assert.Equal(2, (await Tool.RunAsync("verify", "--nonsense")).Code);
        Assert.Equal(2, (await Tool.RunAsync("frobnicate")).Code);
    }

    [Fact]
    public async Task What_a_file_says_cannot_steer_the_terminal()
    {
        var chain = new TestChain().Event("\\u001b[2J\\u202Eevil", Lot).Seal();

        var result = await VerifyAsync(chain, HistoryJson.Write(chain.History(Lot)));

        Assert.Equal(0, result.Code);
        Assert.Contains("evil", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Out);
        Assert.DoesNotContain('\u202E', result.Out);
    }

    private static async Task<ToolResult> VerifyAsync(TestChain chain, byte[] content)
    {
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(folder["file"], content);
        return await Tool.RunAsync("verify", folder["file"], "--key", chain.Vkey);
    }

    private static DisclosedGroup Other(DisclosedGroup group) => DisclosedGroup.Disclosed(
        group.Salt, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(group.Content.Span).Replace("e1", "e9", StringComparison.Ordinal)));
}
