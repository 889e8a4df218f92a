using System.Text;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Tests.Authorship;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Tests.Bundles;

/// <summary>What is withheld from a signed entry does not remain elsewhere in the bundle.</summary>
public sealed class BundleRedactionTests
{
    private static readonly EntityId First = EntityId.Create(SignedCapture.EntityKind, "request-1");
    private static readonly EntityId Second = EntityId.Create(SignedCapture.EntityKind, "request-2");
    private static readonly EntityId Acme = EntityId.Create(PartyEntry.EntityKind, "acme");
    private static readonly EntityId Bolt = EntityId.Create(PartyEntry.EntityKind, "bolt");
    private static readonly Bundle Signed = MakeSigned();

    [Fact]
    public void The_signed_document_goes_with_the_content_that_is_withheld()
    {
        var redacted = Redact([0], FieldGroup.Content);

        Assert.DoesNotContain("secret-1", Disclosed(redacted), StringComparison.Ordinal);
        Assert.Contains("secret-2", Disclosed(redacted), StringComparison.Ordinal);
        Assert.Equal(GroupState.Withheld, Journal(redacted, First).Entries[0].Groups[3].State);
        AssertSays(redacted, "2 field groups are withheld");
    }

    [Fact]
    public void The_numbers_are_those_of_the_subject_alone()
    {
        var redacted = Redact([1], FieldGroup.Content);

        Assert.All(
            ((EntityId[])[Acme, Bolt, First]).SelectMany(entity => Journal(redacted, entity).Entries).SelectMany(entry => entry.Groups),
            group => Assert.Equal(GroupState.Disclosed, group.State));
        Assert.Equal(GroupState.Withheld, Journal(redacted, Second).Entries[0].Groups[3].State);
    }

    [Fact]
    public void Nothing_names_an_author_that_is_withheld()
    {
        var redacted = Redact(null, FieldGroup.Author);

        Assert.Equal([BundleLog.Lot], redacted.Journals.Select(journal => journal.Entity));
        Assert.DoesNotContain("acme", Encoding.UTF8.GetString(BundleJson.Write(redacted)) + Disclosed(redacted), StringComparison.OrdinalIgnoreCase);
        AssertSays(redacted, "2 entries come without a signature that could be checked here");
    }

    [Fact]
    public void The_authors_of_other_entries_stay()
    {
        var redacted = Redact([0], FieldGroup.Author);

        Assert.Equal([BundleLog.Lot, Second, Bolt], redacted.Journals.Select(journal => journal.Entity));
        AssertProven(redacted);
    }

    [Fact]
    public void Where_an_entry_does_not_name_its_capture_none_keeps_its_document()
    {
        var subject = Signed.Subject with
        {
            Entries = [.. Signed.Subject.Entries.Select(entry => entry with
            {
                Groups = [entry.Groups[0], entry.Groups[1], DisclosedGroup.Withheld(entry.Groups[2].DigestAs(FieldGroup.Author)), entry.Groups[3]],
            })],
        };
        Assert.True(BundleRedaction.TryRedact(
            Signed with { Journals = [subject, .. Signed.Journals.Skip(1)] }, [FieldGroup.Content], GroupState.Withheld, new HashSet<long> { 0 }, out var redacted, out var error), error);

        Assert.DoesNotContain("secret-1", Disclosed(redacted), StringComparison.Ordinal);
        Assert.Equal(GroupState.Withheld, Journal(redacted, Second).Entries[0].Groups[3].State);
    }

    [Fact]
    public void A_bundle_whose_proof_does_not_fit_its_leaves_is_refused()
    {
        var broken = Signed with { Nodes = [.. Signed.Nodes, Hash256.Zero] };
        Assert.False(BundleRedaction.TryRedact(broken, [FieldGroup.Author], GroupState.Withheld, null, out _, out var error));
        Assert.Contains("shared proof", error, StringComparison.Ordinal);
    }

    private static Bundle Redact(HashSet<long>? entries, params FieldGroup[] groups)
    {
        Assert.True(BundleRedaction.TryRedact(Signed, groups, GroupState.Withheld, entries, out var redacted, out var error), error);
        return redacted;
    }

    private static Bundle MakeSigned()
    {
        var log = new BundleLog()
            .Append(BundleLog.Lot, "{\"event\":\"secret-1\"}").Append(First, Capture("acme", "secret-1"))
            .Append(Acme, "{}", "registration").Append(Acme, "{}", "registration").Append(BundleLog.Other, "{}").Seal()
            .Append(BundleLog.Lot, "{\"event\":\"secret-2\"}", "request-2").Append(Second, Capture("bolt", "secret-2"), "request-2")
            .Append(Bolt, "{}", "registration").Seal();
        return log.Bundle(BundleLog.Lot, First, Acme, Second, Bolt);
    }

    private static string Capture(string party, string body) =>
        Encoding.UTF8.GetString(SignedCapture.Write(new TestParty(party, TestKey.OfEd25519(9)).Request(10, body), Encoding.UTF8.GetBytes(body)));

    private static BundleJournal Journal(Bundle bundle, EntityId entity) => bundle.Journals.Single(journal => journal.Entity == entity);

    /// <summary>All contents that are disclosed, with the bodies of the captures read.</summary>
    private static string Disclosed(Bundle bundle)
    {
        var texts = bundle.Journals.SelectMany(journal => journal.Entries).SelectMany(entry => entry.Groups)
            .Where(group => group.State == GroupState.Disclosed)
            .SelectMany(group => SignedCapture.TryParse(group.Content, out var signed, out _)
                ? (string[])[Encoding.UTF8.GetString(group.Content.Span), Encoding.UTF8.GetString(signed.Body.Span)]
                : [Encoding.UTF8.GetString(group.Content.Span)]);
        return string.Join('\n', texts);
    }

    private static void AssertSays(Bundle bundle, string said)
    {
        var verdict = Verify(bundle);
        Assert.Contains(said, verdict.Verdict.ToString(), StringComparison.Ordinal);
    }

    // The sample's signatures are of keys that its log does not hold; its links and its proof are sound.
    private static void AssertProven(Bundle bundle) =>
        Assert.Contains(Verify(bundle).Verdict.Checks, check => check is { Name: "inclusion", Outcome: CheckOutcome.Passed });

    private static BundleVerdict Verify(Bundle bundle) => OfflineVerifier.VerifyBundle(BundleJson.Write(bundle), BundleLog.Vkey);
}
