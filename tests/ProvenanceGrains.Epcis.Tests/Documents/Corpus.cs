using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Tests.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Documents;

/// <summary>The EPCIS JSON documents among the vectors.</summary>
internal static class Corpus
{
    /// <summary>2030-01-01: after everything in the corpus.</summary>
    public const long NowMs = 1_893_456_000_000;

    private static readonly string[] Folders =
        ["gs1-epcis/JSON", "gs1-epcis/JSON-Schema/test", "openepcis-test-resources/2.0", "event-hash/examples", "fsma204"];

    /// <summary>
    /// Those that are refused, each with its reason. "schema" is also the verdict of the GS1 JSON schema; "GS1" and "JSON"
    /// are rules that the schema cannot express.
    /// </summary>
    public static IReadOnlyDictionary<string, (string Reason, string Code, string Pointer)> Refused { get; } =
        new Dictionary<string, (string, string, string)>(StringComparer.Ordinal)
        {
            ["AssociationEvent-h.jsonld"] =
                ("JSON: eventID twice", EpcisErrorCodes.DuplicateName, "/epcisBody/eventList/0/eventID"),
            ["Capture/Documents/Combination_of_different_event.json"] =
                ("GS1: GRAI check digit", EpcisErrorCodes.InvalidIdentifier, "/epcisBody/eventList/0/epcList/0"),
            ["Query/Combination_of_different_event.json"] =
                ("GS1: GRAI check digit", EpcisErrorCodes.InvalidIdentifier,
                    "/epcisBody/queryResults/resultsBody/eventList/0/epcList/0"),
            ["Query/queryDocument.json"] =
                ("GS1: GRAI check digit", EpcisErrorCodes.InvalidIdentifier,
                    "/epcisBody/queryResults/resultsBody/eventList/0/epcList/0"),
            ["Capture/Documents/TransactionEvent_with_userExtensions.json"] =
                ("schema: measurement type", EpcisErrorCodes.UnknownVocabulary,
                    "/epcisBody/eventList/0/sensorElementList/0/sensorReport/0/type"),
            ["Query/TransactionEvent_with_userExtensions.json"] =
                ("schema: measurement type", EpcisErrorCodes.UnknownVocabulary,
                    "/epcisBody/queryResults/resultsBody/eventList/0/sensorElementList/0/sensorReport/0/type"),
            ["Capture/Documents/SensorData_with_combined_events.json"] =
                ("schema: measurement type", EpcisErrorCodes.UnknownVocabulary,
                    "/epcisBody/eventList/7/sensorElementList/0/sensorReport/1/type"),
            ["Query/SensorData_with_combined_events.json"] =
                ("schema: measurement type", EpcisErrorCodes.UnknownVocabulary,
                    "/epcisBody/queryResults/resultsBody/eventList/7/sensorElementList/0/sensorReport/1/type"),
            ["schemas/sch1.json"] = ("a schema, not a document", EpcisErrorCodes.MissingField, "/type"),
            ["schemas/sch2.json"] = ("a schema, not a document", EpcisErrorCodes.MissingField, "/type"),
            ["FSMA-1-Harvesting-Event-Schema.json"] = ("a schema, not a document", EpcisErrorCodes.MissingField, "/type"),
            ["Queries/SimpleEventQuery.json"] = ("a query, not a document", EpcisErrorCodes.MissingField, "/type"),
        };

    public static IEnumerable<string> Files() => Folders
        .Select(folder => Path.Combine(IdentifierVectors.Root, "epcis", folder))
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json*", SearchOption.AllDirectories))
        .Order(StringComparer.Ordinal);

    public static bool IsRefused(string file, out (string Reason, string Code, string Pointer) why)
    {
        var path = file.Replace('\\', '/');
        why = Refused.FirstOrDefault(entry => path.EndsWith("/" + entry.Key, StringComparison.Ordinal)).Value;
        return why.Reason is not null;
    }

    /// <summary>Every event of every accepted file.</summary>
    public static IReadOnlyList<EpcisEvent> Events() =>
    [
        .. Files().Where(file => !IsRefused(file, out _))
            .SelectMany(file => Parse(File.ReadAllBytes(file)).Document!.Events),
    ];

    public static ParseResult Parse(byte[] utf8) => EpcisDocumentParser.Parse(utf8, ParseLimits.Default, NowMs);
}
