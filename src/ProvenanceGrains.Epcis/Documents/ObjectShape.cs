using System.Text;
using ProvenanceGrains.Epcis.Json;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>What a member's value must be.</summary>
internal enum ValueRule
{
    Uri,
    Instant,
    Number,
    Text,
    Boolean,
    HexBinary,
    Unit,
    Identifier,
    Transaction,
    BizTransactionType,
    SourceDestinationType,
    ErrorReason,
    MeasurementType,
    AlertType,
    Component,
    Version,
    UriList,
    UriOrUriList,
    SensorMetadata,
    SensorReports,
    AttributeValue,
    Attributes,
    VocabularyElements,
    Vocabularies,
    MasterData,
}

/// <summary>Which members beside the standard ones an object may have.</summary>
internal enum ExtensionRule
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those whose name is a URI, compact or full.</summary>
    Uri,

    /// <summary>Any.</summary>
    Any,
}

/// <summary>The rules for one kind of object of the EPCIS JSON schema that has members of simple types.</summary>
internal sealed class ObjectShape
{
    private readonly Utf8Map<(int Bit, ValueRule Rule)> _members = new();

    private ObjectShape(ExtensionRule extensions, string[] required, params (string Name, ValueRule Rule)[] members)
    {
        Extensions = extensions;
        for (var bit = 0; bit < members.Length; bit++)
        {
            _members.Add(Encoding.ASCII.GetBytes(members[bit].Name), (bit, members[bit].Rule));
        }

        Required = [.. required.Select(name =>
            (name, 1u << Array.FindIndex(members, member => member.Name == name)))];
    }

    public static ObjectShape QuantityElement { get; } = new(
        ExtensionRule.None, ["epcClass"],
        ("epcClass", ValueRule.Identifier), ("quantity", ValueRule.Number), ("uom", ValueRule.Unit));

    public static ObjectShape BizTransaction { get; } = new(
        ExtensionRule.None, ["bizTransaction"],
        ("type", ValueRule.BizTransactionType), ("bizTransaction", ValueRule.Transaction));

    public static ObjectShape Source { get; } = new(
        ExtensionRule.None, ["type", "source"],
        ("type", ValueRule.SourceDestinationType), ("source", ValueRule.Identifier));

    public static ObjectShape Destination { get; } = new(
        ExtensionRule.None, ["type", "destination"],
        ("type", ValueRule.SourceDestinationType), ("destination", ValueRule.Identifier));

    public static ObjectShape Place { get; } = new(
        ExtensionRule.Any, ["id"],
        ("id", ValueRule.Identifier));

    public static ObjectShape ErrorDeclaration { get; } = new(
        ExtensionRule.Uri, ["declarationTime"],
        ("declarationTime", ValueRule.Instant), ("reason", ValueRule.ErrorReason),
        ("correctiveEventIDs", ValueRule.UriList));

    public static ObjectShape SensorElement { get; } = new(
        ExtensionRule.Uri, ["sensorReport"],
        ("sensorMetadata", ValueRule.SensorMetadata), ("sensorReport", ValueRule.SensorReports));

    public static ObjectShape SensorMetadata { get; } = new(
        ExtensionRule.Uri, [],
        ("time", ValueRule.Instant), ("startTime", ValueRule.Instant), ("endTime", ValueRule.Instant),
        ("deviceID", ValueRule.Uri), ("deviceMetadata", ValueRule.Uri), ("rawData", ValueRule.Uri),
        ("dataProcessingMethod", ValueRule.Uri), ("bizRules", ValueRule.Uri));

    public static ObjectShape SensorReport { get; } = new(
        ExtensionRule.Uri, ["type"],
        ("type", ValueRule.MeasurementType), ("exception", ValueRule.AlertType),
        ("deviceID", ValueRule.Uri), ("deviceMetadata", ValueRule.Uri), ("rawData", ValueRule.Uri),
        ("dataProcessingMethod", ValueRule.Uri), ("bizRules", ValueRule.Uri), ("time", ValueRule.Instant),
        ("microorganism", ValueRule.Uri), ("chemicalSubstance", ValueRule.Uri),
        ("coordinateReferenceSystem", ValueRule.Uri), ("value", ValueRule.Number), ("component", ValueRule.Component),
        ("stringValue", ValueRule.Text), ("booleanValue", ValueRule.Boolean), ("hexBinaryValue", ValueRule.HexBinary),
        ("uriValue", ValueRule.Uri), ("minValue", ValueRule.Number), ("maxValue", ValueRule.Number),
        ("meanValue", ValueRule.Number), ("sDev", ValueRule.Number), ("percRank", ValueRule.Number),
        ("percValue", ValueRule.Number), ("uom", ValueRule.Text));

    public static ObjectShape Header { get; } = new(
        ExtensionRule.Uri, [],
        ("epcisMasterData", ValueRule.MasterData));

    public static ObjectShape MasterData { get; } = new(
        ExtensionRule.Any, [],
        ("vocabularyList", ValueRule.Vocabularies));

    public static ObjectShape Vocabulary { get; } = new(
        ExtensionRule.Any, ["type"],
        ("type", ValueRule.Uri), ("vocabularyElementList", ValueRule.VocabularyElements));

    public static ObjectShape VocabularyElement { get; } = new(
        ExtensionRule.Any, ["id"],
        ("id", ValueRule.Uri), ("attributes", ValueRule.Attributes), ("children", ValueRule.UriList));

    public static ObjectShape Attribute { get; } = new(
        ExtensionRule.Any, ["id"],
        ("id", ValueRule.Uri), ("attribute", ValueRule.AttributeValue));

    public ExtensionRule Extensions { get; }

    /// <summary>Name and bit of each member that must be there.</summary>
    public IReadOnlyList<(string Name, uint Bit)> Required { get; }

    public bool TryFind(ReadOnlySpan<byte> name, out uint bit, out ValueRule rule)
    {
        var found = _members.TryGet(name, out var member);
        bit = 1u << member.Bit;
        rule = member.Rule;
        return found;
    }
}
