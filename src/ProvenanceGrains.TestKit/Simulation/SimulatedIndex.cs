using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>What is durable, in memory, rebuilt from the simulated disk at each start. It believes whatever it is given: the checks judge.</summary>
/// <remarks>The production index is SQLite with a thread of its own; its contract tests hold it to the same answers.</remarks>
internal sealed class SimulatedIndex : IJournalReader, IMatterIndex, ICommittedHeads
{
    private readonly List<StoredEntry> _entries = [];
    private readonly List<StoredUnit> _units = [];
    private readonly Dictionary<EntityId, List<StoredEntry>> _journals = [];
    private readonly Dictionary<Hash256, StoredMatter> _claims = [];

    public long Committed => _entries.Count;

    public IReadOnlyList<StoredEntry> Entries => _entries;

    public IReadOnlyList<StoredUnit> Units => _units;

    public IReadOnlyDictionary<EntityId, List<StoredEntry>> Journals => _journals;

    /// <summary>Takes a unit over.</summary>
    /// <param name="committed">At the end of what is here.</param>
    /// <param name="keepsClaims">False is a planted bug.</param>
    public void Add(CommittedUnit committed, bool keepsClaims)
    {
        var unit = committed.Admitted.Unit;
        _units.Add(new StoredUnit(unit.Id, unit.TimeMs, unit.Note, committed.FirstOrdinal, unit.Entries.Count));
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

        foreach (var claim in keepsClaims ? unit.Claims : [])
        {
            var count = unit.Entries.Count(entry => entry.Matter == claim.Matter);
            _claims[claim.Name] = new StoredMatter(
                committed.OrdinalOfMatter(claim.Matter), count, unit.TimeMs, unit.Id, unit.Matters[claim.Matter].Bytes);
        }
    }

    /// <summary>Somebody who controls the store puts another entry in the place of one.</summary>
    public void Replace(int ordinal, StoredEntry entry)
    {
        var old = _entries[ordinal];
        var journal = _journals[old.Entity];
        journal[journal.IndexOf(old)] = entry;
        _entries[ordinal] = entry;
    }

    /// <summary>Somebody who controls the store takes the newest entry of a journal away from those who ask for the journal.</summary>
    public void Shorten(EntityId entity) => _journals[entity].RemoveAt(_journals[entity].Count - 1);

    public JournalHead FindHead(EntityIndex index, EntityId entity)
    {
        if (!_journals.TryGetValue(entity, out var journal) || journal.Count == 0)
        {
            return JournalHead.Empty;
        }

        var last = journal[^1].Header;
        return new JournalHead(journal.Count, last.LeafHash(), last.TimeMs);
    }

    public bool TryFindClaim(Hash256 name, out long ordinal)
    {
        var found = _claims.TryGetValue(name, out var matter);
        ordinal = matter?.FirstOrdinal ?? 0;
        return found;
    }

    public StoredMatter? FindMatter(Hash256 name) => _claims.GetValueOrDefault(name);

    public Task WaitForCommitAsync(long ordinal, CancellationToken cancellation) =>
        Committed > ordinal ? Task.CompletedTask : throw new NotSupportedException("The run says when to seal.");

    public ValueTask<JournalHead> GetHeadAsync(EntityId entity, CancellationToken cancellation) =>
        ValueTask.FromResult(FindHead(default, entity));

    public ValueTask<IReadOnlyList<EntryHeader>> ReadHeadersAsync(long first, int max, CancellationToken cancellation)
    {
        var from = (int)Math.Min(first, _entries.Count);
        return ValueTask.FromResult<IReadOnlyList<EntryHeader>>(
            _entries.GetRange(from, Math.Min(max, _entries.Count - from)).ConvertAll(entry => entry.Header));
    }

    public ValueTask<StoredEntry?> ReadEntryAsync(long ordinal, CancellationToken cancellation) =>
        ValueTask.FromResult(ordinal >= 0 && ordinal < _entries.Count ? _entries[(int)ordinal] : null);

    public ValueTask<IReadOnlyList<StoredEntry>> ReadEntriesAsync(long first, int count, CancellationToken cancellation)
    {
        var from = (int)Math.Min(first, _entries.Count);
        return ValueTask.FromResult<IReadOnlyList<StoredEntry>>(
            _entries.GetRange(from, Math.Min(count, _entries.Count - from)));
    }

    public ValueTask<IReadOnlyList<StoredEntry>> ReadJournalAsync(
        EntityId entity, long fromSequence, int max, CancellationToken cancellation)
    {
        IReadOnlyList<StoredEntry> page = _journals.TryGetValue(entity, out var journal) && fromSequence < journal.Count
            ? journal.GetRange((int)fromSequence, (int)Math.Min(max, journal.Count - fromSequence))
            : [];
        return ValueTask.FromResult(page);
    }

    public ValueTask<StoredUnit?> FindUnitAsync(UInt128 id, CancellationToken cancellation) =>
        ValueTask.FromResult(_units.Find(unit => unit.Id == id));

    public ValueTask<StoredMatter?> FindByClaimAsync(Hash256 name, CancellationToken cancellation) =>
        ValueTask.FromResult(FindMatter(name));

    public ValueTask<IReadOnlyDictionary<Hash256, long>> FindClaimsAsync(
        IReadOnlyCollection<Hash256> names, CancellationToken cancellation)
    {
        IReadOnlyDictionary<Hash256, long> found = names.Distinct().Where(_claims.ContainsKey)
            .ToDictionary(name => name, name => _claims[name].FirstOrdinal);
        return ValueTask.FromResult(found);
    }

    public ValueTask<IReadOnlyList<StoredMatter>> QueryAsync(MatterQuery query, CancellationToken cancellation) =>
        throw new NotSupportedException("Searching is not simulated.");

    public ValueTask<IReadOnlyList<Participation>> FindRelatedAsync(
        IReadOnlyCollection<EntityId> entities,
        IReadOnlyCollection<string> ownRoles,
        IReadOnlyCollection<string> otherRoles,
        int limit,
        CancellationToken cancellation) => throw new NotSupportedException("Lineage is not simulated.");
}
