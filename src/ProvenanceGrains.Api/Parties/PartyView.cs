using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Api.Parties;

/// <summary>A party as anybody may see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Gln">13 digits, or null.</param>
/// <param name="Roles">Names of its roles.</param>
/// <param name="GlnPrefixes">Where its events may happen; empty for anywhere.</param>
/// <param name="Registered">When the log took it in.</param>
/// <param name="Keys">All it ever had, in order.</param>
/// <param name="Journal">Where the entries with their proofs are.</param>
public sealed record PartyView(
    string Id,
    string Name,
    string? Gln,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> GlnPrefixes,
    string Registered,
    IReadOnlyList<PartyKeyView> Keys,
    string Journal)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal static PartyView Of(PartyRecord party) => new(
        party.Id,
        party.Name,
        party.Gln,
        [.. PartyNames.OfRoles(party.Roles)],
        party.GlnPrefixes,
        PartyEntry.FormatTime(party.RegisteredMs),
        [.. party.Keys.Select(PartyKeyView.Of)],
        $"/entities/party/{party.Id}/journal");
}

/// <summary>A public key of a party.</summary>
/// <param name="KeyId">Its thumbprint (RFC 7638).</param>
/// <param name="Alg">Its algorithm as in RFC 9421.</param>
/// <param name="Jwk">The key (RFC 7517).</param>
/// <param name="ValidFrom">First instant.</param>
/// <param name="ValidUntil">End, exclusive; null for none.</param>
/// <param name="Added">When the log took it in.</param>
/// <param name="Revoked">When the log took its revocation in; null if it is not revoked.</param>
/// <param name="RevocationReason">What was said of it.</param>
public sealed record PartyKeyView(
    string KeyId,
    string Alg,
    JsonNode? Jwk,
    string ValidFrom,
    string? ValidUntil,
    string Added,
    string? Revoked,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RevocationReason)
{
    internal static PartyKeyView Of(PartyKeyRecord key) => new(
        key.Key.Id,
        key.Key.Verifier.Algorithm.ToWire(),
        JsonNode.Parse(key.Key.ToJwk()),
        PartyEntry.FormatTime(key.ValidFromMs),
        key.ValidUntilMs is { } until ? PartyEntry.FormatTime(until) : null,
        PartyEntry.FormatTime(key.AddedMs),
        key.RevokedMs is { } revoked ? PartyEntry.FormatTime(revoked) : null,
        key.RevocationReason);
}
