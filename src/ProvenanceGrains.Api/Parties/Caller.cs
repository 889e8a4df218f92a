using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Api.Parties;

/// <summary>Whom the gate let in.</summary>
/// <param name="PartyId">The party.</param>
/// <param name="KeyId">The key that it proved to hold: of its signature if there is one, else of its API key.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="GlnPrefixes">Where its events may happen; empty for anywhere.</param>
/// <param name="Signed">Its signed request; null if it came with an API key alone.</param>
/// <param name="IsOlderThanSilo">The signature was made before this silo started.</param>
internal sealed record Caller(
    string PartyId,
    string KeyId,
    PartyRoles Roles,
    IReadOnlyList<string> GlnPrefixes,
    SignedRequest? Signed,
    bool IsOlderThanSilo)
{
    public RequestSignature? SignatureOver(ReadOnlyMemory<byte> body) =>
        Signed is null ? null : new RequestSignature(Signed, body, IsOlderThanSilo);
}
