using System.Text;
using ProvenanceGrains.Bench.Documents;

namespace ProvenanceGrains.Bench.Kills;

/// <summary>
/// One writer's documents: of all sizes, many about the same few lots as other writers', some sent before, some that must be refused.
/// The same seed and space give the same documents, given the same answers.
/// </summary>
internal sealed class DocumentMaker(int space, int seed)
{
    /// <summary>Items that all writers write about: their journals are contended.</summary>
    private const int SharedItems = 12;

    private const int Remembered = 64;

    private static readonly int[] Sizes = [1, 1, 2, 5, 10, 25, 60, 150];

    private readonly Random _random = new(seed);
    private readonly List<SentDocument> _taken = [];
    private long _nextEvent;

    /// <summary>Tells of a document that was taken, so that it can be sent again.</summary>
    public void Took(SentDocument document)
    {
        if (_taken.Count < Remembered)
        {
            _taken.Add(document);
        }
        else
        {
            _taken[_random.Next(Remembered)] = document;
        }
    }

    public bool Chance(double share) => _random.NextDouble() < share;

    public SentDocument Next()
    {
        var kind = _random.Next(100);
        return kind switch
        {
            < 8 when _taken.Count > 0 => _taken[_random.Next(_taken.Count)],
            < 14 when _taken.Count > 0 => Overlapping(),
            < 20 when _taken.Count > 0 => Conflicting(),
            < 32 => Invalid(),
            < 42 => Bare(),
            _ => Whole(FreshEvents(Sizes[_random.Next(Sizes.Length)]), Expectation.Taken),
        };
    }

    private static SentDocument Whole(IReadOnlyList<SentEvent> events, Expectation expected) =>
        new("capture", EventText.Document(events), events, expected);

    private SentDocument Bare()
    {
        var sent = Fresh();
        return new SentDocument("events", EventText.BareEvent(sent), [sent], Expectation.Taken);
    }

    /// <summary>New events together with one that is there already: taken, the known one once only.</summary>
    private SentDocument Overlapping() =>
        Whole([.. FreshEvents(3), _taken[_random.Next(_taken.Count)].Events[0]], Expectation.Taken);

    /// <summary>New events together with one that gives other content to a known id: all of it is refused.</summary>
    private SentDocument Conflicting()
    {
        var known = _taken[_random.Next(_taken.Count)].Events[0];
        var other = EventText.Observation(known.Id, [Item()], 1, "other content");
        var fresh = FreshEvents(2);
        return new SentDocument("capture", EventText.Document([.. fresh, other]), fresh, Expectation.Conflict);
    }

    /// <summary>Sound events together with a broken one: all of it is refused.</summary>
    private SentDocument Invalid()
    {
        var events = FreshEvents(1 + _random.Next(5));
        var text = Encoding.UTF8.GetString(EventText.Document(events));
        var last = text.LastIndexOf("\"action\"", StringComparison.Ordinal);
        text = _random.Next(5) switch
        {
            0 => text[..^(1 + _random.Next(40))],
            1 => text.Replace("https://id.gs1.org/01/09521234000037/", "https://id.gs1.org/01/09521234000038/", StringComparison.Ordinal)
                .Replace("urn:epc:id:sgtin:9521234.000003.", "urn:epc:id:sgtin:952123.000003.", StringComparison.Ordinal),
            2 when last > 0 => text[..last] + text[last..].Replace("\"action\"", "\"acton\"", StringComparison.Ordinal),
            3 => text.Replace("\"eventTime\":\"2025-", "\"eventTime\":\"2925-", StringComparison.Ordinal),
            _ => text.Replace("\"type\":\"EPCISDocument\"", "\"type\":\"EPCISDokument\"", StringComparison.Ordinal),
        };
        return new SentDocument("capture", Encoding.UTF8.GetBytes(text), events, Expectation.Refused);
    }

    private List<SentEvent> FreshEvents(int count) => [.. Enumerable.Range(0, count).Select(_ => Fresh())];

    private SentEvent Fresh()
    {
        var number = _nextEvent++;
        var id = EventText.Id(space, number);
        var step = _random.Next(1_000_000);
        var note = $"writer {space}, event {number}, caf\u00e9 \\u2615";
        var items = Enumerable.Range(0, 1 + _random.Next(6)).Select(_ => Item()).Distinct().ToArray();
        return _random.Next(4) switch
        {
            0 => EventText.Packing(id, EventText.Pallet(_random.Next(SharedItems)), items, step, note),
            1 => EventText.Making(id, items, [EventText.Item(Serial(own: true), link: true)], step, note),
            _ => EventText.Observation(id, items, step, note),
        };
    }

    private string Item() => EventText.Item(Serial(own: _random.Next(3) == 0), link: _random.Next(2) == 0);

    private long Serial(bool own) => own ? (space * 1_000_000L) + 1_000_000 + _random.Next(100_000) : _random.Next(SharedItems);
}
