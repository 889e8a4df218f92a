using System.Buffers;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>Writes durable units into the index. One thread; any exception ends its use.</summary>
internal sealed class IndexWriter : IDisposable
{
    private const int MaxCachedEntities = 100_000;

    private readonly PreparedConnection _db;
    private readonly IndexState _state;
    private readonly WordTable _words;
    private readonly HashDirectory _entities;
    private readonly HashDirectoryWriter _entityHashes;
    private readonly HashDirectoryWriter _claimHashes;
    private readonly HashDirectoryWriter _unitHashes;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _addEntity;
    private readonly SqliteStatement _readEntity;
    private readonly SqliteStatement _addPart;
    private readonly SqliteStatement _addUnit;
    private readonly SqliteStatement _addMatter;
    private readonly SqliteStatement _putZone;
    private readonly SqliteStatement _putMeta;
    private readonly ArrayBufferWriter<byte> _parts = new();
    private readonly List<long> _candidates = [];
    private Dictionary<EntityIndex, long> _young = [];
    private Dictionary<EntityIndex, long> _old = [];
    private long _nextEntity;

    public IndexWriter(PreparedConnection db, IndexState state)
    {
        _db = db;
        _state = state;
        _words = new WordTable(_db, writable: true);
        _entities = new HashDirectory(_db, HashDirectory.Entities, state.EntityPairs);
        _entityHashes = new HashDirectoryWriter(_db, HashDirectory.Entities, state.EntityPairs);
        _claimHashes = new HashDirectoryWriter(_db, HashDirectory.Claims, state.ClaimPairs);
        _unitHashes = new HashDirectoryWriter(_db, HashDirectory.Units, state.UnitPairs);
        _begin = _db.Prepare("BEGIN IMMEDIATE");
        _commit = _db.Prepare("COMMIT");
        _addEntity = _db.Prepare(
            "INSERT INTO entity(id, kind, key, sum) VALUES(?1, ?2, ?3, ?4)");
        _readEntity = _db.Prepare(
            "SELECT kind, key FROM entity WHERE id=?1");
        _addPart = _db.Prepare(
            "INSERT INTO part(entity, ordinal, matter, role, seq, leaf) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
        _addUnit = _db.Prepare(
            "INSERT INTO unit(first, count, high, low, time, segment, offset) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _addMatter = _db.Prepare(
            "INSERT INTO matter VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
        _putZone = _db.Prepare(
            "INSERT OR REPLACE INTO zone(id, data) VALUES(?1, ?2)");
        _putMeta = _db.Prepare(
            "INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)");
        var max = _db.Prepare("SELECT coalesce(max(id), 0) FROM entity");
        max.Step();
        _nextEntity = max.Int64(0) + 1;
        max.Reset();
    }

    /// <summary>Adds units in one transaction. After the return every reader sees them.</summary>
    public void Add(IReadOnlyList<CommittedUnit> units, IndexPosition after)
    {
        _begin.Run();
        _entities.Renew();
        foreach (var unit in units)
        {
            Add(unit);
        }

        foreach (var (number, zone) in _state.Zones.TakeChanged())
        {
            _putZone.Bind(1, number).Bind(2, zone.ToArray()).Run();
        }

        _entityHashes.Save();
        _claimHashes.Save();
        _unitHashes.Save();
        PutPlace(after);

        // Position and rows commit together: a crash before leaves the rows to the next start, which reads them from the log.
        _commit.Run();
        _entityHashes.Published();
        _claimHashes.Published();
        _unitHashes.Published();
    }

    /// <summary>Fills the filters from the tables; at a start.</summary>
    public void FillFilters()
    {
        _entityHashes.VisitHashes(_state.Entities.Add);
        _claimHashes.VisitHashes(_state.Claims.Add);
    }

    public void PutPlace(IndexPosition position) =>
        PutMeta(IndexPlace.Name, new IndexPlace(position, _nextEntity).ToArray());

    public void PutMeta(string name, long value) => _putMeta.Bind(1, name).Bind(2, value).Run();

    public void PutMeta(string name, byte[] value) => _putMeta.Bind(1, name).Bind(2, value).Run();

    public void Dispose() => _db.Dispose();

    private void Add(CommittedUnit committed)
    {
        var unit = committed.Admitted.Unit;
        _addUnit.Bind(1, committed.FirstOrdinal).Bind(2, unit.Entries.Count)
            .Bind(3, unchecked((long)(ulong)(unit.Id >> 64))).Bind(4, unchecked((long)(ulong)unit.Id))
            .Bind(5, unit.TimeMs).Bind(6, committed.Segment).Bind(7, committed.Offset).Run();
        _unitHashes.Add(IndexHash.Of(unit.Id), committed.FirstOrdinal);
        for (var i = 0; i < unit.Matters.Count; i++)
        {
            AddEntries(committed, i);
            AddMatter(committed, i);
        }

        foreach (var claim in unit.Claims)
        {
            var hash = IndexHash.Of(claim.Name);
            _state.Claims.Add(hash);
            _claimHashes.Add(hash, committed.OrdinalOfMatter(claim.Matter));
        }
    }

    private void AddEntries(CommittedUnit committed, int matter)
    {
        var place = committed.Head.Blocks[matter];
        var matterOrdinal = committed.FirstOrdinal + place.FirstEntry;
        _parts.ResetWrittenCount();
        for (var i = place.FirstEntry; i < place.FirstEntry + place.EntryCount; i++)
        {
            var entry = committed.Admitted.Unit.Entries[i];
            var entity = Resolve(entry.Entity, entry.Header);
            var role = _words.Intern(entry.Role);
            _addPart.Bind(1, entity).Bind(2, committed.FirstOrdinal + i).Bind(3, matterOrdinal).Bind(4, role)
                .Bind(5, entry.Header.Sequence).Bind(6, IndexHash.Of(committed.Admitted.Chains.LeafHashes[i])).Run();
            Varints.Write(_parts, entity);
            Varints.Write(_parts, role);
        }
    }

    private void AddMatter(CommittedUnit committed, int matter)
    {
        var ordinal = committed.OrdinalOfMatter(matter);
        var recorded = committed.Admitted.Unit.TimeMs;
        var location = committed.LocationOfMatter(matter);
        var projection = committed.Admitted.Projections[matter];
        ReadOnlySpan<long?> words =
        [
            Intern(projection?.MatterType), Intern(projection?.Action), Intern(projection?.BizStep),
            Intern(projection?.Disposition), Intern(projection?.ReadPoint), Intern(projection?.BizLocation),
        ];
        _state.Zones.ForNext(ordinal).Add(projection?.TimeMs, recorded, words);
        _addMatter.Bind(1, ordinal).Bind(2, committed.Head.Blocks[matter].EntryCount).Bind(3, committed.FirstOrdinal)
            .Bind(4, recorded).Bind(5, location.Segment).Bind(6, location.Offset).Bind(7, location.Length)
            .Bind(8, unchecked((long)location.Digest)).Bind(9, words[0]).Bind(10, projection?.TimeMs)
            .Bind(11, words[1]).Bind(12, words[2]).Bind(13, words[3]).Bind(14, words[4]).Bind(15, words[5])
            .Bind(16, _parts.WrittenSpan).Run();
    }

    private long? Intern(string? text) => text is null ? null : _words.Intern(text);

    private long Resolve(EntityId entity, in EntryHeader header)
    {
        if (_young.TryGetValue(header.Index, out var id))
        {
            return id;
        }

        if (!_old.TryGetValue(header.Index, out id))
        {
            // Sequence 0 is the first that the log knows of the entity: no need to look.
            id = header.Sequence == 0 ? Create(entity, header) : Find(entity, header);
        }

        if (_young.Count >= MaxCachedEntities)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young[header.Index] = id;
        return id;
    }

    private long Create(EntityId entity, in EntryHeader header)
    {
        var id = _nextEntity++;
        var hash = IndexHash.Of(header.Index.Value);
        _state.Entities.Add(hash);
        _addEntity.Bind(1, id).Bind(2, _words.Intern(entity.Kind)).Bind(3, entity.Key)
            .Bind(4, IndexSchema.CheckOf(id, entity)).Run();
        _entityHashes.Add(hash, id);
        return id;
    }

    private long Find(EntityId entity, in EntryHeader header)
    {
        _entities.Find(IndexHash.Of(header.Index.Value), _candidates);
        foreach (var id in _candidates)
        {
            var same = _readEntity.Bind(1, id).Step()
                && _readEntity.Text(1) == entity.Key
                && _words.Read(_readEntity.Int64(0)) == entity.Kind;
            _readEntity.Reset();
            if (same)
            {
                return id;
            }
        }

        throw IndexException.Contradicts($"{entity} has no number");
    }
}
