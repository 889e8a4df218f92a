using System.Text;
using System.Text.Json.Nodes;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Ledger.Tests.Bundles;

public sealed class BundleTests
{
    private static readonly BundleLog Log = BundleLog.Sample();

    [Fact]
    public void A_whole_journal_is_complete_and_cosigned()
    {
        var verdict = OfflineVerifier.VerifyBundle(BundleJson.Write(Log.Bundle(BundleLog.Lot)), BundleLog.Policy);

        Assert.True(verdict.State == BundleState.Complete, verdict.Verdict.ToString());
        Assert.Equal(["w"], verdict.CosignedBy);
        Assert.Equal(1, verdict.Witnesses);
        Assert.Equal(1_760_000_000_000, verdict.AsOfMs);
    }

    [Fact]
    public void Journals_that_the_subject_rests_on_are_verified_alike()
    {
        Assert.Equal(BundleState.Complete, Verify(Log.Bundle(BundleLog.Lot, BundleLog.Other)).State);
        var forged = Log.Bundle(
            entity => entity == BundleLog.Other
                ? [.. Log.Bundle(entity).Subject.Entries.Select(entry => entry with { Groups = [entry.Groups[0], entry.Groups[1], entry.Groups[2], DisclosedGroup.Disclosed(default, default)] })]
                : [.. Log.Bundle(entity).Subject.Entries],
            BundleLog.Lot,
            BundleLog.Other);
        AssertForged(forged, "payload commitment");
    }

    [Fact]
    public void A_shortened_journal_is_incomplete_and_says_what_is_missing()
    {
        var verdict = Verify(Log.Bundle(entity => [.. Log.Bundle(entity).Subject.Entries.Take(2)], BundleLog.Lot));

        Assert.Equal(BundleState.Incomplete, verdict.State);
        Assert.Contains("1 are missing", verdict.Verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_shown_of_a_journal_that_has_entries_is_incomplete_too() =>
        Assert.Equal(BundleState.Incomplete, Verify(Log.Bundle(_ => [], BundleLog.Lot)).State);

    [Fact]
    public void An_entity_that_nobody_recorded_is_absent()
    {
        var verdict = Verify(Log.Bundle(BundleLog.Unknown));

        Assert.Equal(BundleState.Absent, verdict.State);
        Assert.Contains("Nothing was ever recorded about", verdict.Verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_without_a_head_map_proves_no_completeness()
    {
        var log = new BundleLog().Append(BundleLog.Lot, "{}").Seal(noMap: true);

        Assert.Equal(BundleState.Incomplete, Verify(log.Bundle(BundleLog.Lot)).State);
    }

    [Fact]
    public void The_sealers_own_journal_ends_with_the_last_block()
    {
        var chain = EntityId.Create("chain", BundleLog.Key.Verifier.Name);
        var one = new BundleLog().Append(BundleLog.Lot, "{}").Seal();
        List<BundleEntry> blocks =
        [
            new BundleEntry(
                1, one.Block.Header.ToArray(), [.. one.Block.Groups.Select(group => DisclosedGroup.Disclosed(group.Salt, group.Bytes))]),
        ];
        Assert.Equal(BundleState.Complete, Verify(one.Bundle(_ => blocks, chain)).State);
        Assert.Equal(BundleState.Incomplete, Verify(one.Bundle(_ => [], chain)).State);
    }

    [Fact]
    public void An_absence_that_the_map_denies_is_forged()
    {
        // What the map said before the lot was in it: true then, and not under this block's root.
        var before = HeadMap.Empty.Update([KeyValuePair.Create(HashedEntityIndex.Instance.Compute(BundleLog.Other), new EntityHead(2, Log.Leaves[2].LeafHash()))]);
        var bundle = Log.Bundle(_ => [], BundleLog.Lot);
        var absence = before.Prove(HashedEntityIndex.Instance.Compute(BundleLog.Lot));
        AssertForged(bundle with { Journals = [bundle.Subject with { Head = absence }] }, "completeness");
        AssertForged(bundle with { Journals = [bundle.Subject with { Head = new HeadMapProof([], null) }] }, "completeness");
    }

    [Fact]
    public void Entries_of_an_absent_entity_are_forged() => AssertForged(
        Log.Bundle(entity => [.. Log.Bundle(BundleLog.Lot).Subject.Entries], BundleLog.Unknown), "entity", "completeness");

    [Fact]
    public void A_swapped_journal_is_forged() => AssertForged(
        Log.Bundle(_ => [.. Log.Bundle(BundleLog.Other).Subject.Entries], BundleLog.Lot), "entity", "payload entity");

    [Fact]
    public void A_reordered_journal_is_forged()
    {
        var entries = Log.Bundle(BundleLog.Lot).Subject.Entries;
        AssertForged(Log.Bundle(_ => [entries[1], entries[0], entries[2]], BundleLog.Lot), "sequence", "chain", "leaf order");
    }

    [Fact]
    public void A_journal_without_its_middle_is_forged()
    {
        var entries = Log.Bundle(BundleLog.Lot).Subject.Entries;
        AssertForged(Log.Bundle(_ => [entries[0], entries[2]], BundleLog.Lot), "sequence", "chain");
    }

    [Fact]
    public void An_altered_content_is_forged()
    {
        var text = Encoding.UTF8.GetString(BundleJson.Write(Log.Bundle(BundleLog.Lot)));
        var altered = text.Replace(
            Convert.ToBase64String("{\"event\":3}"u8), Convert.ToBase64String("{\"event\":9}"u8), StringComparison.Ordinal);
        Assert.NotEqual(text, altered);
        var verdict = OfflineVerifier.VerifyBundle(Encoding.UTF8.GetBytes(altered), BundleLog.Vkey);
        Assert.Equal(BundleState.Forged, verdict.State);
        Assert.Contains("link 1", verdict.Verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_block_content_is_forged()
    {
        var bundle = Log.Bundle(BundleLog.Lot);
        var other = Log.Block.Content with { HeadMapRoot = Log.Leaves[0].LeafHash() };
        AssertForged(bundle with { Block = bundle.Block with { Content = other.ToArray() } }, "block");
    }

    [Fact]
    public void An_older_block_is_forged()
    {
        var older = new BundleLog().Append(BundleLog.Lot, "{\"event\":0}").Seal();
        var bundle = Log.Bundle(BundleLog.Lot);
        AssertForged(
            bundle with { Block = new BundleBlock(older.Block.Header.ToArray(), older.Block.Content.ToArray()) }, "block");
    }

    [Fact]
    public void A_journal_that_is_there_twice_is_forged()
    {
        // One whole and with its head, one cut short before it: a reader who takes the first sees less than there is.
        var whole = Log.Bundle(BundleLog.Lot, BundleLog.Other);
        var shorter = whole.Journals[1] with { Head = null, Entries = [whole.Journals[1].Entries[0]] };
        AssertForged(whole with { Journals = [whole.Journals[0], shorter, whole.Journals[1]] }, "journals");
    }

    [Fact]
    public void A_first_block_that_is_not_the_first_is_forged()
    {
        var bundle = Log.Bundle(BundleLog.Lot);
        AssertForged(bundle with { FirstBlock = bundle.Block }, "block");
        AssertForged(new BundleLog().Append(BundleLog.Lot, "{}").Seal().Bundle(BundleLog.Lot) with { FirstBlock = bundle.FirstBlock }, "inclusion");
    }

    [Fact]
    public void A_block_that_changes_the_index_rule_is_forged()
    {
        // Under a rule of the operator's making every entity that was recorded under the old one is absent.
        Assert.True(VrfPrivateKey.TryCreate([.. Enumerable.Repeat((byte)5, VrfPrivateKey.Size)], out var key, out var error), error);
        var indexes = new VrfEntityIndex(key);
        var log = new BundleLog().Append(BundleLog.Lot, "{}").Seal().Append(BundleLog.Lot, "{}").Seal(rule: indexes.Rule);
        var bundle = log.Bundle(_ => [], BundleLog.Lot);
        var absence = log.Heads.Prove(indexes.Compute(BundleLog.Lot));
        AssertForged(bundle with { Journals = [new BundleJournal(BundleLog.Lot, indexes.Prove(BundleLog.Lot), absence, [])] }, "block");
    }

    [Fact]
    public void Every_altered_node_is_forged()
    {
        var bundle = Log.Bundle(BundleLog.Lot);
        Assert.NotEmpty(bundle.Nodes);
        for (var i = 0; i < bundle.Nodes.Count; i++)
        {
            AssertForged(bundle with { Nodes = [.. bundle.Nodes.Select((node, n) => n == i ? Hash256.Zero : node)] }, "inclusion");
        }

        AssertForged(bundle with { Nodes = [.. bundle.Nodes, Hash256.Zero] }, "inclusion");
    }

    [Fact]
    public void A_strangers_checkpoint_is_untrusted()
    {
        var stranger = SignerKey.Create("log.example/stranger", NoteSignatureType.Ed25519, new byte[32]);
        var verdict = OfflineVerifier.VerifyBundle(
            BundleJson.Write(Log.Bundle(BundleLog.Lot)), Encoding.UTF8.GetBytes(stranger.Verifier.ToString()));
        Assert.Equal(BundleState.Untrusted, verdict.State);
        Assert.False(verdict.Verdict.IsSound);
    }

    [Fact]
    public void Without_its_quorum_a_checkpoint_is_untrusted()
    {
        var stranger = SignerKey.Create("witness.example/w2", NoteSignatureType.CosignatureV1, new byte[32]);
        var policy = $"log {BundleLog.Key.Verifier}\nwitness w {stranger.Verifier}\nquorum w\n";
        var verdict = OfflineVerifier.VerifyBundle(BundleJson.Write(Log.Bundle(BundleLog.Lot)), Encoding.UTF8.GetBytes(policy));
        Assert.Equal(BundleState.Untrusted, verdict.State);
    }

    [Theory]
    [InlineData(GroupState.Withheld, "3 field groups are withheld")]
    [InlineData(GroupState.Erased, "3 field groups are erased")]
    public void A_redacted_bundle_verifies_and_says_so(GroupState state, string said)
    {
        var redacted = Redact(Log.Bundle(BundleLog.Lot), state, null, FieldGroup.Author);

        var json = BundleJson.Write(redacted);
        Assert.DoesNotContain(Convert.ToBase64String(Payload.EncodeAuthor("party-key-1", "request-1")), Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        var verdict = OfflineVerifier.VerifyBundle(json, BundleLog.Vkey);
        Assert.True(verdict.State == BundleState.Complete, verdict.Verdict.ToString());
        Assert.Contains(said, verdict.Verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_entry_alone_can_be_redacted()
    {
        var redacted = Redact(Log.Bundle(BundleLog.Lot), GroupState.Withheld, [1], FieldGroup.Content);
        Assert.Equal(
            [GroupState.Disclosed, GroupState.Withheld, GroupState.Disclosed],
            redacted.Subject.Entries.Select(entry => entry.Groups[3].State));
        Assert.Equal(BundleState.Complete, Verify(redacted).State);
    }

    [Fact]
    public void What_was_erased_does_not_become_withheld()
    {
        var erased = Redact(Log.Bundle(BundleLog.Lot), GroupState.Erased, null, FieldGroup.Content);
        var again = Redact(erased, GroupState.Withheld, null, FieldGroup.Content);
        Assert.All(again.Subject.Entries, entry => Assert.Equal(GroupState.Erased, entry.Groups[3].State));
    }

    [Fact]
    public void A_document_is_read_as_it_was_written()
    {
        var written = BundleJson.Write(Log.Bundle(BundleLog.Lot, BundleLog.Other, BundleLog.Unknown));
        Assert.True(BundleJson.TryParse(written, out var bundle, out var error), error);
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(BundleJson.Write(bundle)));
    }

    [Theory]
    [InlineData("format")]
    [InlineData("checkpoint")]
    [InlineData("block")]
    [InlineData("firstBlock")]
    [InlineData("journals")]
    [InlineData("nodes")]
    public void A_missing_or_unknown_member_is_refused(string member)
    {
        var document = JsonNode.Parse(BundleJson.Write(Log.Bundle(BundleLog.Lot)))!.AsObject();
        var value = document[member]!.DeepClone();
        document.Remove(member);
        AssertUnreadable(document);
        document[member] = value;
        Assert.True(BundleJson.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out _, out var error), error);
        document["surprise"] = 1;
        AssertUnreadable(document);
    }

    [Fact]
    public void A_bundle_without_a_journal_is_refused()
    {
        var document = JsonNode.Parse(BundleJson.Write(Log.Bundle(BundleLog.Lot)))!.AsObject();
        document["journals"] = new JsonArray();
        AssertUnreadable(document);
    }

    private static Bundle Redact(Bundle bundle, GroupState state, HashSet<long>? entries, params FieldGroup[] groups)
    {
        Assert.True(BundleRedaction.TryRedact(bundle, groups, state, entries, out var redacted, out var error), error);
        return redacted;
    }

    private static BundleVerdict Verify(Bundle bundle) => OfflineVerifier.VerifyBundle(BundleJson.Write(bundle), BundleLog.Vkey);

    private static void AssertForged(Bundle bundle, params string[] checks)
    {
        var verdict = Verify(bundle);
        Assert.True(verdict.State == BundleState.Forged, verdict.Verdict.ToString());
        Assert.False(verdict.Verdict.IsSound);
        Assert.All(checks, check => Assert.Contains(verdict.Verdict.Failures, failure => failure.Name == check));
    }

    private static void AssertUnreadable(JsonObject document)
    {
        var verdict = OfflineVerifier.VerifyBundle(Encoding.UTF8.GetBytes(document.ToJsonString()), BundleLog.Vkey);
        Assert.Equal(BundleState.Forged, verdict.State);
        Assert.Equal("format", verdict.Verdict.Checks[0].Name);
    }
}
