using ProvenanceGrains.Grains.Contracts.Parties;

namespace ProvenanceGrains.Grains.Parties;

/// <summary>
/// Whether a key that was good when its request arrived still is when the request takes its place in the log: a verifier judges by
/// that place, and what stands behind a revocation is a forgery to it.
/// </summary>
internal static class SigningKeys
{
    /// <summary>Whether the key of a verified request was revoked meanwhile.</summary>
    public static async ValueTask<bool> FindRevokedAsync(
        this IPartyDirectory parties, RequestSignature signature, CancellationToken cancellation) =>
        (await parties.FindAsync(signature.Request.PartyId, cancellation))?.FindKey(signature.Request.KeyId) is not { RevokedMs: null };
}
