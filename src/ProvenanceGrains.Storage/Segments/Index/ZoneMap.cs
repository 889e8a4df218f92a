using System.Buffers.Binary;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>What occurs in 1,024 neighbouring matters: enough to skip them all when a query cannot match.</summary>
/// <remarks>
/// It replaces one B-tree a condition (time, business step, place, ...): those cost each event two page writes, these nothing.
/// Times follow the order of recording closely, so a window in time leaves a handful of zones.
/// Bounds only widen and bits are only set, so a reader that races with the indexer skips too little, never too much.
/// </remarks>
internal sealed class Zone(long firstOrdinal)
{
    /// <summary>Matters of a full zone.</summary>
    public const int Matters = 1024;

    private const int Dimensions = 6;
    private const int DataSize = 8 * (6 + Dimensions);

    private readonly long[] _words = new long[Dimensions];

    public long FirstOrdinal { get; } = firstOrdinal;

    public long Count { get; private set; }

    private long MinTime { get; set; } = long.MaxValue;

    private long MaxTime { get; set; } = long.MinValue;

    private long MinRecorded { get; set; } = long.MaxValue;

    private long MaxRecorded { get; set; } = long.MinValue;

    public static Zone Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length != DataSize)
        {
            throw IndexException.Contradicts("a zone has another length");
        }

        var zone = new Zone(Read(data, 0))
        {
            Count = Read(data, 1),
            MinTime = Read(data, 2),
            MaxTime = Read(data, 3),
            MinRecorded = Read(data, 4),
            MaxRecorded = Read(data, 5),
        };
        for (var i = 0; i < Dimensions; i++)
        {
            zone._words[i] = Read(data, 6 + i);
        }

        return zone;
    }

    public byte[] ToArray()
    {
        var data = new byte[DataSize];
        ReadOnlySpan<long> values = [FirstOrdinal, Count, MinTime, MaxTime, MinRecorded, MaxRecorded, .. _words];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(data.AsSpan(i * 8), values[i]);
        }

        return data;
    }

    public void Add(long? time, long recorded, ReadOnlySpan<long?> words)
    {
        Count++;
        if (time is not { } when)
        {
            // Not indexed: no query finds it.
            return;
        }

        MinTime = Math.Min(MinTime, when);
        MaxTime = Math.Max(MaxTime, when);
        MinRecorded = Math.Min(MinRecorded, recorded);
        MaxRecorded = Math.Max(MaxRecorded, recorded);
        for (var i = 0; i < Dimensions; i++)
        {
            if (words[i] is { } word)
            {
                Volatile.Write(ref _words[i], _words[i] | BitOf(word));
            }
        }
    }

    public bool MayMatch(MatterQuery query, IReadOnlyList<long>?[] words)
    {
        if (!(MaxTime >= (query.FromTimeMs ?? long.MinValue)
            && MinTime < (query.BeforeTimeMs ?? long.MaxValue)
            && MaxRecorded >= (query.FromRecordTimeMs ?? long.MinValue)
            && MinRecorded < (query.BeforeRecordTimeMs ?? long.MaxValue)))
        {
            return false;
        }

        for (var i = 0; i < Dimensions; i++)
        {
            if (words[i] is { } wanted)
            {
                var have = Volatile.Read(ref _words[i]);
                if (!wanted.Any(word => (have & BitOf(word)) != 0))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static long Read(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadInt64BigEndian(data[(at * 8)..]);

    private static long BitOf(long word) => 1L << (int)(word & 63);
}

/// <summary>All zones, in order. The indexer adds; readers look.</summary>
internal sealed class ZoneMap
{
    private readonly Lock _gate = new();
    private readonly List<Zone> _zones = [];
    private int _changedFrom;

    public void Load(Zone zone)
    {
        lock (_gate)
        {
            _zones.Add(zone);
            _changedFrom = _zones.Count;
        }
    }

    /// <summary>The zone that the next matter goes to; made if the last is full.</summary>
    public Zone ForNext(long ordinal)
    {
        lock (_gate)
        {
            if (_zones.Count == 0 || _zones[^1].Count >= Zone.Matters)
            {
                _zones.Add(new Zone(ordinal));
            }

            _changedFrom = Math.Min(_changedFrom, _zones.Count - 1);
            return _zones[^1];
        }
    }

    /// <summary>Zones that have changed since the last call, with their numbers.</summary>
    public IReadOnlyList<(int Number, Zone Zone)> TakeChanged()
    {
        lock (_gate)
        {
            var changed = new List<(int, Zone)>();
            for (var i = _changedFrom; i < _zones.Count; i++)
            {
                changed.Add((i, _zones[i]));
            }

            _changedFrom = _zones.Count;
            return changed;
        }
    }

    /// <summary>The zones that reach beyond an ordinal, from the first to the last.</summary>
    public IReadOnlyList<Zone> From(long ordinal)
    {
        lock (_gate)
        {
            var first = _zones.Count;
            while (first > 0 && (first == _zones.Count || _zones[first].FirstOrdinal > ordinal))
            {
                first--;
            }

            return _zones.GetRange(first, _zones.Count - first);
        }
    }
}
