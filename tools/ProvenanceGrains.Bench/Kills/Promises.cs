using ProvenanceGrains.Bench.Documents;

namespace ProvenanceGrains.Bench.Kills;

/// <summary>What the silo has promised so far. Shared by all writers.</summary>
internal sealed class Promises
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SentEvent> _kept = new(StringComparer.Ordinal);
    private readonly List<SentEvent> _newlyKept = [];
    private readonly HashSet<string> _absent = new(StringComparer.Ordinal);
    private readonly List<string> _newlyAbsent = [];
    private readonly List<SentDocument> _undecided = [];

    /// <summary>Documents acknowledged, repetitions included.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Documents refused as they had to be.</summary>
    public int Refused { get; private set; }

    /// <summary>Events that must be there, and stay as they were sent.</summary>
    public int Events => _kept.Count;

    /// <summary>It was acknowledged: each of its events must be there from now on.</summary>
    public void Acknowledge(SentDocument document)
    {
        lock (_lock)
        {
            Acknowledged++;
            foreach (var sent in document.Events)
            {
                if (_kept.TryAdd(sent.Id, sent))
                {
                    _newlyKept.Add(sent);
                }
            }
        }
    }

    /// <summary>It must never have an effect, whether the refusal arrived or not.</summary>
    public void Refuse(SentDocument document)
    {
        lock (_lock)
        {
            Refused++;
            _newlyAbsent.AddRange(document.Events.Select(sent => sent.Id).Where(_absent.Add));
        }
    }

    /// <summary>No answer came: it is there as a whole, or not at all.</summary>
    public void LeaveOpen(SentDocument document)
    {
        lock (_lock)
        {
            _undecided.Add(document);
        }
    }

    /// <summary>The documents without an answer since the last call.</summary>
    public IReadOnlyList<SentDocument> TakeUndecided()
    {
        lock (_lock)
        {
            SentDocument[] taken = [.. _undecided];
            _undecided.Clear();
            return taken;
        }
    }

    /// <summary>Events to look for: all that are new since the last call, and some older ones.</summary>
    public IReadOnlyList<SentEvent> ToCheck(Random random, int older) => Take(_newlyKept, _kept.Values, random, older);

    /// <summary>Ids that must be unknown: all that are new since the last call, and some older ones.</summary>
    public IReadOnlyList<string> ToMiss(Random random, int older) => Take(_newlyAbsent, _absent, random, older);

    /// <summary>Every event that must be there.</summary>
    public IReadOnlyList<SentEvent> All() => [.. _kept.Values];

    /// <summary>Every id that must be unknown.</summary>
    public IReadOnlyList<string> AllAbsent() => [.. _absent];

    private T[] Take<T>(List<T> fresh, IReadOnlyCollection<T> all, Random random, int older)
    {
        lock (_lock)
        {
            T[] taken = [.. fresh, .. all.Skip(all.Count > older ? random.Next(all.Count - older) : 0).Take(older)];
            fresh.Clear();
            return taken;
        }
    }
}
