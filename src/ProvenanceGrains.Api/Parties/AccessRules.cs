using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Api.Parties;

/// <summary>What a deployment asks of whoever writes.</summary>
public sealed record AccessRules
{
    /// <summary>Roles in which requests must be signed; an API key alone does not suffice for them.</summary>
    public PartyRoles SignedRoles { get; init; }

    /// <summary>Requests of one party in a second; as many may come at once.</summary>
    public int RequestsPerSecond { get; init; } = 20_000;

    /// <summary>How old, and how far ahead, a signature may be.</summary>
    public SignatureWindow Window { get; init; } = SignatureWindow.Default;

    /// <summary>When the silo started: what was signed before may have been seen by the one before it.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}
