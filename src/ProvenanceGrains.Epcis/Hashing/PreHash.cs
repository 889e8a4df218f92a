using System.Text;
using System.Text.Json;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Vocabulary;

namespace ProvenanceGrains.Epcis.Hashing;

/// <summary>
/// Writes an event's pre-hash string (CBV 2.0 section 8.9): its fields in the order of the standard, each as
/// <c>name=value</c> in canonical form, lists sorted, extensions last. Record time, event id and error declaration stay
/// out.
/// </summary>
/// <remarks>
/// The order is that of the text: bizTransactionList, sourceList, destinationList, sensorElementList, ilmd, extensions at
/// event level. The reference implementation puts the first three after the sensor data and in another order. Where the
/// text is silent: certificationInfo stands after eventTimeZoneOffset and bizRules after dataProcessingMethod, as in the
/// schemas.
/// </remarks>
internal sealed class PreHash(JsonLdContext context)
{
    private static readonly string[] LeftOut =
        ["@context", "type", "recordTime", "eventID", "errorDeclaration", "comment"];

    private static readonly Field[] Metadata =
    [
        new("time", Kind.Time), new("startTime", Kind.Time), new("endTime", Kind.Time), new("deviceID"),
        new("deviceMetadata"), new("rawData"), new("dataProcessingMethod"), new("bizRules"),
    ];

    private static readonly Field[] Report =
    [
        new("type", Kind.MeasurementType), new("exception", Kind.AlertType), new("deviceID"), new("deviceMetadata"),
        new("rawData"), new("dataProcessingMethod"), new("bizRules"), new("time", Kind.Time), new("microorganism"),
        new("chemicalSubstance"), new("value"), new("component", Kind.Component), new("stringValue"),
        new("booleanValue"), new("hexBinaryValue"), new("uriValue"), new("minValue"), new("maxValue"),
        new("meanValue"), new("sDev"), new("percRank"), new("percValue"), new("uom"),
        new("coordinateReferenceSystem"),
    ];

    private static readonly Field[] Quantity = [new("epcClass"), new("quantity"), new("uom")];

    private static readonly Field[] Place = [new("id")];

    private static readonly Field[] Event =
    [
        new("eventTime", Kind.Time), new("eventTimeZoneOffset"), new("certificationInfo", Kind.Values),
        new("epcList", Kind.Epcs), new("parentID"), new("inputEPCList", Kind.Epcs), new("childEPCs", Kind.Epcs),
        new("quantityList", Kind.Quantities), new("childQuantityList", Kind.Quantities),
        new("inputQuantityList", Kind.Quantities), new("outputEPCList", Kind.Epcs),
        new("outputQuantityList", Kind.Quantities), new("action"), new("transformationID"),
        new("bizStep", Kind.BizStep), new("disposition", Kind.Disposition),
        new("persistentDisposition", Kind.PersistentDisposition), new("readPoint", Kind.Place),
        new("bizLocation", Kind.Place), new("bizTransactionList", Kind.Transactions), new("sourceList", Kind.Sources),
        new("destinationList", Kind.Destinations), new("sensorElementList", Kind.SensorElements),
        new("ilmd", Kind.Ilmd),
    ];

    private readonly PreHashValues _values = new(context);

    private enum Kind
    {
        Value,
        Time,
        BizStep,
        Disposition,
        MeasurementType,
        AlertType,
        Component,
        Values,
        Epcs,
        Quantities,
        PersistentDisposition,
        Place,
        Transactions,
        Sources,
        Destinations,
        SensorElements,
        Ilmd,
    }

    /// <param name="source">A valid event.</param>
    public string Write(JsonElement source)
    {
        var type = source.GetProperty("type").GetString()!;
        return "eventType=" + (type.Contains(':', StringComparison.Ordinal) ? _values.Text(type) : type)
            + Ordered(source, Event) + Extensions(source, Event, LeftOut);
    }

    private string Ordered(JsonElement parent, Field[] order)
    {
        var text = new StringBuilder();
        foreach (var (name, kind) in order)
        {
            if (parent.TryGetProperty(name, out var value))
            {
                text.Append(Standard(name, kind, value));
            }
        }

        return text.ToString();
    }

    private string Standard(string name, Kind kind, JsonElement value) => kind switch
    {
        Kind.Value => Pair(name, _values.Value(value)),
        Kind.Time => Pair(name, PreHashValues.Time(value)),
        Kind.BizStep => Pair(name, _values.Vocabulary(VocabularyKind.BizStep, value)),
        Kind.Disposition => Pair(name, _values.Vocabulary(VocabularyKind.Disposition, value)),
        Kind.MeasurementType => Pair(name, _values.Vocabulary(VocabularyKind.MeasurementType, value)),
        Kind.AlertType => Pair(name, _values.Vocabulary(VocabularyKind.AlertType, value)),
        Kind.Component => Pair(name, _values.Vocabulary(VocabularyKind.Component, value)),
        Kind.Values when value.ValueKind == JsonValueKind.Array => Sorted("", value, v => Pair(name, _values.Value(v))),
        Kind.Values => Pair(name, _values.Value(value)),
        Kind.Epcs => Sorted(name, value, v => Pair("epc", _values.Value(v))),
        Kind.Quantities => Sorted(name, value, v => Named("quantityElement", Ordered(v, Quantity))),
        Kind.PersistentDisposition => Named(name, PersistentDisposition(value)),
        Kind.Place => Named(name, Ordered(value, Place) + Extensions(value, Place, ["@context"])),
        Kind.Transactions => Sorted(name, value, v => Typed(v, VocabularyKind.BizTransactionType, "bizTransaction")),
        Kind.Sources => Sorted(name, value, v => Typed(v, VocabularyKind.SourceDestinationType, "source")),
        Kind.Destinations => Sorted(name, value, v => Typed(v, VocabularyKind.SourceDestinationType, "destination")),
        Kind.SensorElements => Sorted(name, value, SensorElement),
        Kind.Ilmd => Named(name, Extensions(value, [], ["@context"])),
    };

    private string PersistentDisposition(JsonElement value)
    {
        var text = "";
        foreach (var name in (ReadOnlySpan<string>)["set", "unset"])
        {
            if (value.TryGetProperty(name, out var list))
            {
                text += Sorted("", list, v => Pair(name, _values.Vocabulary(VocabularyKind.Disposition, v)));
            }
        }

        return text;
    }

    /// <summary>The type goes first: so the published pre-hashes have it, though rule 13 of the text can be read otherwise.</summary>
    private string Typed(JsonElement value, VocabularyKind kind, string name)
    {
        var type = value.TryGetProperty("type", out var given) ? Pair("type", _values.Vocabulary(kind, given)) : "";
        return type + Pair(name, _values.Value(value.GetProperty(name)));
    }

    private string SensorElement(JsonElement value)
    {
        var metadata = value.TryGetProperty("sensorMetadata", out var given)
            ? Named("sensorMetadata", Ordered(given, Metadata) + Extensions(given, Metadata, ["@context"]))
            : "";
        var reports = Sorted(
            "", value.GetProperty("sensorReport"),
            v => Named("sensorReport", Ordered(v, Report) + Extensions(v, Report, ["@context"])));
        return "sensorElement" + metadata + reports
            + Extensions(value, [new("sensorMetadata"), new("sensorReport")], ["@context"]);
    }

    /// <summary>Members outside the standard, each expanded to its full name, sorted.</summary>
    private string Extensions(JsonElement parent, Field[] standard, string[] leftOut)
    {
        List<string>? parts = null;
        foreach (var member in parent.EnumerateObject())
        {
            if (Array.Exists(standard, field => field.Name == member.Name) || Array.IndexOf(leftOut, member.Name) >= 0)
            {
                continue;
            }

            Extension(parts ??= [], _values.ExtensionName(member.Name), member.Value);
        }

        if (parts is null)
        {
            return "";
        }

        parts.Sort(CodePointOrder.Instance);
        return string.Concat(parts);
    }

    private void Extension(List<string> parts, string name, JsonElement value)
    {
        if (name == "{http://www.w3.org/2000/01/rdf-schema#}comment")
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            // What is a list here are elements of one name in XML.
            foreach (var element in value.EnumerateArray())
            {
                Extension(parts, name, element);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            var own = value.TryGetProperty("@value", out var text) || value.TryGetProperty("#text", out text)
                ? "=" + _values.Value(text)
                : "";
            parts.Add(name + own + Extensions(value, [], ["@context", "@value", "#text", "comment"]));
        }
        else
        {
            var text = _values.Value(value);
            parts.Add(text.Length == 0 ? name : Pair(name, text));
        }
    }

    /// <summary>A list under its name, which appears once and only if there is something in the list.</summary>
    private static string Sorted(string name, JsonElement list, Func<JsonElement, string> each)
    {
        var parts = new List<string>();
        foreach (var element in list.EnumerateArray())
        {
            parts.Add(each(element));
        }

        parts.Sort(CodePointOrder.Instance);
        return Named(name, string.Concat(parts));
    }

    private static string Named(string name, string content) => content.Length == 0 ? "" : name + content;

    private static string Pair(string name, string value) => $"{name}={value}";

    private readonly record struct Field(string Name, Kind Kind = Kind.Value);
}
