using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Ledger;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>An event as its sender means it.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="Claim">The name that it claims.</param>
/// <param name="Content">Digest of the bytes that the engine keeps of it.</param>
/// <param name="Objects">How many journals it goes into.</param>
/// <param name="IsShared">Other documents may hold it too, or another event of the same id.</param>
internal sealed record ExpectedEvent(string EventId, Hash256 Claim, Hash256 Content, int Objects, bool IsShared);

/// <summary>A document that a client sends until it has an answer.</summary>
internal sealed class SimulatedDocument(int number, byte[] bytes, IReadOnlyList<ExpectedEvent> events, bool isValid, bool proceeds)
{
    public int Number => number;

    public byte[] Bytes => bytes;

    /// <summary>What it says, in order.</summary>
    public IReadOnlyList<ExpectedEvent> Events => events;

    /// <summary>Whether it keeps the rules; if not, nothing of it may ever be recorded.</summary>
    public bool IsValid => isValid;

    /// <summary>Whether its sender asks to record what can be, and leave out the rest.</summary>
    public bool Proceeds => proceeds;

    /// <summary>Requests under way.</summary>
    public int UnderWay { get; set; }

    /// <summary>The last answer that settles it; null while the client keeps trying.</summary>
    public CaptureOutcome? Answer { get; set; }

    /// <summary>Whether the engine ever said that it is durable.</summary>
    public bool IsAcknowledged { get; set; }

    public CaptureCommand ToCommand() => new(
        bytes, false, "party-1", "key-1", proceeds ? CaptureErrorBehaviour.Proceed : CaptureErrorBehaviour.Rollback);
}

/// <summary>Makes a run's documents: few objects and few ids, so that requests meet.</summary>
internal static class SimulatedDocuments
{
    private const string Start = """
        {"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0",
        "creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":[
        """;

    public static List<SimulatedDocument> Make(SeededRandom random, int count)
    {
        var documents = new List<SimulatedDocument>();
        for (var number = 0; number < count; number++)
        {
            documents.Add(MakeOne(random, number));
        }

        return documents;
    }

    private static SimulatedDocument MakeOne(SeededRandom random, int number)
    {
        var isValid = !random.OneIn(12);
        var texts = new List<string>();
        var shared = new List<bool>();
        var events = random.Next(4) + 1;
        for (var i = 0; i < events; i++)
        {
            // Without an id, the step tells the event from all others: it is known by its hash then.
            var id = random.OneIn(4) ? null : $"urn:uuid:00000000-0000-4000-8000-{number:x6}{i:x6}";
            texts.Add(EventText(id, $"https://example.com/step-{number}-{i}", Objects(random)));
            shared.Add(false);
        }

        if (random.OneIn(3))
        {
            // One of three events that many report, or (2) another that goes by the same id.
            var one = random.Next(3);
            var step = random.OneIn(3) ? "receiving" : "shipping";
            texts.Insert(random.Next(texts.Count + 1), EventText($"urn:uuid:00000000-0000-4000-8000-ffffffffff0{one}", step, [one]));
            shared = [.. texts.Select(text => text.Contains("ffffffffff0", StringComparison.Ordinal))];
        }

        var proceeds = isValid && random.OneIn(4);
        var sound = Bytes(texts);
        var expected = Expect(sound, shared);
        var sent = isValid ? sound : Bytes([.. texts.SkipLast(1), texts[^1].Replace("\"action\"", "\"deed\"", StringComparison.Ordinal)]);
        return new SimulatedDocument(number, sent, expected, isValid, proceeds);
    }

    private static byte[] Bytes(List<string> texts) =>
        System.Text.Encoding.UTF8.GetBytes(Start + string.Join(",", texts) + "]}}");

    private static int[] Objects(SeededRandom random) =>
        [.. Enumerable.Range(0, random.Next(3) + 1).Select(_ => random.Next(6)).Distinct()];

    private static string EventText(string? id, string step, int[] objects) =>
        "{\"type\":\"ObjectEvent\"," + (id is null ? "" : $"\"eventID\":\"{id}\",")
        + "\"eventTime\":\"2026-01-01T10:00:00Z\",\"eventTimeZoneOffset\":\"+00:00\",\"action\":\"OBSERVE\",\"bizStep\":\"" + step
        + "\",\"epcList\":[" + string.Join(",", objects.Select(n => $"\"https://id.gs1.org/01/09521234000037/21/S{n}\"")) + "]}";

    private static List<ExpectedEvent> Expect(byte[] document, List<bool> shared)
    {
        var parsed = EpcisDocumentParser.Parse(document, ParseLimits.Default with { MaxFutureMs = null }, 0);
        if (!parsed.IsValid)
        {
            throw new InvalidOperationException(string.Join("; ", parsed.Errors));
        }

        return [.. parsed.Document!.Events.Select((one, i) =>
        {
            var id = EventIdentity.Of(one);
            var claim = one.EventId is null ? EventClaim.OfHash(id) : EventClaim.OfId(id);
            return new ExpectedEvent(id, claim, Hash256.Sha256(one.ToStoredContent(id)), one.Epcs.Count, shared[i]);
        })];
    }
}
