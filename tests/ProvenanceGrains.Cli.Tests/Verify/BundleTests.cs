using System.Text.Json;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Tests.Verify;

public sealed class BundleTests
{
    private const string Lot = "01/1/10/A";

    [Fact]
    public async Task A_whole_bundle_is_complete()
    {
        var chain = TestChain.Small(heads: true);

        var result = await VerifyAsync(chain, chain.Bundle(Lot), "--entity", "lot/" + Lot);

        Assert.Equal(0, result.Code);
        Assert.Contains("COMPLETE: this is everything that the log holds as of 2026-", result.Out, StringComparison.Ordinal);
        Assert.Equal(4, result.Out.Split("\n  proven  ").Length - 1);
    }

    [Fact]
    public async Task Witnesses_are_counted()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small(heads: true);
        var witnesses = Enumerable.Range(1, 3).Select(i => SignerKey.Create(
            $"witness.example/{i}", NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)i, 32)])).ToList();
        chain.Cosign(witnesses[0]).Cosign(witnesses[2]);
        await File.WriteAllBytesAsync(folder["bundle"], BundleJson.Write(chain.Bundle(Lot)));
        string Policy(int quorum) => $"log {chain.Vkey}\n"
            + string.Concat(witnesses.Select((witness, i) => $"witness w{i} {witness.Verifier}\n")) + $"group all {quorum} w0 w1 w2\nquorum all\n";
        await File.WriteAllTextAsync(folder["two"], Policy(2));
        await File.WriteAllTextAsync(folder["three"], Policy(3));

        var two = await Tool.RunAsync("verify", folder["bundle"], "--policy", folder["two"]);
        var three = await Tool.RunAsync("verify", folder["bundle"], "--policy", folder["three"]);

        Assert.Equal(0, two.Code);
        Assert.Contains("cosigned by 2 of 3 witnesses", two.Out, StringComparison.Ordinal);
        Assert.Equal(1, three.Code);
        Assert.Contains("UNTRUSTED", three.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shortened", "INCOMPLETE", "1 are missing")]
    [InlineData("reordered", "FORGED", "FAILED  sequence")]
    [InlineData("gap", "FORGED", "FAILED  chain")]
    [InlineData("swapped", "FORGED", "FAILED  entity")]
    [InlineData("altered", "FORGED", "FAILED  payload commitment")]
    [InlineData("stranger", "UNTRUSTED", "FAILED  checkpoint signature")]
    public async Task What_is_not_the_whole_truth_is_refused_with_the_reason(string how, string state, string reason)
    {
        var chain = TestChain.Small(heads: true);
        var whole = chain.Bundle(Lot);
        var shown = how switch
        {
            "shortened" => chain.Bundle(Lot, entries => entries.SkipLast(1)),
            "reordered" => chain.Bundle(Lot, entries => entries.Reverse()) with { Nodes = whole.Nodes },
            "gap" => chain.Bundle(Lot, entries => entries.Where((_, i) => i != 1)),
            "swapped" => chain.Bundle("01/1/10/B") with { Journals = [chain.Bundle("01/1/10/B").Subject with { Entity = TestChain.Lot(Lot) }] },
            "altered" => chain.Bundle(Lot, entries => entries.Select(entry => entry with
            {
                Groups = [.. entry.Groups.SkipLast(1), DisclosedGroup.Disclosed(entry.Groups[^1].Salt, "{}"u8.ToArray())],
            })),
            "stranger" => new TestChain(seed: 9).Event("e1", Lot).Seal(root => root).Bundle(Lot),
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };

        var result = await VerifyAsync(chain, shown);

        Assert.Equal(1, result.Code);
        Assert.Contains(state, result.Out, StringComparison.Ordinal);
        Assert.Contains(reason, result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Absence_is_proven()
    {
        var chain = TestChain.Small(heads: true);

        var result = await VerifyAsync(chain, chain.Bundle("01/1/10/NEVER"));

        Assert.Equal(0, result.Code);
        Assert.Contains("ABSENT: nothing was ever recorded about it", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_bundle_of_another_product_is_not_what_was_asked_for()
    {
        var chain = TestChain.Small(heads: true);

        var result = await VerifyAsync(chain, chain.Bundle("01/1/10/B"), "--entity", "lot/" + Lot);

        Assert.Equal(1, result.Code);
        Assert.Contains("NOT WHAT WAS ASKED FOR", result.Out, StringComparison.Ordinal);
        Assert.Contains("The file is about lot/01/1/10/B, not about lot/01/1/10/A", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_lost_records_claims_absence_for_itself_alone()
    {
        var chain = new TestChain("log.example.org/test/i2").Event("e1", "01/1/10/A").Seal(root => root);

        var result = await VerifyAsync(chain, chain.Bundle("01/1/10/NEVER"));

        Assert.Equal(0, result.Code);
        Assert.Contains(
            "ABSENT: nothing was ever recorded about it in this log, which goes on from one that lost records as of", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_is_in_the_json()
    {
        var chain = TestChain.Small(heads: true);
        using var json = JsonDocument.Parse((await VerifyAsync(chain, chain.Bundle(Lot), "--json")).Out);
        Assert.Equal("bundle", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal("complete", json.RootElement.GetProperty("state").GetString());
        Assert.True(json.RootElement.GetProperty("sound").GetBoolean());
    }

    [Fact]
    public async Task Every_flipped_byte_is_found()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small(heads: true);
        var bundle = BundleJson.Write(chain.Bundle(Lot));
        for (var at = 0; at < bundle.Length; at += 7)
        {
            var changed = bundle.ToArray();
            changed[at] ^= 1;
            var verdict = OfflineVerifier.VerifyBundle(changed, System.Text.Encoding.UTF8.GetBytes(chain.Vkey));

            // White space alone may change and mean the same.
            Assert.True(
                verdict.State is not (BundleState.Complete or BundleState.Absent) || char.IsWhiteSpace((char)bundle[at]), $"byte {at}: {verdict.Verdict}");
        }
    }

    [Fact]
    public async Task A_redacted_bundle_is_complete_and_holds_less()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Small(heads: true);
        await File.WriteAllBytesAsync(folder["bundle"], BundleJson.Write(chain.Bundle(Lot)));

        Assert.Equal(0, (await Tool.RunAsync("redact", folder["bundle"], "--withhold", "author, content", "--entries", "0,3", "--out", folder["less"])).Code);
        var verified = await Tool.RunAsync("verify", folder["less"], "--key", chain.Vkey);
        Assert.Equal(0, verified.Code);
        Assert.Contains("4 field groups are withheld", verified.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("e5", verified.Out, StringComparison.Ordinal);
        Assert.Contains("e2", verified.Out, StringComparison.Ordinal);

        Assert.Equal(0, (await Tool.RunAsync("redact", folder["less"], "--withhold", "content", "--erased", "--out", folder["least"])).Code);
        Assert.Contains(
            "field groups are erased", (await Tool.RunAsync("verify", folder["least"], "--key", chain.Vkey)).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("price", "0", "'price' is none of")]
    [InlineData("author", "9", "the journal of lot/01/1/10/A has no entry 9")]
    [InlineData("author", "-1", "'-1' is no sequence number")]
    public async Task A_redaction_that_cannot_be_is_refused(string groups, string entries, string said)
    {
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(folder["bundle"], BundleJson.Write(TestChain.Small(heads: true).Bundle(Lot)));

        var result = await Tool.RunAsync("redact", folder["bundle"], "--withhold", groups, "--entries", entries, "--out", folder["less"]);

        Assert.Equal(2, result.Code);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["less"]));
    }

    private static async Task<ToolResult> VerifyAsync(TestChain chain, Bundle bundle, params string[] more)
    {
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(folder["bundle"], BundleJson.Write(bundle));
        return await Tool.RunAsync(["verify", folder["bundle"], "--key", chain.Vkey, .. more]);
    }
}
