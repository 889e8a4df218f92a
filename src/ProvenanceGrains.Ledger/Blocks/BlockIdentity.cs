using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Blocks;

/// <summary>Whose chain of blocks it is: the log's origin as an entity, its index, and the key that signs its checkpoints.</summary>
public sealed class BlockIdentity
{
    /// <param name="origin">The log's origin: a valid entity key.</param>
    /// <param name="keyId">The log's key as <see cref="VerifierKey.NameAndId"/>.</param>
    /// <param name="index">The log's index function.</param>
    /// <exception cref="ArgumentException">The origin is no entity key.</exception>
    public BlockIdentity(string origin, string keyId, IEntityIndexFunction index)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(keyId);
        Entity = EntityId.Create(BlockContent.EntityKind, origin);
        KeyId = keyId;
        Index = index.Compute(Entity);
    }

    /// <summary>The chain of the log that a verifier key names, with the open index function.</summary>
    public static BlockIdentity Of(VerifierKey logKey)
    {
        ArgumentNullException.ThrowIfNull(logKey);
        return new BlockIdentity(logKey.Name, logKey.NameAndId, HashedEntityIndex.Instance);
    }

    public string Origin => Entity.Key;

    public EntityId Entity { get; }

    public EntityIndex Index { get; }

    public string KeyId { get; }
}
