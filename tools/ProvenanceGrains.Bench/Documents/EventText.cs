using System.Globalization;
using System.Text;

namespace ProvenanceGrains.Bench.Documents;

/// <summary>Writes EPCIS 2.0 events and documents as JSON text.</summary>
internal static class EventText
{
    private const string Head =
        """{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"example":"https://ns.example.com/epcis/"}],""";

    private static readonly DateTimeOffset FirstTime = new(2025, 1, 1, 6, 0, 0, TimeSpan.Zero);

    /// <summary>An event id that only this (space, number) has.</summary>
    public static string Id(int space, long number) => string.Create(
        CultureInfo.InvariantCulture, $"urn:uuid:{unchecked((uint)space):x8}-{(number >> 32) & 0xffff:x4}-4000-8000-{number & 0xffffffff:x12}");

    /// <summary>A serialised item, as a URN or as a Digital Link: two names of the same thing.</summary>
    public static string Item(long serial, bool link) => link
        ? string.Create(CultureInfo.InvariantCulture, $"https://id.gs1.org/01/09521234000037/21/{serial}")
        : string.Create(CultureInfo.InvariantCulture, $"urn:epc:id:sgtin:9521234.000003.{serial}");

    public static string Pallet(long number) => string.Create(
        CultureInfo.InvariantCulture, $"urn:epc:id:sscc:9521234.{number % 10_000_000_000:0000000000}");

    /// <summary>An ObjectEvent that observes items.</summary>
    public static SentEvent Observation(string id, IEnumerable<string> items, int step, string note) => Event(
        "ObjectEvent", id, step, $"\"epcList\":{List(items)},\"action\":\"OBSERVE\",", note);

    /// <summary>An AggregationEvent that puts items on a pallet.</summary>
    public static SentEvent Packing(string id, string pallet, IEnumerable<string> items, int step, string note) => Event(
        "AggregationEvent", id, step, $"\"parentID\":\"{pallet}\",\"childEPCs\":{List(items)},\"action\":\"ADD\",", note);

    /// <summary>A TransformationEvent that makes items of others.</summary>
    public static SentEvent Making(string id, IEnumerable<string> inputs, IEnumerable<string> outputs, int step, string note) => Event(
        "TransformationEvent", id, step, $"\"inputEPCList\":{List(inputs)},\"outputEPCList\":{List(outputs)},", note);

    /// <summary>The events as one document.</summary>
    public static byte[] Document(IEnumerable<SentEvent> events)
    {
        var text = new StringBuilder(Head)
            .Append("\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\",\"creationDate\":\"2025-06-01T08:00:00.000Z\",")
            .Append("\"epcisBody\":{\"eventList\":[")
            .AppendJoin(',', events.Select(sent => Encoding.UTF8.GetString(sent.Json)))
            .Append("]}}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>One event as <c>POST /events</c> takes it.</summary>
    public static byte[] BareEvent(SentEvent sent) => Encoding.UTF8.GetBytes(Head + Encoding.UTF8.GetString(sent.Json)[1..]);

    private static SentEvent Event(string type, string id, int step, string what, string note)
    {
        var time = FirstTime.AddSeconds(step).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var json = $$"""
            {"type":"{{type}}","eventID":"{{id}}","eventTime":"{{time}}","eventTimeZoneOffset":"+00:00",{{what}}"bizStep":"inspecting","disposition":"active","readPoint":{"id":"urn:epc:id:sgln:9521234.{{step % 200:00000}}.0"},"bizTransactionList":[{"type":"po","bizTransaction":"urn:epc:id:gdti:9521234.00001.{{step / 20}}"}],"example:note":"{{note}}"}
            """;
        return new SentEvent(id, Encoding.UTF8.GetBytes(json));
    }

    private static string List(IEnumerable<string> values) => "[" + string.Join(',', values.Select(value => $"\"{value}\"")) + "]";
}
