using System.Globalization;

namespace ProvenanceGrains.Api.Tests.Capture;

/// <summary>Small EPCIS documents.</summary>
internal static class Documents
{
    public const string Context = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

    public static string Of(params string[] events) =>
        "{\"@context\":[\"" + Context + "\",{\"example\":\"https://ns.example.com/epcis/\"}],\"type\":\"EPCISDocument\","
        + "\"schemaVersion\":\"2.0\",\"creationDate\":\"2026-01-01T00:00:00Z\","
        + "\"epcisBody\":{\"eventList\":[" + string.Join(',', events) + "]}}";

    public static string Event(string serial, string? eventId = null, string step = "shipping", string extra = "") =>
        $$"""
        {"type":"ObjectEvent",{{(eventId is null ? "" : $"\"eventID\":\"{eventId}\",")}}"eventTime":"2026-01-01T10:00:00Z",
         "eventTimeZoneOffset":"+00:00","action":"OBSERVE","bizStep":"{{step}}",{{extra}}
         "epcList":["https://id.gs1.org/01/09521234000037/21/{{serial}}"]}
        """;

    public static string Bare(string serial, string? eventId = null) =>
        "{\"@context\":\"" + Context + "\"," + Event(serial, eventId)[1..];

    public static string NewId() => "urn:uuid:" + Guid.CreateVersion7().ToString("D", CultureInfo.InvariantCulture);
}
