using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Where one journal ends, as an audit keeps it.</summary>
internal readonly record struct AuditedHead(EntityIndex Index, long Length, Hash256 LeafHash, long TimeMs);

/// <summary>
/// Follows the chain of every journal at once: numbered from 0 without a gap, each entry naming the leaf hash of the one
/// before, time not going back.
/// </summary>
/// <remarks>
/// 88 bytes of state an entity and 4 to 8 of its bucket. The heads stand in pieces that never move, so that growing copies nothing but
/// the buckets.
/// </remarks>
internal sealed class JournalHeads
{
    private const int PieceBits = 14;
    private const int PieceSize = 1 << PieceBits;

    private readonly List<Head[]> _pieces = [];
    private readonly List<int> _changed = [];
    private int[] _buckets = Empty(1 << 10);
    private int _epoch = 1;

    /// <summary>Bytes of one entity's head, its bucket not counted.</summary>
    public static int HeadBytes => System.Runtime.CompilerServices.Unsafe.SizeOf<Head>();

    /// <summary>The number of entities seen.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that the table takes.</summary>
    public long StateBytes => ((long)_pieces.Count * PieceSize * HeadBytes) + ((long)_buckets.Length * sizeof(int));

    /// <summary>Takes the next entry of the log.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="leafHash">Its leaf hash.</param>
    /// <param name="isBlock">Whether it is a block's, which the head map does not hold.</param>
    /// <returns>What is wrong with it, or null. The journal goes on from it either way.</returns>
    public string? Follow(in EntryHeader header, in Hash256 leafHash, bool isBlock)
    {
        ref var head = ref Find(header.Index.Value, out var slot);
        var error = header.Sequence != head.Length
                ? $"The journal of {header.Index} goes on with sequence {header.Sequence}, but {head.Length} comes next."
            : header.Previous != head.LeafHash
                ? $"Sequence {header.Sequence} of {header.Index} names {header.Previous} as the entry before, which is {head.LeafHash}."
            : header.TimeMs < head.TimeMs
                ? $"Sequence {header.Sequence} of {header.Index} goes back in time, from {head.TimeMs} to {header.TimeMs} ms."
            : null;
        head.LeafHash = leafHash;
        head.Length = header.Sequence == long.MaxValue ? header.Sequence : header.Sequence + 1;
        head.TimeMs = header.TimeMs;
        if (!isBlock && head.Epoch != _epoch)
        {
            head.Epoch = _epoch;
            _changed.Add(slot);
        }

        return error;
    }

    /// <summary>The heads that have changed since the last call.</summary>
    public KeyValuePair<EntityIndex, EntityHead>[] TakeChanged()
    {
        var changes = new KeyValuePair<EntityIndex, EntityHead>[_changed.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            ref var head = ref At(_changed[i]);
            changes[i] = new(new EntityIndex(head.Index), new EntityHead(head.Length, head.LeafHash));
        }

        _changed.Clear();
        _epoch++;
        return changes;
    }

    /// <summary>Every head but one entity's, as the head map holds them.</summary>
    public KeyValuePair<EntityIndex, EntityHead>[] AllBut(EntityIndex chain) =>
        [.. All().Where(head => head.Index != chain).Select(head => KeyValuePair.Create(head.Index, new EntityHead(head.Length, head.LeafHash)))];

    /// <summary>Every head, in the order of first appearance.</summary>
    public IEnumerable<AuditedHead> All()
    {
        for (var slot = 0; slot < Count; slot++)
        {
            var head = At(slot);
            yield return new AuditedHead(new EntityIndex(head.Index), head.Length, head.LeafHash, head.TimeMs);
        }
    }

    /// <summary>Puts a head back that an earlier audit has verified.</summary>
    /// <returns>False if the entity is there already.</returns>
    public bool TryRestore(in AuditedHead restored)
    {
        var before = Count;
        ref var head = ref Find(restored.Index.Value, out _);
        (head.Length, head.LeafHash, head.TimeMs) = (restored.Length, restored.LeafHash, restored.TimeMs);
        return Count > before;
    }

    private ref Head At(int slot) => ref _pieces[slot >> PieceBits][slot & (PieceSize - 1)];

    private ref Head Find(in Hash256 index, out int slot)
    {
        for (slot = _buckets[BucketOf(index)]; slot >= 0; slot = At(slot).Next)
        {
            if (At(slot).Index == index)
            {
                return ref At(slot);
            }
        }

        if (Count == _buckets.Length)
        {
            Grow();
        }

        slot = Count;
        Count = checked(Count + 1);
        if (slot >> PieceBits == _pieces.Count)
        {
            _pieces.Add(new Head[PieceSize]);
        }

        ref var head = ref At(slot);
        ref var bucket = ref _buckets[BucketOf(index)];
        head.Index = index;
        head.Next = bucket;
        bucket = slot;
        return ref head;
    }

    private void Grow()
    {
        _buckets = Empty(checked(_buckets.Length * 2));
        for (var slot = 0; slot < Count; slot++)
        {
            ref var head = ref At(slot);
            ref var bucket = ref _buckets[BucketOf(head.Index)];
            head.Next = bucket;
            bucket = slot;
        }
    }

    private int BucketOf(in Hash256 index) => index.GetHashCode() & (_buckets.Length - 1);

    private static int[] Empty(int size)
    {
        var buckets = new int[size];
        Array.Fill(buckets, -1);
        return buckets;
    }

    private struct Head
    {
        public Hash256 Index;
        public Hash256 LeafHash;
        public long Length;
        public long TimeMs;
        public int Next;
        public int Epoch;
    }
}
