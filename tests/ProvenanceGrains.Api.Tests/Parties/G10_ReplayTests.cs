using ProvenanceGrains.Api.Parties;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Api.Tests.Parties;

/// <summary>Guarantee G10: a request counts once. The verifier alone would take it again; the memory of nonces is what does not.</summary>
public sealed class G10_ReplayTests
{
    private const long Start = 1_790_000_000_000;

    private static readonly Hash256 One = Hash256.Sha256("one"u8);
    private static readonly Hash256 Two = Hash256.Sha256("two"u8);

    [Fact]
    public void Without_the_memory_a_replay_is_verified_like_the_first_and_with_it_refused()
    {
        var signer = Signer.NewEd25519();
        var post = signer.Post(new Uri("http://log.example"), "/capture", "acme", "{}");
        var message = new HttpMessageParts
        {
            Method = "POST",
            Scheme = "http",
            Authority = "log.example",
            Target = "/capture",
            Fields = [.. post.Headers, new("Content-Type", "application/json")],
        };
        Assert.True(SignedRequest.TryRead(message, out var request, out var fault), fault?.Message);
        Assert.True(PartyRecord.TryApply(null, new PartyEntry.Registered("acme", "Acme", null, PartyRoles.Capture, []), 0, out var party, out _));
        Assert.True(PartyRecord.TryApply(party, new PartyEntry.KeyAdded("acme", signer.Key, 0, null), 0, out party, out _));
        var verifier = new SignedRequestVerifier(SignatureWindow.Default);
        var memory = Memory();

        Assert.True(verifier.TryVerify(request, party, request.CreatedMs, out fault), fault?.Message);
        Assert.Equal(NonceUse.First, memory.Use("acme", request.NonceClaim, request.CreatedMs));
        Assert.True(verifier.TryVerify(request, party, request.CreatedMs + 1, out fault), fault?.Message);
        Assert.Equal(NonceUse.Again, memory.Use("acme", request.NonceClaim, request.CreatedMs + 1));
    }

    [Fact]
    public void A_nonce_is_remembered_for_as_long_as_its_signature_could_be_taken()
    {
        var memory = Memory();
        Assert.Equal(NonceUse.First, memory.Use("acme", One, Start));

        // Signed a minute ahead of the server's clock, it is taken until six minutes from now.
        var last = Start + (long)(SignatureWindow.Default.MaxAhead + SignatureWindow.Default.MaxAge).TotalMilliseconds + 999;
        Assert.Equal(NonceUse.Again, memory.Use("acme", One, last));
        Assert.Equal(NonceUse.First, memory.Use("acme", One, last + 10_000));
    }

    [Fact]
    public void A_full_memory_takes_nobody_in_and_forgets_nothing()
    {
        var memory = Memory(capacity: 1);
        Assert.Equal(NonceUse.First, memory.Use("acme", One, Start));
        Assert.Equal(NonceUse.Full, memory.Use("acme", Two, Start + 1));
        Assert.Equal(NonceUse.Again, memory.Use("acme", One, Start + 2));
        Assert.Equal(NonceUse.First, memory.Use("acme", Two, Start + 1_000_000));
    }

    [Fact]
    public void A_party_fills_its_own_part_of_the_memory_and_not_the_others()
    {
        var memory = Memory(capacity: 10, partyCapacity: 1);
        Assert.Equal(NonceUse.First, memory.Use("acme", One, Start));
        Assert.Equal(NonceUse.Full, memory.Use("acme", Two, Start + 1));
        Assert.False(memory.IsUsed(Two, Start + 1));
        Assert.Equal(NonceUse.First, memory.Use("other", Two, Start + 2));
        Assert.True(memory.IsUsed(Two, Start + 3));
        Assert.Equal(NonceUse.First, memory.Use("acme", Hash256.Sha256("three"u8), Start + 1_000_000));
    }

    [Fact]
    public void What_was_dated_so_that_the_process_before_this_one_could_take_it_may_have_been_seen()
    {
        var memory = Memory();
        var ahead = (long)SignatureWindow.Default.MaxAhead.TotalMilliseconds;
        Assert.True(memory.IsOlder(Start));
        Assert.True(memory.IsOlder(Start - 1000));
        Assert.True(memory.IsOlder(Start + ahead));
        Assert.False(memory.IsOlder(Start + ahead + 1000));
    }

    private static NonceMemory Memory(
        int capacity = NonceMemory.DefaultCapacity, int partyCapacity = NonceMemory.DefaultPartyCapacity) =>
        new(SignatureWindow.Default, DateTimeOffset.FromUnixTimeMilliseconds(Start + 500), capacity, partyCapacity);
}
