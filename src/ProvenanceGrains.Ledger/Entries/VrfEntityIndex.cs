using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Ledger.Entries;

/// <summary>
/// The closed index: a verifiable random function of the entity's base, so that nobody but the key's holder can find out by guessing
/// whether a log has an entity, and not even the holder can give an entity two indexes (docs/formats.md).
/// </summary>
/// <remarks>
/// An evaluation costs a hundred times and more what a hash does. One is made for a product or lot, and its items' indexes are derived
/// from it; the bases in use are remembered. One slot a base, the last one in wins; slots hold immutable objects, so any thread may
/// use them without a lock.
/// </remarks>
/// <param name="key">The log's VRF key. Another key is another log.</param>
public sealed class VrfEntityIndex(VrfPrivateKey key) : IEntityIndexFunction
{
    private const int Slots = 16 * 1024;

    private readonly VrfPrivateKey _key = key ?? throw new ArgumentNullException(nameof(key));
    private readonly Evaluated?[] _slots = new Evaluated?[Slots];

    public IndexRule Rule { get; } = new IndexRule.Vrf(key.Public);

    public EntityIndex Compute(EntityId entity)
    {
        if (IndexBase.IsOpen(entity))
        {
            return HashedEntityIndex.Instance.Compute(entity);
        }

        var of = IndexBase.Of(entity, out var rest);
        ref var slot = ref SlotOf(of);
        if (Volatile.Read(ref slot) is not { } known || known.Base != of)
        {
            known = new Evaluated(of, _key.Evaluate(of.ToAlpha()), null);
            Volatile.Write(ref slot, known);
        }

        return IndexBase.Derive(known.Output, rest);
    }

    public IndexProof? Prove(EntityId entity)
    {
        if (IndexBase.IsOpen(entity))
        {
            return null;
        }

        var of = IndexBase.Of(entity, out _);
        ref var slot = ref SlotOf(of);
        if (Volatile.Read(ref slot) is not { Proof: { } proof } known || known.Base != of)
        {
            proof = new IndexProof(_key.Prove(of.ToAlpha(), out var output));
            Volatile.Write(ref slot, new Evaluated(of, output, proof));
        }

        return proof;
    }

    private ref Evaluated? SlotOf(in IndexBase of) => ref _slots[unchecked((uint)of.GetHashCode()) % Slots];

    private sealed record Evaluated(IndexBase Base, Hash256 Output, IndexProof? Proof);
}
