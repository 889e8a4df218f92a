using System.Numerics;

namespace ProvenanceGrains.Query.Caching;

/// <summary>A cache of fixed size for values that never change: each key has one slot, and the last writer of a slot stays.</summary>
/// <remarks>
/// Chosen over a least-recently-used list because a hit is one read and one comparison, without a lock: proofs look up a
/// handful of tiles each. Two hot keys in one slot evict each other, which costs a read of an immutable file, no more.
/// </remarks>
internal sealed class DirectMappedCache<TKey, TValue>
    where TKey : IEquatable<TKey>
    where TValue : class
{
    private readonly Slot?[] _slots;
    private readonly int _shift;

    /// <param name="slots">How many values are kept at most: a power of two, 2 or more.</param>
    public DirectMappedCache(int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(BitOperations.IsPow2(slots), true, nameof(slots));
        _slots = new Slot?[slots];
        _shift = 32 - BitOperations.Log2((uint)slots);
    }

    public TValue? Find(TKey key) =>
        Volatile.Read(ref SlotOf(key)) is { } slot && slot.Key.Equals(key) ? slot.Value : null;

    public void Keep(TKey key, TValue value) => Volatile.Write(ref SlotOf(key), new Slot(key, value));

    // Fibonacci hashing: neighbouring indexes, the usual case, spread over all slots.
    private ref Slot? SlotOf(TKey key) => ref _slots[unchecked((uint)key.GetHashCode() * 2654435769u) >> _shift];

    private sealed record Slot(TKey Key, TValue Value);
}
