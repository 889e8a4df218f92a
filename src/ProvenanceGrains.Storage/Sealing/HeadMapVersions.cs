using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Storage.Sealing;

/// <summary>The head map after each of the last blocks, shared by the sealer that makes them and the queries that prove from them. Thread-safe.</summary>
/// <remarks>
/// In memory only: the log's entry bundles are the truth, and <see cref="HeadMapReplay"/> makes any version anew. Versions share what did not
/// change, so each costs the ways of its block's entities: up to some 30 MB for a block of 65,536, mostly a few kB.
/// </remarks>
/// <param name="capacity">How many versions are kept, at least 1: those of the greatest heights.</param>
public sealed class HeadMapVersions(int capacity)
{
    /// <summary>How many versions are kept where nothing else is said.</summary>
    public const int DefaultCapacity = 16;

    private readonly Lock _lock = new();
    private readonly SortedList<long, HeadMap> _versions = [];
    private readonly int _capacity = capacity >= 1 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity));

    public HeadMapVersions()
        : this(DefaultCapacity)
    {
    }

    /// <summary>Keeps the map after a block that is committed, in place of any other of that height.</summary>
    public void Add(long height, HeadMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        lock (_lock)
        {
            _versions[height] = map;
            while (_versions.Count > _capacity)
            {
                _versions.RemoveAt(0);
            }
        }
    }

    /// <summary>The map after block <paramref name="height"/>; null if it is not kept.</summary>
    public HeadMap? Find(long height)
    {
        lock (_lock)
        {
            return _versions.GetValueOrDefault(height);
        }
    }

    /// <summary>The newest version that is not above a height, to go on from; null if there is none.</summary>
    public (long Height, HeadMap Map)? FindAtOrBelow(long height)
    {
        lock (_lock)
        {
            for (var i = _versions.Count - 1; i >= 0; i--)
            {
                if (_versions.GetKeyAtIndex(i) <= height)
                {
                    return (_versions.GetKeyAtIndex(i), _versions.GetValueAtIndex(i));
                }
            }

            return null;
        }
    }
}
