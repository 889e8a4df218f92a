using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Grains.Contracts.Parties;

/// <summary>The journals that the directory of parties lives in (docs/formats.md, "Parties").</summary>
public static class PartyJournals
{
    /// <summary>Every entry of every party: by it alone a silo knows all of them at its start.</summary>
    public static EntityId Registry { get; } = EntityId.Create("registry", "parties");

    /// <summary>One party's own journal.</summary>
    public static EntityId Of(string partyId) => EntityId.Create(PartyEntry.EntityKind, partyId);
}

/// <summary>Entries to be written for one party, together or not at all.</summary>
/// <param name="Entries">In order; all of one party.</param>
/// <param name="KeyId">The key of whoever asks for it.</param>
/// <param name="Signature">How that request was signed; null if it was not.</param>
/// <param name="MustBeNew">The party must not be registered yet.</param>
public sealed record PartyChange(
    IReadOnlyList<PartyEntry> Entries, string KeyId, RequestSignature? Signature, bool MustBeNew = false);

/// <summary>A signed request on its way into the log.</summary>
/// <param name="Request">Verified.</param>
/// <param name="Body">As it came; not changed before the answer.</param>
/// <param name="IsOlderThanSilo">It was signed before this silo started, so that the silo cannot know whether it came before.</param>
public sealed record RequestSignature(SignedRequest Request, ReadOnlyMemory<byte> Body, bool IsOlderThanSilo);

/// <summary>What became of a change.</summary>
public abstract record PartyOutcome
{
    private PartyOutcome()
    {
    }

    /// <summary>It is durable.</summary>
    public sealed record Written(PartyRecord Party, string JobId) : PartyOutcome;

    /// <summary>It does not fit what the log says of the party. Nothing was written.</summary>
    public sealed record Conflict(string Reason) : PartyOutcome;

    /// <summary>The signature's nonce was used before. Nothing was written.</summary>
    public sealed record NonceUsed : PartyOutcome;

    /// <summary>The key of the signature was revoked after the request was verified. Nothing was written.</summary>
    public sealed record KeyRevoked : PartyOutcome;

    /// <summary>Its signature would not verify from the log. Nothing was written.</summary>
    public sealed record Unsigned(SignatureFault Fault) : PartyOutcome;

    /// <summary>Come back later. Nothing was written.</summary>
    public sealed record Busy(string Reason) : PartyOutcome;
}

/// <summary>The parties as the log tells them: read back from the journals, changed by entries.</summary>
/// <remarks>Reads see every change that was acknowledged before. Implementations are thread-safe.</remarks>
public interface IPartyDirectory
{
    /// <summary>The party; null if it is not registered.</summary>
    ValueTask<PartyRecord?> FindAsync(string partyId, CancellationToken cancellation);

    /// <summary>All parties in the order of their ids.</summary>
    ValueTask<IReadOnlyList<PartyRecord>> ListAsync(CancellationToken cancellation);

    /// <summary>Writes a change; returns after it is durable.</summary>
    Task<PartyOutcome> ChangeAsync(PartyChange change, CancellationToken cancellation);
}
