using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Blocks;

/// <summary>
/// Whose chain of blocks it is: the log's origin as an entity, its index, the key that signs its checkpoints, and the rule by which the
/// log makes indexes. The chain's own index is a hash under every rule.
/// </summary>
public sealed class BlockIdentity
{
    /// <param name="origin">The log's origin: a valid entity key.</param>
    /// <param name="keyId">The log's key as <see cref="VerifierKey.NameAndId"/>.</param>
    /// <param name="rule">The log's index rule.</param>
    /// <exception cref="ArgumentException">The origin is no entity key.</exception>
    public BlockIdentity(string origin, string keyId, IndexRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(keyId);
        Entity = EntityId.Create(BlockContent.EntityKind, origin);
        KeyId = keyId;
        Index = HashedEntityIndex.Instance.Compute(Entity);
        IndexRule = rule;
    }

    /// <summary>The chain of the log that a verifier key names.</summary>
    /// <param name="logKey">The log's key.</param>
    /// <param name="rule">The log's index rule; null for the open one. Only building blocks needs it.</param>
    public static BlockIdentity Of(VerifierKey logKey, IndexRule? rule = null)
    {
        ArgumentNullException.ThrowIfNull(logKey);
        return new BlockIdentity(logKey.Name, logKey.NameAndId, rule ?? IndexRule.Hash);
    }

    public string Origin => Entity.Key;

    public EntityId Entity { get; }

    public EntityIndex Index { get; }

    public string KeyId { get; }

    /// <summary>What the chain's blocks say of it.</summary>
    public IndexRule IndexRule { get; }
}
