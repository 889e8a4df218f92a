using System.Text;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Ledger.Tests.Authorship;

/// <summary>
/// Guarantee G10: who said it is provable. Each attack is refused, the part named; and each gets through a verifier that
/// leaves out the one check that is there against it.
/// </summary>
public sealed class G10_AuthorshipTests
{
    private static readonly TestKey AcmeKey = TestKey.OfP256();
    private static readonly TestKey OtherKey = TestKey.OfEd25519(7);

    [Fact]
    public void What_a_party_signed_is_taken_with_either_kind_of_key()
    {
        foreach (var key in (TestKey[])[AcmeKey, OtherKey])
        {
            var party = new TestParty("acme", key);
            Assert.Null(Refusal(party.Request(10), party.Record, 11, TestParty.Body, SignedRequestChecks.None));
        }
    }

    [Theory]
    [InlineData("forged", "signature", SignedRequestChecks.Signature)]
    [InlineData("altered-target", "signature", SignedRequestChecks.Signature)]
    [InlineData("altered-method", "signature", SignedRequestChecks.Signature)]
    [InlineData("altered-digest", "signature", SignedRequestChecks.Signature)]
    [InlineData("altered-party", "signature", SignedRequestChecks.Signature)]
    [InlineData("altered-nonce", "signature", SignedRequestChecks.Signature)]
    [InlineData("altered-created", "signature", SignedRequestChecks.Signature)]
    [InlineData("altered-body", "content-digest", SignedRequestChecks.Body)]
    [InlineData("old", "created", SignedRequestChecks.Window)]
    [InlineData("future", "created", SignedRequestChecks.Window)]
    [InlineData("expired-key", "keyid", SignedRequestChecks.Validity)]
    [InlineData("key-not-yet-valid", "keyid", SignedRequestChecks.Validity)]
    [InlineData("revoked-key", "keyid", SignedRequestChecks.Revocation)]
    [InlineData("other-party", SignedRequest.PartyHeader, SignedRequestChecks.KeyOfParty)]
    public void Every_attack_is_refused_by_name_and_passes_where_its_check_is_off(string attack, string part, object mechanism)
    {
        var (request, party, second, body) = Attack(attack);
        Assert.Equal(part, Refusal(request, party, second, body, SignedRequestChecks.None)?.Part);
        Assert.Null(Refusal(request, party, second, body, (SignedRequestChecks)mechanism));
    }

    [Fact]
    public void Another_partys_key_is_not_this_partys()
    {
        var acme = new TestParty("acme", AcmeKey);
        var fault = Refusal(acme.Request(10, by: OtherKey), acme.Record, 10, TestParty.Body, SignedRequestChecks.None);
        Assert.Equal("keyid", fault?.Part);
        Assert.Equal(SignedRequest.PartyHeader, Refusal(acme.Request(10), null, 10, TestParty.Body, SignedRequestChecks.None)?.Part);
    }

    [Theory]
    [InlineData("\"@method\"", "@method")]
    [InlineData("\"@target-uri\"", "@target-uri")]
    [InlineData("\"content-digest\"", "content-digest")]
    [InlineData("\"provenance-party\"", "provenance-party")]
    [InlineData(";created=1790000010", "created")]
    [InlineData(";nonce=\"nonce-0123456789\"", "nonce")]
    [InlineData(";keyid=\"KEY\"", "keyid")]
    public void A_signature_that_leaves_a_part_out_is_refused_by_its_name(string part, string name)
    {
        var acme = new TestParty("acme", AcmeKey);
        var request = acme.Request(10);
        var input = request.Message.Fields.Single(field => field.Key == "Signature-Input").Value;
        var shorter = input.Replace(part.Replace("KEY", AcmeKey.Public.Id, StringComparison.Ordinal), "", StringComparison.Ordinal);
        Assert.NotEqual(input, shorter);
        Assert.False(SignedRequest.TryRead(TestParty.With(request.Message, "Signature-Input", shorter), out _, out var fault));
        Assert.Equal(name, fault.Part);
    }

    [Fact]
    public void A_stranger_finds_out_who_said_it_from_the_log_alone()
    {
        var acme = new TestParty("acme", AcmeKey);
        var verdict = AuthorshipVerifier.Verify(Entry(acme, acme.Request(10), 11), acme.Journal);
        Assert.True(verdict.IsValid, verdict.Reason);
        Assert.Equal(("acme", AcmeKey.Public.Id, (long?)null), (verdict.Party!.Id, verdict.KeyId, verdict.RevokedLaterMs));
        Assert.Equal(TestParty.Body, Encoding.UTF8.GetString(verdict.Body.Span));
    }

    [Fact]
    public void A_signed_request_is_kept_in_the_bytes_of_its_golden_file()
    {
        var acme = new TestParty("acme", OtherKey);
        var golden = File.ReadAllBytes(Path.Combine(
            Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", "signed-capture-v1.json"));
        Assert.Equal(Encoding.UTF8.GetString(golden).TrimEnd(), Encoding.UTF8.GetString(Entry(acme, acme.Request(10), 11).Content.Span));
        var kept = new SignedEntry(golden, OtherKey.Public.Id, (TestParty.Start + 11) * 1000, 9);
        Assert.True(AuthorshipVerifier.Verify(kept, acme.Journal).IsValid);
    }

    [Fact]
    public void What_was_signed_before_a_revocation_stays_valid_and_is_shown_as_such()
    {
        var acme = new TestParty("acme", AcmeKey);
        var before = Entry(acme, acme.Request(10), 11);
        acme.Append(new PartyEntry.KeyRevoked("acme", AcmeKey.Public.Id, "lost"), 20);
        acme.Append(new PartyEntry.KeyAdded("acme", OtherKey.Public, (TestParty.Start + 20) * 1000, null), 20);
        var verdict = AuthorshipVerifier.Verify(before, acme.Journal);
        Assert.True(verdict.IsValid, verdict.Reason);
        Assert.Equal((TestParty.Start + 20) * 1000, verdict.RevokedLaterMs);
        Assert.Contains("revoked later", verdict.Reason, StringComparison.Ordinal);

        // Backdated by whoever found the lost key: its place in the log tells.
        var after = AuthorshipVerifier.Verify(Entry(acme, acme.Request(10), 30), acme.Journal);
        Assert.False(after.IsValid);
        Assert.Contains("revoked", after.Reason, StringComparison.Ordinal);
        var blind = new SignedRequestVerifier(SignatureWindow.Widest, SignedRequestChecks.Revocation);
        Assert.True(AuthorshipVerifier.Verify(Entry(acme, acme.Request(10), 30), acme.Journal, blind).IsValid);

        Assert.True(AuthorshipVerifier.Verify(Entry(acme, acme.Request(31, by: OtherKey), 31, OtherKey), acme.Journal).IsValid);
    }

    [Fact]
    public void A_key_that_was_added_behind_a_capture_did_not_sign_it()
    {
        var acme = new TestParty("acme", AcmeKey);
        var entry = Entry(acme, acme.Request(10, by: OtherKey), 11, OtherKey);
        acme.Append(new PartyEntry.KeyAdded("acme", OtherKey.Public, TestParty.Start * 1000, null), 12);
        Assert.False(AuthorshipVerifier.Verify(entry, acme.Journal).IsValid);
    }

    [Fact]
    public void An_entry_that_was_changed_in_any_byte_is_not_valid()
    {
        var acme = new TestParty("acme", AcmeKey);
        var entry = Entry(acme, acme.Request(10), 11);
        for (var i = 0; i < entry.Content.Length; i++)
        {
            var changed = entry.Content.ToArray();
            changed[i] ^= 1;
            Assert.False(AuthorshipVerifier.Verify(entry with { Content = changed }, acme.Journal).IsValid, $"byte {i}");
        }

        Assert.False(AuthorshipVerifier.Verify(entry with { AuthorKeyId = OtherKey.Public.Id }, acme.Journal).IsValid);
    }

    private static (SignedRequest Request, PartyRecord Party, long Second, string Body) Attack(string attack)
    {
        var acme = new TestParty("acme", AcmeKey, validForSeconds: 1_000);
        var other = new TestParty("other", OtherKey);
        SignedRequest Altered(Func<HttpMessageParts, HttpMessageParts> alter) => acme.Request(10, alter: alter);
        SignedRequest Input(string from, string to) => Altered(message => TestParty.With(
            message, "Signature-Input",
            message.Fields.Single(field => field.Key == "Signature-Input").Value.Replace(from, to, StringComparison.Ordinal)));
        switch (attack)
        {
            case "forged":
                return (Altered(message => TestParty.With(message, "Signature", $"sig1=:{Convert.ToBase64String(new byte[64])}:")), acme.Record, 10, TestParty.Body);
            case "altered-target":
                return (Altered(message => message with { Target = "/capture?x=2" }), acme.Record, 10, TestParty.Body);
            case "altered-method":
                return (Altered(message => message with { Method = "PUT" }), acme.Record, 10, TestParty.Body);
            case "altered-digest":
                return (Altered(message => TestParty.With(message, "Content-Digest", ContentDigestField.Of("other"u8))), acme.Record, 10, "other");
            case "altered-party":
                var both = new TestParty("other", AcmeKey);
                return (Altered(message => TestParty.With(message, "Provenance-Party", "other")), both.Record, 10, TestParty.Body);
            case "altered-nonce":
                return (Input("nonce-0123456789", "nonce-9876543210"), acme.Record, 10, TestParty.Body);
            case "altered-created":
                return (Input("1790000010", "1790000011"), acme.Record, 10, TestParty.Body);
            case "altered-body":
                return (acme.Request(10), acme.Record, 10, TestParty.Body + " ");
            case "old":
                return (acme.Request(10), acme.Record, 10 + 301, TestParty.Body);
            case "future":
                return (acme.Request(10 + 62), acme.Record, 10, TestParty.Body);
            case "expired-key":
                return (acme.Request(1_000), acme.Record, 1_000, TestParty.Body);
            case "key-not-yet-valid":
                return (acme.Request(-1), acme.Record, 0, TestParty.Body);
            case "revoked-key":
                acme.Append(new PartyEntry.KeyRevoked("acme", AcmeKey.Public.Id, null), 5);
                return (acme.Request(10), acme.Record, 10, TestParty.Body);
            case "other-party":
                return (acme.Request(10, by: OtherKey), other.Record, 10, TestParty.Body);
            default:
                throw new ArgumentOutOfRangeException(nameof(attack), attack, null);
        }
    }

    private static SignatureFault? Refusal(
        SignedRequest request, PartyRecord? party, long second, string body, SignedRequestChecks omitted)
    {
        var verifier = new SignedRequestVerifier(SignatureWindow.Default, omitted);
        return !verifier.TryVerify(request, party, (TestParty.Start + second) * 1000, out var fault)
            || !verifier.TryVerifyBody(request, Encoding.UTF8.GetBytes(body), out fault)
                ? fault
                : null;
    }

    private static SignedEntry Entry(TestParty party, SignedRequest request, long second, TestKey? key = null) => new(
        SignedCapture.Write(request, Encoding.UTF8.GetBytes(TestParty.Body)),
        (key ?? party.Key).Public.Id,
        (TestParty.Start + second) * 1000,
        party.NextLeaf());
}
