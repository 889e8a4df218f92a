using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>A row of <c>matter</c>, as far as the log's own reading needs it.</summary>
internal readonly record struct MatterRow(
    long Ordinal, int Count, long Unit, long RecordedMs, BlockLocation Block);

/// <summary>A row of <c>unit</c>.</summary>
internal readonly record struct UnitRow(
    long First, int Count, UInt128 Id, long TimeMs, long Segment, long Offset);

/// <summary>A row of <c>part</c> with the matter's block.</summary>
internal readonly record struct PartRow(long Ordinal, long Sequence, long Leaf, long Matter);

/// <summary>One read connection with its prepared statements: point look-ups. One thread at a time.</summary>
internal sealed class IndexReader : IDisposable
{
    private const string MatterColumns = "ordinal, count, unit, recorded, segment, offset, length, digest";

    private readonly PreparedConnection _db;
    private readonly IndexState _state;
    private readonly HashDirectory _entityHashes;
    private readonly HashDirectory _claimHashes;
    private readonly HashDirectory _unitHashes;
    private readonly SqliteStatement _readEntity;
    private readonly SqliteStatement _lastPart;
    private readonly SqliteStatement _partAfter;
    private readonly SqliteStatement _place;
    private readonly SqliteStatement _partsFrom;
    private readonly SqliteStatement _partAt;
    private readonly SqliteStatement _matterAt;
    private readonly SqliteStatement _unitAt;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly List<long> _candidates = [];

    public IndexReader(PreparedConnection db, IndexState state)
    {
        _db = db;
        _state = state;
        IndexSchema.ConfigureReader(db.Database);
        Words = new WordTable(db, writable: false);
        _entityHashes = new HashDirectory(db, HashDirectory.Entities, state.EntityPairs);
        _claimHashes = new HashDirectory(db, HashDirectory.Claims, state.ClaimPairs);
        _unitHashes = new HashDirectory(db, HashDirectory.Units, state.UnitPairs);
        _readEntity = db.Prepare(
            "SELECT kind, key, sum FROM entity WHERE id=?1");
        _lastPart = db.Prepare(
            "SELECT ordinal, seq, leaf, matter FROM part WHERE entity=?1 ORDER BY ordinal DESC LIMIT 1");
        _partAfter = db.Prepare("SELECT seq FROM part WHERE entity>?1 ORDER BY entity, ordinal LIMIT 1");
        _place = db.Prepare(IndexPlace.Query);
        _partsFrom = db.Prepare(
            "SELECT ordinal, seq, leaf, matter FROM part WHERE entity=?1 AND ordinal>=?2 ORDER BY ordinal LIMIT ?3");
        _partAt = db.Prepare(
            "SELECT ordinal, seq, leaf, matter FROM part WHERE entity=?1 ORDER BY ordinal LIMIT 1 OFFSET ?2");
        _matterAt = db.Prepare(
            $"SELECT {MatterColumns} FROM matter WHERE ordinal<=?1 ORDER BY ordinal DESC LIMIT 1");
        _unitAt = db.Prepare(
            "SELECT first, count, high, low, time, segment, offset FROM unit WHERE first=?1");
        _begin = db.Prepare("BEGIN");
        _end = db.Prepare("COMMIT");
        Search = new MatterSearch(db, this, state);
    }

    public WordTable Words { get; }

    /// <summary>The questions over many rows.</summary>
    public MatterSearch Search { get; }

    /// <summary>Several statements see one moment.</summary>
    public void Begin()
    {
        _entityHashes.Renew();
        _claimHashes.Renew();
        _unitHashes.Renew();
        _begin.Run();
    }

    public void End() => _end.Run();

    /// <summary>The number of an entity; null if it has no entry.</summary>
    public long? FindEntity(EntityIndex index, EntityId entity)
    {
        var hash = IndexHash.Of(index.Value);
        if (!_state.Entities.MayContain(hash))
        {
            return null;
        }

        _entityHashes.Find(hash, _candidates);
        foreach (var id in _candidates)
        {
            if (TryReadEntity(id) is { } found)
            {
                // Two names that share 64 bits lead here, a damaged name does not: its row has a check.
                if (found == entity)
                {
                    return id;
                }
            }
            else if (id < IndexPlace.Read(_place).NextEntity)
            {
                // A pair may be newer than the snapshot: only then its entity may be missing.
                throw IndexException.Contradicts($"entity {id} is not there");
            }
        }

        return null;
    }

    public EntityId ReadEntity(long id) =>
        TryReadEntity(id) ?? throw IndexException.Contradicts($"entity {id} is not there");

    /// <summary>A journal's newest entry.</summary>
    /// <remarks>
    /// What the log says of the row shows whether it is an entry of the journal, but not whether it is the last. If damage made
    /// the last row a row of the next entity, that entity would not begin with its first entry.
    /// </remarks>
    public PartRow? LastPart(long entity)
    {
        var last = ReadPart(_lastPart.Bind(1, entity));
        var sound = !_partAfter.Bind(1, entity).Step() || _partAfter.Int64(0) == 0;
        _partAfter.Reset();
        return sound ? last : throw IndexException.Contradicts($"the entity after {entity} does not begin with its first entry");
    }

    /// <summary>A journal's entries from a sequence on.</summary>
    public List<PartRow> PartsFrom(long entity, long sequence, int max)
    {
        var rows = new List<PartRow>();
        if (LastPart(entity) is not { } last || last.Sequence < sequence)
        {
            return rows;
        }

        _partsFrom.Bind(1, entity).Bind(2, Seek(entity, sequence, last)).Bind(3, max);
        while (_partsFrom.Step())
        {
            rows.Add(PartOf(_partsFrom));
        }

        _partsFrom.Reset();
        return rows;
    }

    /// <summary>The matters that may bear a name.</summary>
    public IReadOnlyList<MatterRow> ClaimCandidates(Hash256 name)
    {
        var hash = IndexHash.Of(name);
        if (!_state.Claims.MayContain(hash))
        {
            return [];
        }

        _claimHashes.Find(hash, _candidates);
        var rows = new List<MatterRow>(_candidates.Count);
        foreach (var ordinal in _candidates)
        {
            if (TryMatterAt(ordinal) is { } row && row.Ordinal == ordinal)
            {
                rows.Add(row);
            }
            else if (ordinal < IndexPlace.Read(_place).Position.NextOrdinal)
            {
                // A pair may be newer than the snapshot: only then its matter may be missing.
                throw IndexException.Contradicts($"no matter begins at {ordinal}");
            }
        }

        return rows;
    }

    public UnitRow? FindUnit(UInt128 id)
    {
        _unitHashes.Find(IndexHash.Of(id), _candidates);
        foreach (var first in _candidates)
        {
            if (UnitAt(first) is { } unit && unit.Id == id)
            {
                return unit;
            }
        }

        return null;
    }

    public UnitRow UnitOf(long first) => UnitAt(first) ?? throw IndexException.Contradicts($"no unit begins at {first}");

    /// <summary>The matter that an entry is about.</summary>
    public MatterRow MatterAt(long ordinal) =>
        TryMatterAt(ordinal) ?? throw IndexException.Contradicts($"no matter holds ordinal {ordinal}");

    public static MatterRow MatterOf(SqliteStatement row) => new(
        row.Int64(0), (int)row.Int64(1), row.Int64(2), row.Int64(3),
        new BlockLocation(row.Int64(4), row.Int64(5), (int)row.Int64(6), unchecked((ulong)row.Int64(7))));

    public void Dispose() => _db.Dispose();

    private MatterRow? TryMatterAt(long ordinal)
    {
        _matterAt.Bind(1, ordinal);
        MatterRow? row = _matterAt.Step() ? MatterOf(_matterAt) : null;
        _matterAt.Reset();
        return row is { } matter && ordinal < matter.Ordinal + matter.Count ? row : null;
    }

    private EntityId? TryReadEntity(long id)
    {
        var found = _readEntity.Bind(1, id).Step();
        var kind = found ? _readEntity.Int64(0) : 0;
        var key = found ? _readEntity.Text(1) : "";
        var check = found ? _readEntity.Int64(2) : 0;
        _readEntity.Reset();
        if (!found)
        {
            return null;
        }

        if (!EntityId.TryCreate(Words.Read(kind), key, out var entity, out var error))
        {
            throw IndexException.Contradicts(error);
        }

        return IndexSchema.CheckOf(id, entity) == check
            ? entity
            : throw IndexException.Contradicts($"entity {id} does not match its check");
    }

    // Rows are in the order of the sequence too, without a gap, but keyed by ordinal: a short journal is stepped through, a long one
    // halved until it is short.
    private long Seek(long entity, long sequence, PartRow last)
    {
        const int Few = 256;
        if (sequence <= Few)
        {
            return sequence == 0 ? 0 : PartAt(entity, sequence).Ordinal;
        }

        long low = 0;
        var high = last.Ordinal;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var row = ReadPart(_partsFrom.Bind(1, entity).Bind(2, middle).Bind(3, 1))!.Value;
            if (row.Sequence < sequence)
            {
                low = row.Ordinal + 1;
            }
            else if (row.Sequence == sequence)
            {
                return row.Ordinal;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private PartRow PartAt(long entity, long position) =>
        ReadPart(_partAt.Bind(1, entity).Bind(2, position))
        ?? throw IndexException.Contradicts($"entity {entity} has no entry {position}");

    private static PartRow? ReadPart(SqliteStatement statement)
    {
        PartRow? row = statement.Step() ? PartOf(statement) : null;
        statement.Reset();
        return row;
    }

    private static PartRow PartOf(SqliteStatement row) =>
        new(row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3));

    private UnitRow? UnitAt(long first)
    {
        UnitRow? row = null;
        if (_unitAt.Bind(1, first).Step())
        {
            var id = new UInt128(unchecked((ulong)_unitAt.Int64(2)), unchecked((ulong)_unitAt.Int64(3)));
            row = new UnitRow(
                _unitAt.Int64(0), (int)_unitAt.Int64(1), id, _unitAt.Int64(4), _unitAt.Int64(5), _unitAt.Int64(6));
        }

        _unitAt.Reset();
        return row;
    }
}
