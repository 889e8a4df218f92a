using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage.Admission;

namespace ProvenanceGrains.Storage.Memory;

/// <summary>The contracts in their plainest form: lists under one lock, every question answered by looking at all.</summary>
/// <remarks>It is what the other stores are compared with, and serves tests. Nothing is durable, and it is never busy.</remarks>
public sealed class MemoryStore : IJournalWriter, IJournalReader, IMatterIndex
{
    private readonly Lock _gate = new();
    private readonly IMatterProjector _projector;
    private readonly IEntityIndexFunction _index;
    private readonly List<StoredEntry> _entries = [];
    private readonly List<StoredUnit> _units = [];
    private readonly List<Matter> _matters = [];
    private readonly Dictionary<EntityId, List<StoredEntry>> _journals = [];
    private readonly Dictionary<Hash256, Matter> _claims = [];
    private readonly CommitSignal _committed = new();

    /// <param name="projector">Asked where a writer brings no projections.</param>
    /// <param name="index">Null for <see cref="HashedEntityIndex"/>.</param>
    public MemoryStore(IMatterProjector projector, IEntityIndexFunction? index = null)
    {
        _projector = projector;
        _index = index ?? HashedEntityIndex.Instance;
    }

    public long Committed => _committed.Value;

    public Task WaitForCommitAsync(long ordinal, CancellationToken cancellation) =>
        _committed.WaitOverAsync(ordinal, cancellation);

    public ValueTask<AppendOutcome> AppendAsync(
        CommitUnit unit, IReadOnlyList<MatterProjection?>? projections, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var admitted = AdmittedUnit.Admit(unit, projections, _projector, _index);
        lock (_gate)
        {
            return ValueTask.FromResult(Refusal(admitted) ?? Commit(admitted));
        }
    }

    public ValueTask<JournalHead> GetHeadAsync(EntityId entity, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(Head(entity));
        }
    }

    public ValueTask<IReadOnlyList<EntryHeader>> ReadHeadersAsync(long first, int max, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        lock (_gate)
        {
            var from = (int)Math.Min(first, _entries.Count);
            var headers = _entries.GetRange(from, Math.Min(max, _entries.Count - from)).ConvertAll(e => e.Header);
            return ValueTask.FromResult<IReadOnlyList<EntryHeader>>(headers);
        }
    }

    public ValueTask<StoredEntry?> ReadEntryAsync(long ordinal, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(ordinal >= 0 && ordinal < _entries.Count ? _entries[(int)ordinal] : null);
        }
    }

    public ValueTask<IReadOnlyList<StoredEntry>> ReadEntriesAsync(long first, int count, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, UnitLimits.MaxEntries);
        lock (_gate)
        {
            var from = (int)Math.Min(first, _entries.Count);
            return ValueTask.FromResult<IReadOnlyList<StoredEntry>>(_entries.GetRange(from, Math.Min(count, _entries.Count - from)));
        }
    }

    public ValueTask<IReadOnlyList<StoredEntry>> ReadJournalAsync(
        EntityId entity, long fromSequence, int max, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(fromSequence);
        MatterFilter.CheckPage(max, nameof(max));
        lock (_gate)
        {
            IReadOnlyList<StoredEntry> page = _journals.TryGetValue(entity, out var journal)
                ? journal.Where(e => e.Header.Sequence >= fromSequence).Take(max).ToList()
                : [];
            return ValueTask.FromResult(page);
        }
    }

    public ValueTask<StoredUnit?> FindUnitAsync(UInt128 id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_units.Find(u => u.Id == id));
        }
    }

    public ValueTask<StoredMatter?> FindByClaimAsync(Hash256 name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_claims.TryGetValue(name, out var matter) ? matter.Stored : null);
        }
    }

    public ValueTask<IReadOnlyDictionary<Hash256, long>> FindClaimsAsync(
        IReadOnlyCollection<Hash256> names, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(names);
        lock (_gate)
        {
            IReadOnlyDictionary<Hash256, long> found = names.Distinct().Where(_claims.ContainsKey)
                .ToDictionary(n => n, n => _claims[n].Stored.FirstOrdinal);
            return ValueTask.FromResult(found);
        }
    }

    public ValueTask<IReadOnlyList<StoredMatter>> QueryAsync(MatterQuery query, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(query);
        MatterFilter.CheckPage(query.Limit, nameof(query));
        lock (_gate)
        {
            IReadOnlyList<StoredMatter> page = _matters.Where(m => Satisfies(query, m)).Take(query.Limit)
                .Select(m => m.Stored).ToList();
            return ValueTask.FromResult(page);
        }
    }

    public ValueTask<IReadOnlyList<Participation>> FindRelatedAsync(
        IReadOnlyCollection<EntityId> entities,
        IReadOnlyCollection<string> ownRoles,
        IReadOnlyCollection<string> otherRoles,
        int limit,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        lock (_gate)
        {
            bool IsOwn(StoredEntry e) => entities.Contains(e.Entity) && ownRoles.Contains(e.Role);
            IReadOnlyList<Participation> rows = _matters
                .Where(m => m.Projection is not null && EntriesOf(m).Any(IsOwn))
                .SelectMany(m => EntriesOf(m).Where(e => IsOwn(e) || otherRoles.Contains(e.Role)).Select(e =>
                    new Participation(
                        m.Stored.FirstOrdinal, e.Entity, e.Role, m.Projection!.TimeMs, m.Projection.Action)))
                .Take((int)Math.Min(limit + 1L, int.MaxValue))
                .ToList();
            return ValueTask.FromResult(rows);
        }
    }

    private IEnumerable<StoredEntry> EntriesOf(Matter matter) =>
        _entries.Skip((int)matter.Stored.FirstOrdinal).Take(matter.Stored.EntryCount);

    private bool Satisfies(MatterQuery query, Matter matter) =>
        matter.Projection is not null
        && (query.After is null || matter.Stored.FirstOrdinal > query.After)
        && (query.Below is null || matter.Stored.FirstOrdinal < query.Below)
        && MatterFilter.Matches(query, matter.Projection, matter.Stored.RecordTimeMs)
        && (query.Entities is null || EntriesOf(matter).Any(e =>
            query.Entities.Contains(e.Entity) && (query.Roles is null || query.Roles.Contains(e.Role))));

    private JournalHead Head(EntityId entity)
    {
        if (!_journals.TryGetValue(entity, out var journal))
        {
            return JournalHead.Empty;
        }

        var last = journal[^1].Header;
        return new JournalHead(journal.Count, last.LeafHash(), last.TimeMs);
    }

    private AppendOutcome? Refusal(AdmittedUnit admitted)
    {
        var unit = admitted.Unit;
        var taken = unit.Claims.Where(c => _claims.ContainsKey(c.Name))
            .Select(c => (c, _claims[c.Name].Stored.FirstOrdinal)).ToList();
        if (taken.Count > 0)
        {
            return new AppendOutcome.Taken(taken);
        }

        var fenced = admitted.Chains.Journals.Select(j => unit.Entries[j.First]).Where(e =>
        {
            var head = Head(e.Entity);
            return e.Header.Sequence != head.Length || e.Header.Previous != head.LastLeafHash;
        }).Select(e => e.Entity).ToList();
        return fenced.Count > 0 ? new AppendOutcome.Fenced(fenced) : null;
    }

    private AppendOutcome.Committed Commit(AdmittedUnit admitted)
    {
        var unit = admitted.Unit;
        long first = _entries.Count;
        _units.Add(new StoredUnit(unit.Id, unit.TimeMs, unit.Note, first, unit.Entries.Count));
        var matters = unit.Entries.GroupBy(e => e.Matter).Select(g => g.Count()).ToList();
        var ordinal = first;
        for (var i = 0; i < unit.Matters.Count; i++)
        {
            var stored = new StoredMatter(ordinal, matters[i], unit.TimeMs, unit.Id, unit.Matters[i].Bytes);
            _matters.Add(new Matter(stored, admitted.Projections[i]));
            ordinal += matters[i];
        }

        foreach (var entry in unit.Entries)
        {
            var stored = new StoredEntry(
                _entries.Count, entry.Header, entry.Entity, entry.EntitySalt, entry.EntryType, entry.Role,
                entry.TypeSalt, unit.Author, unit.Matters[entry.Matter], unit.Id);
            _entries.Add(stored);
            if (!_journals.TryGetValue(entry.Entity, out var journal))
            {
                _journals.Add(entry.Entity, journal = []);
            }

            journal.Add(stored);
        }

        foreach (var claim in unit.Claims)
        {
            _claims.Add(claim.Name, _matters[_matters.Count - unit.Matters.Count + claim.Matter]);
        }

        _committed.Advance(_entries.Count);
        return new AppendOutcome.Committed(first);
    }

    private sealed record Matter(StoredMatter Stored, MatterProjection? Projection);
}
