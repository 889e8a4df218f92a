namespace ProvenanceGrains.Ledger.Entries;

/// <summary>Maps an entity to its index. Deterministic and injective for all practical purposes; any thread may call it.</summary>
/// <remarks>
/// Two there are: <see cref="HashedEntityIndex"/>, which everybody can compute, and <see cref="VrfEntityIndex"/>, which only the
/// log can, and proves.
/// </remarks>
public interface IEntityIndexFunction
{
    /// <summary>What a verifier has to know to check the function's answers.</summary>
    IndexRule Rule { get; }

    EntityIndex Compute(EntityId entity);

    /// <summary>Proves the index of an entity; null where it needs no proof (<see cref="IndexVerifier"/>).</summary>
    IndexProof? Prove(EntityId entity);
}

/// <summary>The open index: SHA-256 over a domain separator and the length-prefixed kind and key (docs/formats.md).</summary>
public sealed class HashedEntityIndex : IEntityIndexFunction
{
    public static readonly HashedEntityIndex Instance = new();

    private HashedEntityIndex()
    {
    }

    public IndexRule Rule => IndexRule.Hash;

    public EntityIndex Compute(EntityId entity)
    {
        var domain = "provenancegrains/index/v1\0"u8;
        Span<byte> buffer = stackalloc byte[domain.Length + PrefixedText.MaxSize(EntityId.MaxKindLength + EntityId.MaxKeyBytes, 2)];
        domain.CopyTo(buffer);
        var length = domain.Length;
        length += PrefixedText.Write(entity.Kind, buffer[length..]);
        length += PrefixedText.Write(entity.Key, buffer[length..]);
        return new EntityIndex(Hash256.Sha256(buffer[..length]));
    }

    /// <returns>Null: whoever knows the entity computes the index.</returns>
    public IndexProof? Prove(EntityId entity) => null;
}
