using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Heads;

/// <summary>
/// One batch: the shape first, then the hashes from the deepest level upwards, each new node's once. An object serves one batch.
/// </summary>
/// <remarks>
/// Recursion goes down one call a bit, at most 256 deep. Invariant of every inner node: at least two leaves stand below it; so one that
/// stands alone is always directly at the place where its way ends.
/// </remarks>
internal sealed class HeadMapUpdate
{
    private readonly List<HeadInner>?[] _made = new List<HeadInner>?[HeadMap.MaxDepth];
    private long _added;

    public HeadMap Apply(HeadNode? root, long count, IReadOnlyCollection<KeyValuePair<EntityIndex, EntityHead>> changes)
    {
        var leaves = Sorted(changes);
        var next = Merge(root, leaves, 0);
        HeadLevelHasher? hasher = null;
        for (var depth = _made.Length - 1; depth >= 0; depth--)
        {
            if (_made[depth] is { } level)
            {
                HeadLevelHasher.HashAll(ref hasher, CollectionsMarshal.AsSpan(level));
            }
        }

        return new HeadMap(next, count + _added);
    }

    /// <summary>The new leaves in the order of their indexes.</summary>
    private static HeadLeaf[] Sorted(IReadOnlyCollection<KeyValuePair<EntityIndex, EntityHead>> changes)
    {
        var leaves = new HeadLeaf[changes.Count];
        var keys = new ulong[changes.Count];
        var count = 0;
        foreach (var (index, head) in changes)
        {
            if (head.Length < 1)
            {
                throw new ArgumentException($"A journal in the head map has at least one entry: {index} has {head.Length}.", nameof(changes));
            }

            leaves[count] = new HeadLeaf(index.Value, head.Length, head.LastLeafHash);
            keys[count] = BinaryPrimitives.ReadUInt64BigEndian(index.Value.AsSpan());
            count++;
        }

        // By the first eight bytes, which settle nearly all; then those that share them, by the rest.
        Array.Sort(keys, leaves);
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && keys[end] == keys[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                SortByWholeIndex(leaves.AsSpan(start, end - start));
            }

            start = end;
        }

        return leaves;
    }

    private static void SortByWholeIndex(Span<HeadLeaf> leaves)
    {
        leaves.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        for (var i = 1; i < leaves.Length; i++)
        {
            if (leaves[i].Index == leaves[i - 1].Index)
            {
                throw new ArgumentException($"Two heads for one index in one update: {leaves[i].Index}.");
            }
        }
    }

    private HeadNode? Merge(HeadNode? node, ReadOnlySpan<HeadLeaf> changes, int depth)
    {
        if (changes.IsEmpty)
        {
            return node;
        }

        if (node is HeadInner inner)
        {
            var split = Split(changes, depth);
            return Made(Merge(inner.Left, changes[..split], depth + 1), Merge(inner.Right, changes[split..], depth + 1), depth);
        }

        var standing = node as HeadLeaf;
        if (standing is not null && Holds(changes, standing.Index))
        {
            _added += changes.Length - 1;
            return Build(null, changes, depth);
        }

        _added += changes.Length;
        return Build(standing, changes, depth);
    }

    /// <summary>A subtree of new leaves and perhaps one that stood there before.</summary>
    private HeadNode? Build(HeadLeaf? standing, ReadOnlySpan<HeadLeaf> changes, int depth)
    {
        if (changes.IsEmpty)
        {
            return standing;
        }

        if (changes.Length == 1 && standing is null)
        {
            return changes[0];
        }

        var split = Split(changes, depth);
        var standsRight = standing is not null && HeadNode.Bit(standing.Index, depth);
        return Made(
            Build(standsRight ? null : standing, changes[..split], depth + 1),
            Build(standsRight ? standing : null, changes[split..], depth + 1),
            depth);
    }

    private HeadInner Made(HeadNode? left, HeadNode? right, int depth)
    {
        var node = new HeadInner(left, right);
        (_made[depth] ??= []).Add(node);
        return node;
    }

    private static bool Holds(ReadOnlySpan<HeadLeaf> changes, in Hash256 index)
    {
        int low = 0, high = changes.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (changes[middle].Index < index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < changes.Length && changes[low].Index == index;
    }

    /// <summary>The place of the first leaf whose bit is set; all that share the bits above come as one run in order.</summary>
    private static int Split(ReadOnlySpan<HeadLeaf> changes, int depth)
    {
        int low = 0, high = changes.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (HeadNode.Bit(changes[middle].Index, depth))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
