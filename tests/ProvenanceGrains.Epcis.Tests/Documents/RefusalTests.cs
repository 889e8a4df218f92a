using ProvenanceGrains.Epcis.Documents;

namespace ProvenanceGrains.Epcis.Tests.Documents;

public sealed class RefusalTests
{
    private static readonly Dictionary<string, string> Events = new(StringComparer.Ordinal)
    {
        ["object"] = SampleEvents.ObjectEvent,
        ["aggregation"] = SampleEvents.AggregationEvent,
        ["association"] = SampleEvents.AssociationEvent,
        ["transaction"] = SampleEvents.TransactionEvent,
        ["transformation"] = SampleEvents.TransformationEvent,
        ["sensor"] = SampleEvents.SensorEvent,
    };

    [Fact]
    public void The_samples_are_sound()
    {
        var result = SampleEvents.Parse(SampleEvents.Document([.. Events.Values]));
        Assert.True(result.IsValid, string.Join("; ", result.Errors));
        Assert.Equal(Events.Count, result.Document.Events.Count);
        Assert.All(Events.Values, static json => SampleEvents.Event(json));
    }

    [Theory]
    [InlineData("object", "\"type\":\"ObjectEvent\",", "", "missing-field", "/type")]
    [InlineData("object", "ObjectEvent", "SubjectEvent", "unknown-event-type", "/type")]
    [InlineData("object", "\"type\":\"ObjectEvent\"", "\"type\":7", "wrong-type", "/type")]
    [InlineData("object", "\"eventTime\":\"2025-01-01T06:00:00.000Z\",", "", "missing-field", "/eventTime")]
    [InlineData("object", "06:00:00.000Z", "06:00:00.000", "invalid-value", "/eventTime")]
    [InlineData("object", "2025-01-01T", "2025-02-30T", "invalid-value", "/eventTime")]
    [InlineData("object", "2025-01-01T", "2030-01-03T", "future-time", "/eventTime")]
    [InlineData("object", "+02:00", "+14:30", "invalid-value", "/eventTimeZoneOffset")]
    [InlineData("object", "+02:00", "2:00", "invalid-value", "/eventTimeZoneOffset")]
    [InlineData("object", "\"action\":\"OBSERVE\",", "", "missing-field", "/action")]
    [InlineData("object", "OBSERVE", "LOOK", "invalid-value", "/action")]
    [InlineData("object", "\"shipping\"", "\"ship\"", "unknown-vocabulary", "/bizStep")]
    [InlineData("object", "\"shipping\"", "\"urn:epcglobal:cbv:bizstep:ship\"", "unknown-vocabulary", "/bizStep")]
    [InlineData("object", "\"shipping\"", "\"https://ref.gs1.org/cbv/BizStep-ship\"", "unknown-vocabulary", "/bizStep")]
    [InlineData("object", "\"in_transit\"", "\"shipping\"", "unknown-vocabulary", "/disposition")]
    [InlineData("object", "\"in_transit\"", "[\"in_transit\"]", "wrong-type", "/disposition")]
    [InlineData("object", "[\"urn:epc:id:sgtin:4012345.010000.1\"]", "\"urn:a:b\"", "wrong-type", "/epcList")]
    [InlineData("object", "urn:epc:id:sgtin:4012345.010000.1", "no uri", "invalid-value", "/epcList/0")]
    [InlineData("object", "urn:epc:id:sgtin:4012345.010000.1", "https://id.gs1.org/01/04012345000013/21/1",
        "invalid-identifier", "/epcList/0")]
    [InlineData("object", "urn:epc:id:sgtin:4012345.010000.1", "urn:epc:id:sgtin:4012345.0.1",
        "invalid-identifier", "/epcList/0")]
    [InlineData("object", "1\"],", "1\",\"urn:epc:id:sgtin:4012345.010000.1\"],", "invalid-value", "/epcList/1")]
    [InlineData("object", "\"epcList\":[\"urn:epc:id:sgtin:4012345.010000.1\"],", "", "missing-field", "/epcList")]
    [InlineData("object", "\"readPoint\":{\"id\":", "\"readPoint\":{\"ex:id\":", "missing-field", "/readPoint/id")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"lot\":\"L1\"", "unknown-field", "/lot")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"parentID\":\"urn:a:b\"", "unknown-field", "/parentID")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"ilmd\":{\"ex:a\":1}", "invalid-value", "/ilmd")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"ex:lot\":\"L1\",\"ex:lot\":\"L1\"", "duplicate-name", "/ex:lot")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"ex:a\":{\"b\":[{\"c\":1,\"d\":2,\"c\":3}]}", "duplicate-name", "/ex:a/b/0/c")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"ex:a\":{\"b\":1,\"\\u0062\":2}", "duplicate-name", "/ex:a/b")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"action\":\"OBSERVE\"", "duplicate-name", "/action")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"ex:lot\":\"\\ud800\"", "encoding", "/ex:lot")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"eventID\":\"abc\"", "invalid-value", "/eventID")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"certificationInfo\":[\"urn:a:b\",\"x\"]", "invalid-value",
        "/certificationInfo/1")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"persistentDisposition\":{}", "missing-field", "/persistentDisposition/set")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"persistentDisposition\":{\"set\":[]}", "invalid-value",
        "/persistentDisposition/set")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"persistentDisposition\":{\"unset\":[\"recalled\",\"urn:epcglobal:cbv:disp:recalled\"]}",
        "invalid-value", "/persistentDisposition/unset/1")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"persistentDisposition\":{\"set\":[\"recalled\"],\"ex:a\":1}", "unknown-field",
        "/persistentDisposition/ex:a")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"errorDeclaration\":{\"reason\":\"incorrect_data\"}", "missing-field",
        "/errorDeclaration/declarationTime")]
    [InlineData("object", "\"ex:lot\":\"L1\"",
        "\"errorDeclaration\":{\"declarationTime\":\"2025-01-01T06:00:00Z\",\"reason\":\"oops\"}", "unknown-vocabulary",
        "/errorDeclaration/reason")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"quantityList\":[{\"epcClass\":\"urn:a:b\",\"ex:a\":1}]", "unknown-field",
        "/quantityList/0/ex:a")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"quantityList\":[{\"quantity\":1}]", "missing-field", "/quantityList/0/epcClass")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"quantityList\":[{\"epcClass\":\"urn:a:b\",\"quantity\":1e999}]", "invalid-value",
        "/quantityList/0/quantity")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"sourceList\":[{\"source\":\"urn:a:b\"}]", "missing-field", "/sourceList/0/type")]
    [InlineData("object", "\"ex:lot\":\"L1\"", "\"destinationList\":[{\"type\":\"owner\",\"destination\":\"urn:a:b\"}]",
        "unknown-vocabulary", "/destinationList/0/type")]
    [InlineData("aggregation", "\"childEPCs\":[\"urn:epc:id:sgtin:4012345.010000.1\"],", "", "missing-field", "/childEPCs")]
    [InlineData("aggregation", "[\"urn:epc:id:sgtin:4012345.010000.1\"]", "[]", "missing-field", "/childEPCs")]
    [InlineData("association", "\"parentID\":\"urn:epc:id:sscc:4012345.0000000001\",", "", "missing-field", "/parentID")]
    [InlineData("transaction", "[{\"type\":\"po\",\"bizTransaction\":\"urn:example:po:1\"}]", "[]", "missing-field",
        "/bizTransactionList")]
    [InlineData("transaction", "\"po\"", "\"order\"", "unknown-vocabulary", "/bizTransactionList/0/type")]
    [InlineData("transaction", "\"epcList\":[\"urn:epc:id:sgtin:4012345.010000.1\"],", "", "missing-field", "/epcList")]
    [InlineData("transformation", "\"outputEPCList\":[\"urn:epc:id:sgtin:4012345.010000.1\"],", "", "missing-field",
        "/outputEPCList")]
    [InlineData("transformation", "\"ilmd\":", "\"action\":\"ADD\",\"ilmd\":", "unknown-field", "/action")]
    [InlineData("transformation", "ex:grade", "grade", "unknown-field", "/ilmd/grade")]
    [InlineData("transformation", "KGM", "kilo", "invalid-value", "/inputQuantityList/0/uom")]
    [InlineData("transformation", "2.5", "\"2.5\"", "wrong-type", "/inputQuantityList/0/quantity")]
    [InlineData("sensor", "\"readPoint\":{\"id\":\"urn:epc:id:sgln:4012345.10000.0\"},", "", "missing-field", "/epcList")]
    [InlineData("sensor", "\"Temperature\"", "\"Warmth\"", "unknown-vocabulary", "/sensorElementList/0/sensorReport/0/type")]
    [InlineData("sensor", "\"ALARM_CONDITION\"", "\"PANIC\"", "unknown-vocabulary",
        "/sensorElementList/0/sensorReport/0/exception")]
    [InlineData("sensor", "\"component\":\"x\"", "\"component\":\"w\"", "unknown-vocabulary",
        "/sensorElementList/0/sensorReport/0/component")]
    [InlineData("sensor", "\"f0\"", "\"g0\"", "invalid-value", "/sensorElementList/0/sensorReport/0/hexBinaryValue")]
    [InlineData("sensor", "true", "\"true\"", "wrong-type", "/sensorElementList/0/sensorReport/0/booleanValue")]
    [InlineData("sensor", "3.5", "\"3.5\"", "wrong-type", "/sensorElementList/0/sensorReport/0/value")]
    [InlineData("sensor", "\"time\":\"2025-01-01T05:00:00Z\"", "\"time\":\"today\"", "invalid-value",
        "/sensorElementList/0/sensorMetadata/time")]
    [InlineData("sensor", "\"ex:a\":1", "\"a\":1", "unknown-field", "/sensorElementList/0/sensorMetadata/a")]
    public void One_change_is_refused_at_its_field(
        string name, string before, string after, string code, string pointer)
    {
        var source = Events[name];
        Assert.Contains(before, source, StringComparison.Ordinal);
        var changed = source.Replace(before, after, StringComparison.Ordinal);

        var inDocument = SampleEvents.Parse(SampleEvents.Document(SampleEvents.ObjectEvent, changed));
        var error = inDocument.Errors[0];
        Assert.Equal((code, "/epcisBody/eventList/1" + pointer), (error.Code, error.JsonPointer));
        Assert.Equal(1, error.EventIndex);
        Assert.False(inDocument.IsValid);
        Assert.Equal(0, Assert.Single(inDocument.Document!.Events).Index);

        var bare = SampleEvents.Parse(SampleEvents.Bare(changed));
        Assert.False(bare.IsValid);
        if (pointer != "/type" || code != "missing-field")
        {
            Assert.Contains(bare.Errors, e => e.Code == code && e.JsonPointer == pointer);
        }
    }

    [Theory]
    [InlineData("\"schemaVersion\":\"2.0\",", "", "missing-field", "/schemaVersion")]
    [InlineData("\"2.0\"", "\"two\"", "invalid-value", "/schemaVersion")]
    [InlineData("2025-06-01T08:00:00.000Z", "2025-06-01", "invalid-value", "/creationDate")]
    [InlineData("\"eventList\":", "\"events\":", "missing-field", "/epcisBody/eventList")]
    [InlineData("\"schemaVersion\"", "\"version\":1,\"schemaVersion\"", "unknown-field", "/version")]
    [InlineData("\"schemaVersion\"", "\"id\":\"x\",\"schemaVersion\"", "invalid-value", "/id")]
    [InlineData("\"schemaVersion\"", "\"sender\":1,\"schemaVersion\"", "wrong-type", "/sender")]
    [InlineData("\"schemaVersion\"", "\"type\":\"EPCISDocument\",\"schemaVersion\"", "duplicate-name", "/type")]
    [InlineData("\"schemaVersion\"", "\"epcisHeader\":{\"epcisMasterData\":{\"vocabularyList\":[{}]}},\"schemaVersion\"",
        "missing-field", "/epcisHeader/epcisMasterData/vocabularyList/0/type")]
    [InlineData("https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "https://example.org/", "invalid-value",
        "/@context")]
    [InlineData("{\"ex\":\"https://ns.example.com/\"}", "7", "invalid-value", "/@context")]
    [InlineData("{\"ex\":\"https://ns.example.com/\"}", "{\"ex\":\"urn:a:\",\"ex\":\"urn:a:\"}", "duplicate-name", "/@context/1/ex")]
    [InlineData("\"type\":\"EPCISDocument\"", "\"type\":\"EPCISMasterDataDocument\"", "unknown-event-type", "/type")]
    [InlineData("\"type\":\"EPCISDocument\",", "", "missing-field", "/type")]
    public void A_wrong_frame_refuses_the_document(string before, string after, string code, string pointer)
    {
        var document = SampleEvents.Document(SampleEvents.ObjectEvent);
        Assert.Contains(before, document, StringComparison.Ordinal);
        var at = document.IndexOf(before, StringComparison.Ordinal);
        var result = SampleEvents.Parse(document[..at] + after + document[(at + before.Length)..]);
        Assert.False(result.IsValid);
        Assert.Contains(result.Errors, e => e.Code == code && e.JsonPointer == pointer);
    }

    [Theory]
    [InlineData("", EpcisErrorCodes.MalformedJson)]
    [InlineData("[]", EpcisErrorCodes.WrongType)]
    [InlineData("7", EpcisErrorCodes.WrongType)]
    [InlineData("{", EpcisErrorCodes.MalformedJson)]
    [InlineData("{\"type\":\"EPCISDocument\",}", EpcisErrorCodes.MalformedJson)]
    [InlineData("{/*c*/}", EpcisErrorCodes.MalformedJson)]
    [InlineData("{\"type\":'EPCISDocument'}", EpcisErrorCodes.MalformedJson)]
    [InlineData("\uFEFF{}", EpcisErrorCodes.Encoding)]
    public void What_is_no_JSON_object_is_refused(string text, string code)
    {
        var result = SampleEvents.Parse(text);
        Assert.Null(result.Document);
        Assert.Equal(code, Assert.Single(result.Errors).Code);
    }

    [Theory]
    [InlineData("{\"type\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"EPCISDocument\\udc00\"}")]
    [InlineData("{\"\\ud800\":1,\"type\":\"ObjectEvent\"}")]
    [InlineData("{\"type\":\"EPCISDocument\",\"@context\\ud800\":[]}")]
    public void Half_a_surrogate_pair_before_the_kind_is_known_is_refused(string text)
    {
        var result = SampleEvents.Parse(text);
        Assert.False(result.IsValid);
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public void Anything_after_the_document_is_refused()
    {
        Assert.True(SampleEvents.Parse(SampleEvents.Document(SampleEvents.ObjectEvent) + " \r\n\t").IsValid);
        var result = SampleEvents.Parse(SampleEvents.Document(SampleEvents.ObjectEvent) + "{}");
        Assert.Null(result.Document);
        Assert.Equal(EpcisErrorCodes.MalformedJson, Assert.Single(result.Errors).Code);
    }

    [Fact]
    public void A_document_cut_off_anywhere_is_refused()
    {
        var whole = SampleEvents.Document(SampleEvents.ObjectEvent, SampleEvents.SensorEvent).TrimEnd();
        for (var length = 0; length < whole.Length; length++)
        {
            var result = SampleEvents.Parse(whole[..length]);
            Assert.Null(result.Document);
            Assert.NotEmpty(result.Errors);
        }
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        var bytes = System.Text.Encoding.Latin1.GetBytes(
            SampleEvents.Document(SampleEvents.ObjectEvent.Replace("L1", "\u00e9", StringComparison.Ordinal)));
        var result = Corpus.Parse(bytes);
        Assert.Null(result.Document);
        Assert.Equal(EpcisErrorCodes.Encoding, Assert.Single(result.Errors).Code);
    }

    [Fact]
    public void With_errors_in_some_events_the_others_remain()
    {
        var wrong = SampleEvents.ObjectEvent.Replace("shipping", "sailing", StringComparison.Ordinal);
        var result = SampleEvents.Parse(SampleEvents.Document(wrong, SampleEvents.ObjectEvent, wrong, SampleEvents.SensorEvent));
        Assert.False(result.IsValid);
        Assert.Equal(4, result.Document!.EventCount);
        Assert.Equal([1, 3], result.Document.Events.Select(static e => e.Index));
        Assert.Equal([0, 2], result.Errors.Select(static e => e.EventIndex!.Value));
    }

    [Fact]
    public void Errors_are_counted_beyond_those_that_are_listed()
    {
        var wrong = SampleEvents.ObjectEvent.Replace("shipping", "sailing", StringComparison.Ordinal);
        var result = SampleEvents.Parse(
            SampleEvents.Document([.. Enumerable.Repeat(wrong, 7)]), ParseLimits.Default with { MaxErrors = 3 });
        Assert.Equal(3, result.Errors.Count);
        Assert.Equal(7, result.ErrorCount);
        Assert.Empty(result.Document!.Events);
    }
}
