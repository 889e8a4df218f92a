using System.Runtime.InteropServices;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>The writing side of a <see cref="HashDirectory"/>: one thread, inside the index's transactions.</summary>
internal sealed class HashDirectoryWriter
{
    private const int RunPairs = 32 * 1024;
    private const int RunsOfLevel = 4;

    private readonly string _name;
    private readonly SharedPairs _shared;
    private readonly SqliteStatement _put;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _read;
    private readonly SqliteStatement _addRun;
    private readonly SqliteStatement _deleteRun;
    private readonly List<HashRun> _runs = [];
    private RecentPairs _recent;
    private RecentPairs? _next;
    private long _nextRun = 1;
    private long _nextRecentRow = -1;

    public HashDirectoryWriter(PreparedConnection db, string name, SharedPairs shared)
    {
        _name = name;
        _shared = shared;
        _put = db.Prepare($"INSERT INTO {name}(id, pairs) VALUES(?1, ?2)");
        _delete = db.Prepare($"DELETE FROM {name} WHERE id>=?1 AND id<?2");
        _read = db.Prepare($"SELECT pairs, id FROM {name} WHERE id>=?1 AND id<?2 ORDER BY id");
        _addRun = db.Prepare("INSERT INTO run(directory, number, level, bits, count, sum) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
        _deleteRun = db.Prepare("DELETE FROM run WHERE directory=?1 AND number=?2");
        _recent = shared.Recent;
        Load(db);
    }

    /// <summary>Where the next pairs will be, once <see cref="Published"/> was called: for the writer's own look-ups.</summary>
    public void Add(long hash, long value) => _recent.Add(new HashPair(hash, value));

    /// <summary>Calls <paramref name="visit"/> with every hash; at the start, to fill the filter.</summary>
    public void VisitHashes(Action<long> visit)
    {
        _read.Bind(1, long.MinValue).Bind(2, long.MaxValue);
        while (_read.Step())
        {
            foreach (var pair in PairsOf(_read))
            {
                visit(pair.Hash);
            }
        }

        _read.Reset();
    }

    /// <summary>Saves what was added, at the end of a transaction.</summary>
    public void Save()
    {
        if (_recent.Count >= RunPairs)
        {
            WriteRun();
            MergeLevels();
            return;
        }

        var unsaved = _recent.Pairs[_recent.Saved..];
        if (!unsaved.IsEmpty)
        {
            Put(_nextRecentRow--, unsaved);
            _recent.Saved = _recent.Count;
        }
    }

    /// <summary>After the commit: readers whose snapshot begins now find the new run there.</summary>
    public void Published()
    {
        if (_next is { } next)
        {
            _shared.Recent = _recent = next;
            _next = null;
        }
    }

    private void Load(PreparedConnection db)
    {
        var runs = db.Prepare($"SELECT {HashRun.Columns} FROM run WHERE directory=?1 ORDER BY number");
        runs.Bind(1, _name);
        while (runs.Step())
        {
            _runs.Add(HashRun.Read(_name, runs));
            _nextRun = runs.Int64(0) + 1;
        }

        runs.Reset();
        _read.Bind(1, long.MinValue).Bind(2, 0L);
        while (_read.Step())
        {
            foreach (var pair in PairsOf(_read))
            {
                _recent.Add(pair);
            }

            _nextRecentRow = Math.Min(_nextRecentRow, _read.Int64(1) - 1);
        }

        _read.Reset();
        _recent.Saved = _recent.Count;
    }

    private void WriteRun()
    {
        var pairs = _recent.Pairs.ToArray();
        Array.Sort(pairs);
        PutRun(pairs, level: 0);
        _delete.Bind(1, long.MinValue).Bind(2, 0L).Run();
        _nextRecentRow = -1;
        _next = new RecentPairs();
    }

    private void MergeLevels()
    {
        for (var level = 0; ; level++)
        {
            var runs = _runs.FindAll(r => r.Level == level);
            if (runs.Count < RunsOfLevel)
            {
                return;
            }

            Merge(runs, level + 1);
        }
    }

    private void PutRun(ReadOnlySpan<HashPair> pairs, int level)
    {
        var run = new HashRun(_nextRun++, level, HashRun.BitsFor(pairs.Length), pairs.Length);
        for (var bucket = 0L; bucket < 1L << run.Bits; bucket++)
        {
            var count = 0;
            while (count < pairs.Length && run.BucketOf(pairs[count].Hash) == bucket)
            {
                count++;
            }

            Put(run.FirstRow + bucket, pairs[..count]);
            pairs = pairs[count..];
        }

        AddRun(run);
    }

    // Bucket by bucket of the new run: each covers whole buckets of the old ones, which are no finer, so memory stays flat.
    private void Merge(List<HashRun> runs, int level)
    {
        var total = runs.Sum(r => r.Count);
        var merged = new HashRun(_nextRun++, level, Math.Max(HashRun.BitsFor(total), runs.Max(r => r.Bits)), total);
        var sources = runs.ConvertAll(r => new BucketCursor(this, r));
        var pairs = new List<HashPair>();
        for (var bucket = 0L; bucket < 1L << merged.Bits; bucket++)
        {
            pairs.Clear();
            foreach (var source in sources)
            {
                source.TakeInto(merged, bucket, pairs);
            }

            pairs.Sort();
            Put(merged.FirstRow + bucket, CollectionsMarshal.AsSpan(pairs));
        }

        AddRun(merged);
        foreach (var run in runs)
        {
            _delete.Bind(1, run.FirstRow).Bind(2, run.FirstRow + (1L << run.Bits)).Run();
            _deleteRun.Bind(1, _name).Bind(2, run.Number).Run();
            _runs.Remove(run);
        }
    }

    private void AddRun(HashRun run)
    {
        _addRun.Bind(1, _name).Bind(2, run.Number).Bind(3, run.Level).Bind(4, run.Bits).Bind(5, run.Count)
            .Bind(6, run.CheckIn(_name)).Run();
        _runs.Add(run);
    }

    private void Put(long row, ReadOnlySpan<HashPair> pairs) =>
        _put.Bind(1, row).Bind(2, RowCheck.Seal(_name, row, MemoryMarshal.AsBytes(pairs))).Run();

    private ReadOnlySpan<HashPair> PairsOf(SqliteStatement row) =>
        MemoryMarshal.Cast<byte, HashPair>(RowCheck.Open(_name, row.Int64(1), row.Blob(0)));

    private HashPair[] ReadBucket(long row)
    {
        _read.Bind(1, row).Bind(2, row + 1);
        var pairs = _read.Step()
            ? PairsOf(_read).ToArray()
            : throw IndexException.Contradicts($"row {row} of {_name} is not there");
        _read.Reset();
        return pairs;
    }

    /// <summary>Walks through a run's pairs in order, one of its buckets in memory at a time.</summary>
    private sealed class BucketCursor(HashDirectoryWriter owner, HashRun run)
    {
        private HashPair[] _pairs = [];
        private int _at;
        private long _bucket;

        public void TakeInto(HashRun merged, long bucket, List<HashPair> output)
        {
            while (true)
            {
                for (; _at < _pairs.Length && merged.BucketOf(_pairs[_at].Hash) == bucket; _at++)
                {
                    output.Add(_pairs[_at]);
                }

                if (_at < _pairs.Length || _bucket == 1L << run.Bits)
                {
                    return;
                }

                _pairs = owner.ReadBucket(run.FirstRow + _bucket++);
                _at = 0;
            }
        }
    }
}
