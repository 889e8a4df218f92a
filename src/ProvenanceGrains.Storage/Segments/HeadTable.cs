using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>
/// What the index does not hold yet (heads, claims), and the heads of entities that were lately in use.
/// </summary>
/// <remarks>
/// <para>Heads live in two generations: when the young one is full it becomes the old one, and what was not asked for since is
/// forgotten, but for heads that are newer than the index. So the size is bounded by twice the capacity and the index's lag.</para>
/// <para>Whatever is absent here is in the index: the indexer calls <see cref="Indexed"/> after its transaction.</para>
/// </remarks>
internal sealed class HeadTable(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash256, long> _claims = [];
    private Dictionary<EntityIndex, Known> _young = [];
    private Dictionary<EntityIndex, Known> _old = [];
    private readonly List<(EntityIndex Key, Known Value)> _kept = [];
    private long _indexed;
    private int _rotations;

    /// <summary>The head, if it is here; else a stamp to give back to <see cref="Remember"/>.</summary>
    public bool TryGetHead(EntityIndex index, out JournalHead head, out int stamp)
    {
        lock (_gate)
        {
            stamp = _rotations;
            if (_young.TryGetValue(index, out var known))
            {
                head = known.Head;
                return true;
            }

            if (_old.TryGetValue(index, out known))
            {
                PutYoung(index, known);
                head = known.Head;
                return true;
            }

            head = default;
            return false;
        }
    }

    /// <summary>Keeps a head that was read from the index.</summary>
    /// <remarks>
    /// The stamp is from before that reading. If nothing was forgotten since, a newer head would still be here and wins; if
    /// something was, the head may be stale and is not kept: a stale head would let a journal fork.
    /// </remarks>
    public void Remember(EntityIndex index, JournalHead head, int stamp)
    {
        lock (_gate)
        {
            if (stamp == _rotations && !_young.ContainsKey(index) && !_old.ContainsKey(index))
            {
                PutYoung(index, new Known(head, -1));
            }
        }
    }

    public bool TryGetClaim(Hash256 name, out long ordinal)
    {
        lock (_gate)
        {
            return _claims.TryGetValue(name, out ordinal);
        }
    }

    /// <summary>Takes over what a durable unit brings.</summary>
    public void Commit(CommittedUnit unit)
    {
        lock (_gate)
        {
            foreach (var journal in unit.Admitted.Chains.Journals)
            {
                var header = unit.Admitted.Unit.Entries[journal.Last].Header;
                PutYoung(header.Index, new Known(
                    new JournalHead(header.Sequence + 1, unit.Admitted.Chains.LeafHashes[journal.Last], header.TimeMs),
                    unit.FirstOrdinal + journal.Last));
            }

            foreach (var claim in unit.Admitted.Unit.Claims)
            {
                _claims[claim.Name] = unit.OrdinalOfMatter(claim.Matter);
            }
        }
    }

    /// <summary>The index holds these units now.</summary>
    public void Indexed(IReadOnlyList<CommittedUnit> units, long nextOrdinal)
    {
        lock (_gate)
        {
            _indexed = nextOrdinal;
            foreach (var unit in units)
            {
                foreach (var claim in unit.Admitted.Unit.Claims)
                {
                    _claims.Remove(claim.Name);
                }
            }
        }
    }

    private void PutYoung(EntityIndex index, Known known)
    {
        _young[index] = known;
        if (_young.Count < capacity)
        {
            return;
        }

        foreach (var (key, value) in _old)
        {
            if (value.LastOrdinal >= _indexed && !_young.ContainsKey(key))
            {
                _kept.Add((key, value));
            }
        }

        // The dictionaries are used again: new ones would grow through the large object heap at every turn.
        (_old, _young) = (_young, _old);
        _young.Clear();
        foreach (var (key, value) in _kept)
        {
            _young.Add(key, value);
        }

        _kept.Clear();
        _rotations++;
    }

    private readonly record struct Known(JournalHead Head, long LastOrdinal);
}
