using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>A key of a party with what became of it.</summary>
/// <param name="Key">The public key.</param>
/// <param name="ValidFromMs">First instant of its validity.</param>
/// <param name="ValidUntilMs">End of its validity, exclusive; null for none.</param>
/// <param name="AddedMs">When the log took it in.</param>
/// <param name="RevokedMs">When the log took its revocation in; null if it is not revoked.</param>
/// <param name="RevocationReason">What was said of it.</param>
public sealed record PartyKeyRecord(
    PartyKey Key, long ValidFromMs, long? ValidUntilMs, long AddedMs, long? RevokedMs, string? RevocationReason)
{
    /// <summary>Whether an instant lies within its validity, revocation aside.</summary>
    public bool IsValidAt(long timeMs) => ValidFromMs <= timeMs && (ValidUntilMs is not { } until || timeMs < until);
}

/// <summary>A party as its entries tell it: a fold over them in the order of the journal.</summary>
public sealed record PartyRecord
{
    /// <summary>The most keys of one party, revoked ones included.</summary>
    public const int MaxKeys = 256;

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>13 digits; null if it has none.</summary>
    public required string? Gln { get; init; }

    public required PartyRoles Roles { get; init; }

    /// <summary>Where its events may happen; empty for anywhere.</summary>
    public required IReadOnlyList<string> GlnPrefixes { get; init; }

    /// <summary>When the log first took it in: milliseconds since the epoch.</summary>
    public required long RegisteredMs { get; init; }

    /// <summary>In the order in which they were added, revoked ones included.</summary>
    public required IReadOnlyList<PartyKeyRecord> Keys { get; init; }

    /// <summary>The key of that id; null if the party has none.</summary>
    public PartyKeyRecord? FindKey(string keyId) => Keys.FirstOrDefault(key => key.Key.Id == keyId);

    /// <summary>The record after one more entry.</summary>
    /// <param name="before">Null before the first.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="timeMs">Its time in the log.</param>
    /// <param name="after">The record, when the answer is true.</param>
    /// <param name="error">Why the entry does not fit, when the answer is false.</param>
    public static bool TryApply(
        PartyRecord? before,
        PartyEntry entry,
        long timeMs,
        [NotNullWhen(true)] out PartyRecord? after,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(entry);
        after = null;
        error = before is not null && before.Id != entry.PartyId ? $"it is of the party '{entry.PartyId}', not of '{before.Id}'"
            : before is null && entry is not PartyEntry.Registered ? $"the party '{entry.PartyId}' is not registered"
            : null;
        if (error is not null)
        {
            return false;
        }

        (after, error) = entry switch
        {
            PartyEntry.Registered registered => (Register(before, registered, timeMs), null),
            PartyEntry.KeyAdded added => Add(before!, added, timeMs),
            PartyEntry.KeyRevoked revoked => Revoke(before!, revoked, timeMs),
            _ => (null, "its type is not known"),
        };
        return after is not null;
    }

    private static PartyRecord Register(PartyRecord? before, PartyEntry.Registered entry, long timeMs) => new()
    {
        Id = entry.PartyId,
        Name = entry.Name,
        Gln = entry.Gln,
        Roles = entry.Roles,
        GlnPrefixes = entry.GlnPrefixes,
        RegisteredMs = before?.RegisteredMs ?? timeMs,
        Keys = before?.Keys ?? [],
    };

    private static (PartyRecord?, string?) Add(PartyRecord before, PartyEntry.KeyAdded entry, long timeMs) =>
        before.FindKey(entry.Key.Id) is not null ? (null, $"the key {entry.Key.Id} is known already; a revoked key never comes back")
        : before.Keys.Count >= MaxKeys ? (null, $"a party has at most {MaxKeys} keys")
        : (before with
        {
            Keys = [.. before.Keys, new PartyKeyRecord(entry.Key, entry.ValidFromMs, entry.ValidUntilMs, timeMs, null, null)],
        }, null);

    private static (PartyRecord?, string?) Revoke(PartyRecord before, PartyEntry.KeyRevoked entry, long timeMs) =>
        before.FindKey(entry.KeyId) is not { } key ? (null, $"the party has no key {entry.KeyId}")
        : key.RevokedMs is not null ? (null, $"the key {entry.KeyId} is revoked already")
        : (before with
        {
            Keys = [.. before.Keys.Select(one => one == key ? one with { RevokedMs = timeMs, RevocationReason = entry.Reason } : one)],
        }, null);
}
