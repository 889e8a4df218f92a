using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Grains.Parties;

/// <summary>A signed request as a matter of the unit that it brings: entity <c>capture/JOB</c>, committed to like every other.</summary>
internal static class SignatureMatter
{
    /// <remarks>It claims the nonce: the store itself refuses a second unit with it, also after any restart.</remarks>
    public static MatterDraft Of(RequestSignature signature, UInt128 jobId) => new(
        SignedCapture.EntryType,
        SignedCapture.Write(signature.Request, signature.Body.Span),
        signature.Request.NonceClaim,
        [(EntityId.Create(SignedCapture.EntityKind, JobIds.Format(jobId)), "")],
        null);

    /// <summary>
    /// What the offline verifier will find wrong with the matter; null if nothing. What the log takes it must be able to prove,
    /// and between the door and the log a key can be revoked, a signature expire, and what is kept differ from what came.
    /// </summary>
    /// <param name="matter">See <see cref="Of"/>.</param>
    /// <param name="keyId">Of the unit's author.</param>
    /// <param name="timeMs">Of the unit.</param>
    /// <param name="party">Now; the unit's condition keeps a revocation from coming before it.</param>
    public static SignatureFault? Foresee(MatterDraft matter, string keyId, long timeMs, PartyRecord? party) =>
        AuthorshipVerifier.Foresee(matter.Content, keyId, timeMs, party);
}
