using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage.Admission;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>Queries and lineage over the index. One thread at a time, inside <see cref="IndexReader.Begin"/>.</summary>
internal sealed class MatterSearch
{
    private const string Columns =
        "m.ordinal, m.count, m.unit, m.recorded, m.segment, m.offset, m.length, m.digest, "
        + "m.type, m.time, m.action, m.step, m.disposition, m.point, m.location";

    private const int FirstWord = 8;

    private readonly IndexReader _reader;
    private readonly IndexState _state;
    private readonly SqliteStatement _byEntity;
    private readonly SqliteStatement _scan;
    private readonly SqliteStatement _partsOf;
    private readonly SqliteStatement _matter;

    public MatterSearch(PreparedConnection db, IndexReader reader, IndexState state)
    {
        _reader = reader;
        _state = state;

        // CROSS JOIN fixes the order of the loops: part by its key, then one matter a row.
        _byEntity = db.Prepare(
            $"SELECT {Columns}, p.role FROM part p CROSS JOIN matter m ON m.ordinal=p.matter "
            + "WHERE p.entity=?1 AND p.ordinal>?2 ORDER BY p.ordinal");
        _scan = db.Prepare(
            $"SELECT {Columns} FROM matter m WHERE m.ordinal>?1 AND m.ordinal<?2 ORDER BY m.ordinal");
        _partsOf = db.Prepare(
            "SELECT p.matter, p.role FROM part p CROSS JOIN matter m ON m.ordinal=p.matter "
            + "WHERE p.entity=?1 AND m.type IS NOT NULL ORDER BY p.ordinal");
        _matter = db.Prepare(
            "SELECT type, time, action, parts FROM matter WHERE ordinal=?1");
    }

    /// <summary>The page of a query, in the order of recording.</summary>
    public List<MatterRow> Query(
        MatterQuery query, IEntityIndexFunction index, CancellationToken cancellation)
    {
        var words = WordsOf(query);
        if (words is null)
        {
            return [];
        }

        return query.Entities is null
            ? Scan(query, words, cancellation)
            : ByEntities(query, words, index, cancellation);
    }

    /// <summary>One level of lineage; see <see cref="IMatterIndex.FindRelatedAsync"/>.</summary>
    public List<Participation> Related(
        IReadOnlyCollection<(EntityIndex Index, EntityId Entity)> entities,
        IReadOnlyCollection<string> ownRoles,
        IReadOnlyCollection<string> otherRoles,
        int limit,
        CancellationToken cancellation)
    {
        var own = Known(ownRoles);
        var other = Known(otherRoles);
        var numbers = new HashSet<long>();
        foreach (var (index, entity) in entities)
        {
            if (_reader.FindEntity(index, entity) is { } number)
            {
                numbers.Add(number);
            }
        }

        var rows = new List<Participation>();
        var names = new Dictionary<long, EntityId>();
        foreach (var matter in MattersOf(numbers, own, limit, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            AddParticipations(matter, numbers, own, other, names, limit, rows);
            if (rows.Count > limit)
            {
                break;
            }
        }

        return rows;
    }

    private HashSet<long> Known(IEnumerable<string> words)
    {
        var known = new HashSet<long>();
        foreach (var word in words)
        {
            if (_reader.Words.Find(word) is { } id)
            {
                known.Add(id);
            }
        }

        return known;
    }

    // Each matter gives at least its own row, so no more than limit + 1 of them are ever needed, the earliest.
    private SortedSet<long> MattersOf(
        HashSet<long> entities, HashSet<long> ownRoles, int limit, CancellationToken cancellation)
    {
        var matters = new SortedSet<long>();
        foreach (var entity in entities)
        {
            cancellation.ThrowIfCancellationRequested();
            _partsOf.Bind(1, entity);
            while (_partsOf.Step())
            {
                var matter = _partsOf.Int64(0);
                if (matters.Count > limit && matter > matters.Max)
                {
                    break;
                }

                if (ownRoles.Contains(_partsOf.Int64(1)) && matters.Add(matter) && matters.Count - 1 > limit)
                {
                    matters.Remove(matters.Max);
                }
            }

            _partsOf.Reset();
        }

        return matters;
    }

    private void AddParticipations(
        long matter,
        HashSet<long> entities,
        HashSet<long> ownRoles,
        HashSet<long> otherRoles,
        Dictionary<long, EntityId> names,
        int limit,
        List<Participation> rows)
    {
        if (!_matter.Bind(1, matter).Step())
        {
            _matter.Reset();
            throw IndexException.Contradicts($"matter {matter} is not there");
        }

        if (!_matter.IsNull(0))
        {
            var time = _matter.Int64(1);
            var action = _matter.IsNull(2) ? null : _reader.Words.Read(_matter.Int64(2));
            var parts = _matter.Blob(3);
            while (!parts.IsEmpty && rows.Count <= limit)
            {
                var entity = Varints.Read(ref parts);
                var role = Varints.Read(ref parts);
                if (otherRoles.Contains(role) || (ownRoles.Contains(role) && entities.Contains(entity)))
                {
                    if (!names.TryGetValue(entity, out var name))
                    {
                        names.Add(entity, name = _reader.ReadEntity(entity));
                    }

                    rows.Add(new Participation(matter, name, _reader.Words.Read(role), time, action));
                }
            }
        }

        _matter.Reset();
    }

    /// <returns>The numbers of each condition's words; null if a condition cannot hold at all.</returns>
    private IReadOnlyList<long>?[]? WordsOf(MatterQuery query)
    {
        IReadOnlyList<string>?[] conditions =
        [
            query.MatterTypes, query.Actions, query.BizSteps, query.Dispositions, query.ReadPoints, query.BizLocations,
        ];
        var words = new IReadOnlyList<long>?[conditions.Length];
        for (var i = 0; i < conditions.Length; i++)
        {
            if (conditions[i] is { } wanted)
            {
                words[i] = [.. Known(wanted)];
                if (words[i]!.Count == 0)
                {
                    return null;
                }
            }
        }

        return words;
    }

    private List<MatterRow> Scan(MatterQuery query, IReadOnlyList<long>?[] words, CancellationToken cancellation)
    {
        var page = new List<MatterRow>();
        var after = query.After ?? -1;
        var below = query.Below ?? long.MaxValue;
        var zones = _state.Zones.From(Math.Max(after, 0));
        for (var i = 0; i < zones.Count && page.Count < query.Limit && zones[i].FirstOrdinal < below; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!zones[i].MayMatch(query, words))
            {
                continue;
            }

            var end = i + 1 < zones.Count ? Math.Min(below, zones[i + 1].FirstOrdinal) : below;
            _scan.Bind(1, Math.Max(after, zones[i].FirstOrdinal - 1)).Bind(2, end);
            while (page.Count < query.Limit && _scan.Step())
            {
                if (Matches(_scan, query, words))
                {
                    page.Add(IndexReader.MatterOf(_scan));
                }
            }

            _scan.Reset();
        }

        return page;
    }

    // Each entity gives at most one page, already in order; the page of all is the first of their union.
    private List<MatterRow> ByEntities(
        MatterQuery query, IReadOnlyList<long>?[] words, IEntityIndexFunction index, CancellationToken cancellation)
    {
        var roles = query.Roles is null ? null : Known(query.Roles);
        var found = new SortedDictionary<long, MatterRow>();
        foreach (var entity in query.Entities!)
        {
            if (_reader.FindEntity(index.Compute(entity), entity) is { } number)
            {
                ByEntity(number, query, words, roles, found, cancellation);
                if (found.Count > query.Limit)
                {
                    found = new(found.Take(query.Limit).ToDictionary());
                }
            }
        }

        return [.. found.Values.Take(query.Limit)];
    }

    private void ByEntity(
        long entity,
        MatterQuery query,
        IReadOnlyList<long>?[] words,
        HashSet<long>? roles,
        SortedDictionary<long, MatterRow> found,
        CancellationToken cancellation)
    {
        const int StepsBetweenChecks = 1024;
        var after = query.After ?? -1;
        var below = query.Below ?? long.MaxValue;
        var mine = 0;
        var last = -1L;
        _byEntity.Bind(1, entity).Bind(2, after);
        for (var steps = 1; mine < query.Limit && _byEntity.Step(); steps++)
        {
            if (steps % StepsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var matter = _byEntity.Int64(0);
            if (matter >= below)
            {
                break;
            }

            // An entity can take part twice; After may stand between a matter's first entry and this one.
            if (matter > after && matter != last
                && (roles is null || roles.Contains(_byEntity.Int64(15)))
                && Matches(_byEntity, query, words))
            {
                last = matter;
                mine++;
                found[matter] = IndexReader.MatterOf(_byEntity);
            }
        }

        _byEntity.Reset();
    }

    private static bool Matches(SqliteStatement row, MatterQuery query, IReadOnlyList<long>?[] words)
    {
        if (row.IsNull(FirstWord)
            || !MatterFilter.Within(row.Int64(FirstWord + 1), query.FromTimeMs, query.BeforeTimeMs)
            || !MatterFilter.Within(row.Int64(3), query.FromRecordTimeMs, query.BeforeRecordTimeMs))
        {
            return false;
        }

        for (var i = 0; i < words.Length; i++)
        {
            // The columns are type, time, action, step, ...: the time stands between the first word and the second.
            var column = i == 0 ? FirstWord : FirstWord + 1 + i;
            if (words[i] is { } wanted && (row.IsNull(column) || !wanted.Contains(row.Int64(column))))
            {
                return false;
            }
        }

        return true;
    }
}
