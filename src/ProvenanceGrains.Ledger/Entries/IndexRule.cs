using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Ledger.Entries;

/// <summary>By which function a log's indexes are made. A log has one for life: its first block fixes it.</summary>
public abstract record IndexRule
{
    private IndexRule()
    {
    }

    /// <summary>The open function: <see cref="HashedEntityIndex"/>.</summary>
    public static IndexRule Hash { get; } = new Hashed();

    /// <summary>Everybody can compute the index of an entity that they can name.</summary>
    public sealed record Hashed : IndexRule;

    /// <summary>Only the log can compute an index, and it proves it: <see cref="VrfEntityIndex"/>.</summary>
    /// <param name="Key">Verifies the proofs.</param>
    public sealed record Vrf(VrfPublicKey Key) : IndexRule;
}

/// <summary>Proves that an index is an entity's, where the rule is <see cref="IndexRule.Vrf"/>.</summary>
/// <param name="Vrf">The proof pi of RFC 9381 over the entity's base, 81 bytes (docs/formats.md, Index by a verifiable random function).</param>
public sealed record IndexProof(ReadOnlyMemory<byte> Vrf);
