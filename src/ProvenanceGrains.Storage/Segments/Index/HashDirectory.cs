using System.Runtime.InteropServices;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>A pair of the directory: 64 bits of a hash, and the number it leads to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct HashPair(long Hash, long Value) : IComparable<HashPair>
{
    public const int Size = 16;

    public int CompareTo(HashPair other) =>
        Hash != other.Hash ? Hash.CompareTo(other.Hash) : Value.CompareTo(other.Value);
}

/// <summary>A sorted, immutable part of the directory, in buckets by the upper bits of the hash.</summary>
/// <param name="Number">Names it in the table.</param>
/// <param name="Level">How often its pairs were merged.</param>
/// <param name="Bits">It has two to this power of buckets.</param>
/// <param name="Count">Of pairs.</param>
internal readonly record struct HashRun(long Number, int Level, int Bits, long Count)
{
    public const string Columns = "number, level, bits, count, sum";

    // About 170 pairs, 2.7 kB: with all chance a bucket stays below one page.
    private const int MaxPairsOfBucket = 170;

    public static int BitsFor(long count)
    {
        var bits = 0;
        while ((count >> bits) > MaxPairsOfBucket)
        {
            bits++;
        }

        return bits;
    }

    /// <summary>Reads <see cref="Columns"/>.</summary>
    /// <exception cref="IndexException">The row does not match its check.</exception>
    public static HashRun Read(string directory, SqliteStatement row)
    {
        var run = new HashRun(row.Int64(0), (int)row.Int64(1), (int)row.Int64(2), row.Int64(3));
        return run.CheckIn(directory) == row.Int64(4)
            ? run
            : throw IndexException.Contradicts($"run {run.Number} of {directory} does not match its check");
    }

    public long CheckIn(string directory) =>
        RowCheck.Of(directory, Number, MemoryMarshal.AsBytes<long>([Level, Bits, Count]));

    public long RowOf(long hash) => FirstRow + BucketOf(hash);

    public long FirstRow => Number << 32;

    public long BucketOf(long hash) =>
        Bits == 0 ? 0 : (long)((unchecked((ulong)hash) ^ (1UL << 63)) >> (64 - Bits));
}

/// <summary>The pairs that are in no run yet. The indexer adds, any thread looks.</summary>
internal sealed class RecentPairs
{
    private readonly Lock _gate = new();
    private readonly List<HashPair> _pairs = [];
    private readonly Dictionary<long, long> _first = [];
    private readonly List<HashPair> _further = [];

    /// <summary>How many of them the table holds.</summary>
    public int Saved { get; set; }

    public int Count => _pairs.Count;

    public void Add(HashPair pair)
    {
        lock (_gate)
        {
            _pairs.Add(pair);
            if (!_first.TryAdd(pair.Hash, pair.Value))
            {
                _further.Add(pair);
            }
        }
    }

    public void Find(long hash, List<long> found)
    {
        lock (_gate)
        {
            if (_first.TryGetValue(hash, out var value))
            {
                found.Add(value);
                foreach (var pair in _further)
                {
                    if (pair.Hash == hash)
                    {
                        found.Add(pair.Value);
                    }
                }
            }
        }
    }

    /// <summary>For the indexer alone.</summary>
    public ReadOnlySpan<HashPair> Pairs => CollectionsMarshal.AsSpan(_pairs);
}

/// <summary>What the writer and the readers of one directory share: the pairs that no run holds.</summary>
/// <remarks>
/// It is replaced, never emptied. A reader takes it before its snapshot begins: then a pair that left it for a run in
/// between is found in both, and never in neither.
/// </remarks>
internal sealed class SharedPairs
{
    private RecentPairs _recent = new();

    public RecentPairs Recent
    {
        get => Volatile.Read(ref _recent);
        set => Volatile.Write(ref _recent, value);
    }
}

/// <summary>Finds numbers by 64 bits of a hash. The answers are candidates: whoever asks compares the whole.</summary>
/// <remarks>
/// <para>Hashes come in no order, so in a B-tree each would dirty a page of its own, 4 KiB for 16 bytes. Measured with four new entities
/// an event and 200 events a transaction, that took the index from 26 us an event at 20,000 events to 61 us at 100,000, rising further. So
/// the directory is a log-structured merge tree within the database: new pairs are appended; 32,768 of them
/// become a sorted run; four runs of a level are merged into one of the next.</para>
/// </remarks>
internal sealed class HashDirectory
{
    public const string Entities = "entity_hash";
    public const string Claims = "claim_hash";
    public const string Units = "unit_hash";

    private readonly SharedPairs _shared;
    private readonly SqliteStatement _runs;
    private readonly SqliteStatement _bucket;
    private readonly string _name;
    private RecentPairs _recent;
    private bool _current;
    private List<HashRun> _known = [];

    public HashDirectory(PreparedConnection db, string name, SharedPairs shared)
    {
        _name = name;
        _shared = shared;
        _recent = shared.Recent;
        _runs = db.Prepare($"SELECT {HashRun.Columns} FROM run WHERE directory=?1 ORDER BY number DESC");
        _bucket = db.Prepare($"SELECT pairs FROM {name} WHERE id=?1");
    }

    public static IReadOnlyList<string> Names { get; } = [Entities, Claims, Units];

    /// <summary>Rows of runs are numbered by <see cref="HashRun.RowOf"/>, rows of recent pairs from -1 downwards.</summary>
    public static string TableOf(string name) => $"CREATE TABLE {name}(id INTEGER PRIMARY KEY, pairs BLOB NOT NULL)";

    /// <summary>Before the snapshot of a new transaction begins.</summary>
    public void Renew()
    {
        _recent = _shared.Recent;
        _current = false;
    }

    /// <summary>Puts the candidates into <paramref name="found"/>, smallest first.</summary>
    public void Find(long hash, List<long> found)
    {
        found.Clear();
        _recent.Find(hash, found);
        foreach (var run in Runs())
        {
            FindInRun(run, hash, found);
        }

        if (found.Count > 1)
        {
            found.Sort();
            for (var i = found.Count - 1; i > 0; i--)
            {
                if (found[i] == found[i - 1])
                {
                    found.RemoveAt(i);
                }
            }
        }
    }

    private List<HashRun> Runs()
    {
        if (!_current)
        {
            _known = [];
            _runs.Bind(1, _name);
            while (_runs.Step())
            {
                _known.Add(HashRun.Read(_name, _runs));
            }

            _runs.Reset();
            _current = true;
        }

        return _known;
    }

    private void FindInRun(HashRun run, long hash, List<long> found)
    {
        // Every bucket has a row, an empty one too: without it nothing is known to be absent.
        var row = run.RowOf(hash);
        if (!_bucket.Bind(1, row).Step())
        {
            throw IndexException.Contradicts($"row {row} of {_name} is not there");
        }

        var pairs = MemoryMarshal.Cast<byte, HashPair>(RowCheck.Open(_name, row, _bucket.Blob(0)));
        var at = pairs.BinarySearch(new HashPair(hash, long.MinValue));
        for (at = at < 0 ? ~at : at; at < pairs.Length && pairs[at].Hash == hash; at++)
        {
            found.Add(pairs[at].Value);
        }

        _bucket.Reset();
    }
}
