using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Storage.Admission;

/// <summary>Remembers the indexes of entities that were lately in use: a grain's head is asked for just before its unit comes.</summary>
/// <remarks>One slot an entity, the last one in wins. Slots hold immutable objects, so any thread may use it without a lock.</remarks>
internal sealed class EntityIndexCache(IEntityIndexFunction inner) : IEntityIndexFunction
{
    private const int Slots = 16 * 1024;

    private readonly Known?[] _slots = new Known?[Slots];

    public IndexRule Rule => inner.Rule;

    public EntityIndex Compute(EntityId entity)
    {
        ref var slot = ref _slots[unchecked((uint)entity.GetHashCode()) % Slots];
        if (Volatile.Read(ref slot) is { } known && known.Entity == entity)
        {
            return known.Index;
        }

        var index = inner.Compute(entity);
        Volatile.Write(ref slot, new Known(entity, index));
        return index;
    }

    public IndexProof? Prove(EntityId entity) => inner.Prove(entity);

    private sealed record Known(EntityId Entity, EntityIndex Index);
}
