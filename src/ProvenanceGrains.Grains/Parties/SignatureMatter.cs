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
}
