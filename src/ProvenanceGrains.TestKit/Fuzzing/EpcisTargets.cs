using System.Buffers;
using System.Text.Json;
using ProvenanceGrains.Domain.Lots;
using ProvenanceGrains.Domain.Parties;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.Query.Stories;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>EPCIS documents, identifiers, and the parameters of queries.</summary>
internal static class EpcisTargets
{
    private const long NowMs = 1_790_000_000_000;

    private const string Event = """
        {"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"https://example.org/ns/"}],"type":"ObjectEvent",
        "eventTime":"2026-01-02T03:04:05.678+02:00","eventTimeZoneOffset":"+02:00","epcList":["urn:epc:id:sgtin:9506000.113435.17","https://id.gs1.org/01/09506000134352/21/18"],
        "quantityList":[{"epcClass":"urn:epc:class:lgtin:9506000.013435.L1","quantity":12.5,"uom":"KGM"}],"action":"ADD","bizStep":"commissioning","disposition":"active",
        "readPoint":{"id":"urn:epc:id:sgln:9506000.00000.0"},"ex:note":{"a":[1,2,{"b":null}]},"ilmd":{"ex:best":"2027-01-01"},
        "sensorElementList":[{"sensorMetadata":{"time":"2026-01-02T03:04:05Z"},"sensorReport":[{"type":"Temperature","value":4.2,"uom":"CEL"}]}]}
        """;

    public static IEnumerable<FuzzTarget> All(FuzzCorpus corpus)
    {
        byte[][] documents =
        [
            .. FuzzTarget.Texts(
                Event,
                """{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":["""
                    + Event + "," + Event + "]}}"),
            .. corpus.Files("epcis/gs1-epcis/JSON", ".json", ".jsonld"), .. corpus.Files("epcis/event-hash", ".jsonld"),
            .. corpus.Files("epcis/fsma204", "URN.json"), .. corpus.Files("epcis/openepcis-test-resources", ".json", ".jsonld"),
        ];
        yield return new FuzzTarget("epcis", FuzzShape.Json, documents, RunDocument) { AllocationFactor = 600, AllocationBase = 4 << 20 };
        yield return new FuzzTarget("stored-event", FuzzShape.Json, FuzzTarget.Texts(Event, Event.Replace("\"action\"", "\"eventID\":\"urn:uuid:0b1c2d3e-0000-4000-8000-000000000001\",\"recordTime\":\"2026-01-01T00:00:00Z\",\"action\"", StringComparison.Ordinal), """{"recordTime":"x","eventID":"urn:uuid:1"}"""), RunStored) { AllocationFactor = 128 };
        yield return new FuzzTarget(
            "canonical-json", FuzzShape.Json, [.. FuzzTarget.Texts(Event, "{\"b\":1e21,\"a\":[-0.0,\"\\u20ac\"]}"), .. corpus.Files("tlog/jcs/input", ".json")], RunCanonical)
        {
            AllocationFactor = 256,
        };
        byte[][] identifiers =
        [
            .. FuzzTarget.Texts(
                "urn:epc:id:sgtin:9506000.113435.17", "urn:epc:class:lgtin:9506000.013435.L1", "urn:epc:idpat:sgtin:9506000.113435.*",
                "https://id.gs1.org/01/09506000134352/10/L1/21/17?17=270101&3103=001234", "https://example.org/a/8003/09506000134352/8004/95060001", "01/09506000134352/10/L%2F1",
                "/01/09506000134352", "https://example.com/things/1", "(01)09506000134352(10)L1"),
            .. corpus.Texts("epcis/epc", "epcis/digital-link", "epcis/event-hash", "epcis/resolver"),
        ];
        yield return new FuzzTarget("epc", FuzzShape.Text, identifiers, RunEpc) { MaxBytes = 5_000 };
        yield return new FuzzTarget("digital-link", FuzzShape.Text, identifiers, RunLink) { MaxBytes = 5_000 };
        yield return new FuzzTarget(
            "query",
            FuzzShape.Lines,
            FuzzTarget.Texts(
                "eventType=ObjectEvent|AggregationEvent\nGE_eventTime=2026-01-01T00:00:00Z\nLT_recordTime=2026-01-01T00:00:00.1234567+02:00\nperPage=30",
                "MATCH_anyEPC=urn:epc:id:sgtin:9506000.113435.17|https://id.gs1.org/01/09506000134352/21/18\nEQ_bizStep=shipping|urn:epcglobal:cbv:bizstep:packing\nEQ_action=ADD",
                "MATCH_epcClass=urn:epc:idpat:sgtin:9506000.113435.*\nEQ_readPoint=urn:epc:id:sgln:9506000.00000.0\nEQ_disposition=in_transit\nEQ_eventID=urn:uuid:1",
                "nextPageToken=AQAAAAAAAAAFAAAAAAAAAAoAAAAAAAAAAAAAAAA"),
            RunQuery)
        {
            AllocationFactor = 256,
        };
    }

    private static bool RunDocument(byte[] input)
    {
        var result = EpcisDocumentParser.Parse(input, ParseLimits.Default, NowMs);
        FuzzOracle.Require(result.Document is not null || result.ErrorCount > 0, "Refused without a reason.");
        FuzzOracle.Require(result.Errors.All(error => error.Message.Length > 0 && error.Code.Length > 0), "An error that says nothing.");
        foreach (var one in (result.Document?.Events ?? []).Take(4))
        {
            Check(one);
        }

        return result.IsValid;
    }

    /// <summary>What capture does with an event, and that it can be read back as the same one.</summary>
    private static void Check(EpcisEvent one)
    {
        var id = EventIdentity.Of(one);
        EventIdentity.ClaimOf(one);
        EventHash.Compute(one);
        EventParticipants.Of(one, "party");
        GlnScope.FieldOutside(one, ["9506000"]);
        var stored = one.ToStoredContent(id);
        FuzzOracle.Require(EpcisDocumentParser.TryParseStored(stored, out var again, out var error), $"Stored content is refused: {error}.");
        FuzzOracle.SameBytes(stored, again!.ToStoredContent(id));
        FuzzOracle.SameText(id, EventIdentity.Of(again));
        FuzzOracle.Require(ContentDigest.Of(one).AsSpan().SequenceEqual(ContentDigest.Of(again)), "Stored content has another digest.");
        FuzzOracle.SameText(EventHash.Compute(one), EventHash.Compute(again));
        EventProjection.Of(again, id);
        var written = new ArrayBufferWriter<byte>();
        EpcisWriter.WriteDocument(written, [new RecordedEvent(stored, NowMs)], NowMs);
        var document = EpcisDocumentParser.Parse(written.WrittenMemory, ParseLimits.Stored, NowMs);
        FuzzOracle.Require(document.IsValid, $"A written document is refused: {string.Join(' ', document.Errors)}.");
        RunStored(stored);
    }

    private static bool RunStored(byte[] input)
    {
        var accepted = EpcisDocumentParser.TryParseStored(input, out _, out var error);
        FuzzOracle.Answer(accepted, error?.ToString());
        StoredEvent.ReadEventId(input);
        try
        {
            var written = new ArrayBufferWriter<byte>();
            StoredEvent.WriteWithRecordTime(written, input, NowMs);
            if (accepted)
            {
                using var json = JsonDocument.Parse(written.WrittenMemory, new JsonDocumentOptions { MaxDepth = StoredEvent.MaxDepth });
                FuzzOracle.Require(json.RootElement.EnumerateObject().Count(member => member.NameEquals("recordTime")) == 1, "Not one record time.");
            }
        }
        catch (InvalidDataException) when (!accepted)
        {
            // Documented: this is no JSON object.
        }

        return accepted;
    }

    private static bool RunCanonical(byte[] input)
    {
        try
        {
            FuzzOracle.Settles(CanonicalJson.Canonicalize(input), written => CanonicalJson.Canonicalize(written));
            return true;
        }
        catch (JsonException)
        {
            // Documented.
            return false;
        }
    }

    private static bool RunEpc(byte[] input)
    {
        var text = FuzzOracle.Text(input);
        var accepted = FuzzOracle.Answer(Epc.TryParse(text, out var epc, out var error), error);
        if (accepted)
        {
            FuzzOracle.SameText(text, epc.Original);
            FuzzOracle.Require(epc.CanonicalKey.Length is > 0 and <= Epc.MaxLength, $"A key of {epc.CanonicalKey.Length} characters.");
            FuzzOracle.Require(Epc.TryParse(epc.CanonicalUri, out var again, out error), $"The canonical URI {epc.CanonicalUri} is refused: {error}.");
            FuzzOracle.SameText(epc.CanonicalKey, again.CanonicalKey);
            if (epc.ToUrnOrNull(null) is { } urn)
            {
                FuzzOracle.Require(Epc.TryParse(urn, out again, out error), $"The URN {urn} is refused: {error}.");
                FuzzOracle.SameText(epc.CanonicalKey, again.CanonicalKey);
            }

            epc.ToUrnOrNull(6);
        }

        FuzzOracle.Answer(Epc.TryCanonicalizeUnverified(text, out _, out error), error);
        return accepted;
    }

    private static bool RunLink(byte[] input)
    {
        var text = FuzzOracle.Text(input);
        var accepted = FuzzOracle.Answer(DigitalLink.TryParse(text, DigitalLinkOptions.None, out var link, out var error), error);
        if (link is not null)
        {
            FuzzOracle.Require(
                DigitalLink.TryParse(link.CanonicalUri, DigitalLinkOptions.None, out var again, out error), $"The canonical URI {link.CanonicalUri} is refused: {error}.");
            FuzzOracle.SameText(link.CanonicalUri, again!.CanonicalUri);
            FuzzOracle.SameText(link.CanonicalKey, again.CanonicalKey);
            link.ToElementString('^');
            link.ToBracketedElementString();
        }

        FuzzOracle.Answer(
            DigitalLink.TryParse(text, DigitalLinkOptions.AllowShortNames | DigitalLinkOptions.AllowShortGtin | DigitalLinkOptions.IgnoreCheckDigits, out _, out error), error);
        FuzzOracle.Answer(DigitalLinkPath.TryParse(text, out _, out error), error);
        var isKey = KeyPaths.TryReadLotKey(text, out _, out error);
        FuzzOracle.Require(isKey || !string.IsNullOrEmpty(error), "Refused without a reason.");
        return accepted;
    }

    private static bool RunQuery(byte[] input)
    {
        var parameters = FuzzOracle.Text(input).Split('\n').Take(40).Select(line => line.Split('=', 2)).Select(parts => KeyValuePair.Create(parts[0], parts.Length > 1 ? parts[1] : ""));
        var accepted = EventQueryParser.TryParse(parameters, out _, out var error);
        return FuzzOracle.Answer(accepted, error?.ToString());
    }
}
