using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ProvenanceGrains.Epcis.Samples;

/// <summary>Writes events as an EPCIS 2.0 capture document (EPCIS 2.0, chapter 10).</summary>
internal static class SampleDocumentWriter
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffzzz";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(string name, string origin, string sender, IReadOnlyList<SampleEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteStartArray("@context");
        json.WriteStringValue("https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld");
        json.WriteStartObject();
        json.WriteString("example", "https://ns.example.org/provenance/");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("type", "EPCISDocument");
        json.WriteString("schemaVersion", "2.0");
        json.WriteString("creationDate", Time(events.Max(e => e.Time).AddMinutes(5)));
        json.WriteString("sender", SampleKeys.Party(sender));
        WriteHeader(json, events);
        json.WriteStartObject("epcisBody");
        json.WriteStartArray("eventList");
        for (var i = 0; i < events.Count; i++)
        {
            WriteEvent(json, events[i], EventId(name, origin, i));
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteHeader(Utf8JsonWriter json, IReadOnlyList<SampleEvent> events)
    {
        json.WriteStartObject("epcisHeader");
        json.WriteStartObject("epcisMasterData");
        json.WriteStartArray("vocabularyList");
        json.WriteStartObject();
        json.WriteString("type", "urn:epcglobal:epcis:vtype:Location");
        json.WriteStartArray("vocabularyElementList");
        foreach (var (id, place) in events.SelectMany(Places).Distinct())
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteStartArray("attributes");
            WriteAttribute(json, "cbvmda:name", place.Name);
            WriteAttribute(json, "cbvmda:latitude", place.Latitude.ToString(CultureInfo.InvariantCulture));
            WriteAttribute(json, "cbvmda:longitude", place.Longitude.ToString(CultureInfo.InvariantCulture));
            if (place.Country.Length > 0)
            {
                WriteAttribute(json, "cbvmda:countryCode", place.Country);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAttribute(Utf8JsonWriter json, string id, string value)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("attribute", value);
        json.WriteEndObject();
    }

    /// <summary>The places of an event under the identifiers that it names them by.</summary>
    private static IEnumerable<(string Id, SamplePlace Place)> Places(SampleEvent e)
    {
        var readPoint = ReadPointId(e);
        yield return (readPoint, e.ReadPoint);
        if (e.Location is not null && e.Location.Id != readPoint)
        {
            yield return (e.Location.Id, e.Location);
        }
    }

    private static string ReadPointId(SampleEvent e) => e.ByPosition ? e.ReadPoint.GeoUri : e.ReadPoint.Id;

    private static void WriteEvent(Utf8JsonWriter json, SampleEvent e, string id)
    {
        json.WriteStartObject();
        if (e.HasId)
        {
            json.WriteString("eventID", id);
        }

        json.WriteString("type", e.Type);
        WriteText(json, "action", e.Action);
        json.WriteString("eventTime", Time(e.Time.ToOffset(e.ReadPoint.Offset)));
        json.WriteString("eventTimeZoneOffset", e.ReadPoint.Offset.Hours.ToString("'+'00", CultureInfo.InvariantCulture) + ":00");
        json.WriteString("bizStep", e.BizStep);
        WriteText(json, "disposition", e.Disposition);
        if (e.PersistentDisposition is not null)
        {
            json.WriteStartObject("persistentDisposition");
            WriteTexts(json, "set", [e.PersistentDisposition]);
            json.WriteEndObject();
        }

        WritePlace(json, "readPoint", ReadPointId(e));
        if (e.Location is not null)
        {
            WritePlace(json, "bizLocation", e.Location.Id);
        }

        WriteText(json, "certificationInfo", e.Certificate);
        WriteObjects(json, e);
        WriteBusiness(json, e);
        WriteSensors(json, e.Sensors);
        if (e.Ilmd.Count > 0)
        {
            json.WriteStartObject("ilmd");
            foreach (var (name, value) in e.Ilmd)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        WritePlaceFacts(json, e);
        json.WriteEndObject();
    }

    private static void WriteObjects(Utf8JsonWriter json, SampleEvent e)
    {
        var nested = e.Type is "AggregationEvent" or "AssociationEvent";
        WriteText(json, "parentID", e.Parent);
        WriteTexts(json, nested ? "childEPCs" : "epcList", e.Epcs);
        WriteQuantities(json, nested ? "childQuantityList" : "quantityList", e.Quantities);
        WriteQuantities(json, "inputQuantityList", e.Inputs);
        WriteTexts(json, "outputEPCList", e.OutputEpcs);
        WriteQuantities(json, "outputQuantityList", e.Outputs);
    }

    private static void WriteBusiness(Utf8JsonWriter json, SampleEvent e)
    {
        if (e.Transactions.Count > 0)
        {
            json.WriteStartArray("bizTransactionList");
            foreach (var (type, transaction) in e.Transactions)
            {
                json.WriteStartObject();
                json.WriteString("type", type);
                json.WriteString("bizTransaction", transaction);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteParty(json, "sourceList", "source", e.From);
        WriteParty(json, "destinationList", "destination", e.To);
    }

    private static void WriteParty(Utf8JsonWriter json, string list, string member, string? prefix)
    {
        if (prefix is null)
        {
            return;
        }

        json.WriteStartArray(list);
        json.WriteStartObject();
        json.WriteString("type", "possessing_party");
        json.WriteString(member, SampleKeys.Party(prefix));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteSensors(Utf8JsonWriter json, IReadOnlyList<SampleSensor> sensors)
    {
        if (sensors.Count == 0)
        {
            return;
        }

        json.WriteStartArray("sensorElementList");
        foreach (var sensor in sensors)
        {
            json.WriteStartObject();
            json.WriteStartObject("sensorMetadata");
            json.WriteString("startTime", Time(sensor.Start));
            json.WriteString("endTime", Time(sensor.End));
            json.WriteString("deviceID", sensor.Device);
            json.WriteEndObject();
            json.WriteStartArray("sensorReport");
            foreach (var report in sensor.Reports)
            {
                json.WriteStartObject();
                json.WriteString("type", report.Type);
                WriteNumber(json, "value", report.Value);
                WriteNumber(json, "minValue", report.Lowest);
                WriteNumber(json, "maxValue", report.Highest);
                WriteNumber(json, "meanValue", report.Mean);
                json.WriteString("uom", report.Unit);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePlaceFacts(Utf8JsonWriter json, SampleEvent e)
    {
        json.WriteStartArray("example:places");
        foreach (var (id, place) in Places(e))
        {
            json.WriteStartObject();
            json.WriteString("example:id", id);
            json.WriteString("example:name", place.Name);
            json.WriteNumber("example:latitude", place.Latitude);
            json.WriteNumber("example:longitude", place.Longitude);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteQuantities(Utf8JsonWriter json, string name, IReadOnlyList<SampleQuantity> quantities)
    {
        if (quantities.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var quantity in quantities)
        {
            json.WriteStartObject();
            json.WriteString("epcClass", quantity.Class);
            json.WriteNumber("quantity", quantity.Amount);
            WriteText(json, "uom", quantity.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, decimal? number)
    {
        if (number is not null)
        {
            json.WriteNumber(name, number.Value);
        }
    }

    private static void WritePlace(Utf8JsonWriter json, string name, string id)
    {
        json.WriteStartObject(name);
        json.WriteString("id", id);
        json.WriteEndObject();
    }

    private static string Time(DateTimeOffset time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>A version 8 UUID (RFC 9562, 5.8) out of what the chain was generated from, the document's name and the event's position.</summary>
    private static string EventId(string name, string origin, int position)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{origin}/{name}/{position}")), digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x80);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        var value = BinaryPrimitives.ReadUInt128BigEndian(digest);
        var hex = value.ToString("x32", CultureInfo.InvariantCulture);
        return $"urn:uuid:{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }
}
