using System.Text;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Epcis.Tests.Documents;

/// <summary>Small documents to change one thing in.</summary>
internal static class SampleEvents
{
    public const string Context =
        "\"@context\":[\"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld\",{\"ex\":\"https://ns.example.com/\"}]";

    public const string ObjectEvent =
        """
        {"type":"ObjectEvent","eventTime":"2025-01-01T06:00:00.000Z","eventTimeZoneOffset":"+02:00",
        "epcList":["urn:epc:id:sgtin:4012345.010000.1"],"action":"OBSERVE","bizStep":"shipping","disposition":"in_transit",
        "readPoint":{"id":"urn:epc:id:sgln:4012345.10000.0"},"ex:lot":"L1"}
        """;

    public const string AggregationEvent =
        """
        {"type":"AggregationEvent","eventTime":"2025-01-01T06:00:00.000Z","eventTimeZoneOffset":"+02:00",
        "parentID":"urn:epc:id:sscc:4012345.0000000001","childEPCs":["urn:epc:id:sgtin:4012345.010000.1"],"action":"ADD"}
        """;

    public const string AssociationEvent =
        """
        {"type":"AssociationEvent","eventTime":"2025-01-01T06:00:00.000Z","eventTimeZoneOffset":"+02:00",
        "parentID":"urn:epc:id:sscc:4012345.0000000001","childEPCs":["urn:epc:id:sgtin:4012345.010000.1"],"action":"ADD"}
        """;

    public const string TransactionEvent =
        """
        {"type":"TransactionEvent","eventTime":"2025-01-01T06:00:00.000Z","eventTimeZoneOffset":"+02:00",
        "bizTransactionList":[{"type":"po","bizTransaction":"urn:example:po:1"}],
        "epcList":["urn:epc:id:sgtin:4012345.010000.1"],"action":"ADD"}
        """;

    public const string TransformationEvent =
        """
        {"type":"TransformationEvent","eventTime":"2025-01-01T06:00:00.000Z","eventTimeZoneOffset":"+02:00",
        "inputQuantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.A","quantity":2.5,"uom":"KGM"}],
        "outputEPCList":["urn:epc:id:sgtin:4012345.010000.1"],"ilmd":{"ex:grade":"A"}}
        """;

    public const string SensorEvent =
        """
        {"type":"ObjectEvent","eventTime":"2025-01-01T06:00:00.000Z","eventTimeZoneOffset":"+02:00","action":"OBSERVE",
        "readPoint":{"id":"urn:epc:id:sgln:4012345.10000.0"},
        "sensorElementList":[{"sensorMetadata":{"time":"2025-01-01T05:00:00Z","ex:a":1},
        "sensorReport":[{"type":"Temperature","value":3.5,"uom":"CEL","component":"x","exception":"ALARM_CONDITION",
        "hexBinaryValue":"f0","booleanValue":true,"stringValue":"s","uriValue":"urn:a:b"}]}]}
        """;

    public static string Document(params string[] events) =>
        $$$"""
        {{{{Context}}},"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2025-06-01T08:00:00.000Z",
        "epcisBody":{"eventList":[{{{string.Join(",\n", events)}}}]}}
        """;

    public static string Bare(string source) => "{" + Context + "," + source.TrimStart()[1..];

    public static ParseResult Parse(string json, ParseLimits? limits = null) =>
        EpcisDocumentParser.Parse(Encoding.UTF8.GetBytes(json), limits ?? ParseLimits.Default, Corpus.NowMs);

    public static EpcisEvent Event(string json)
    {
        var result = Parse(Bare(json));
        Assert.True(result.IsValid, string.Join("; ", result.Errors));
        return Assert.Single(result.Document.Events);
    }
}
