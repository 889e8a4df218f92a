using System.Buffers;
using System.Text.Json.Nodes;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Epcis.Tests.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Documents;

public sealed class CorpusTests
{
    [IdentifierVectorFact]
    public void Every_sound_document_is_accepted_and_every_other_refused_for_its_reason()
    {
        var failures = new List<string>();
        var accepted = 0;
        foreach (var file in Corpus.Files())
        {
            var result = Corpus.Parse(File.ReadAllBytes(file));
            if (Corpus.IsRefused(file, out var why))
            {
                var first = result.Errors.Count > 0 ? result.Errors[0] : null;
                if (result.IsValid || first?.Code != why.Code || first.JsonPointer != why.Pointer)
                {
                    failures.Add($"{file}: expected {why}, got {first}");
                }
            }
            else if (!result.IsValid)
            {
                failures.Add($"{file}: {string.Join("; ", result.Errors)}");
            }
            else
            {
                accepted++;
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(accepted > 0, "There is no document.");
    }

    [IdentifierVectorFact]
    public void Stored_content_stands_alone_and_keeps_everything()
    {
        foreach (var original in Corpus.Events())
        {
            var identity = EventIdentity.Of(original);
            var content = original.ToStoredContent(identity);
            Assert.True(EpcisDocumentParser.TryParseStored(content, out var stored, out var error), error?.ToString());
            AssertSame(original, stored);
            Assert.Equal(identity, stored.EventId);
            Assert.Equal(original.Context.Json.ToArray(), stored.Context.Json.ToArray());
            Assert.Equal(content, stored.ToStoredContent(identity));
            Assert.Equal(EventHash.PreHashString(original), EventHash.PreHashString(stored));
            Assert.True(JsonNode.DeepEquals(Members(original.Utf8), Members(content)), original.TypeName);
        }
    }

    [IdentifierVectorFact]
    public void A_written_document_says_what_the_read_one_said()
    {
        foreach (var file in Corpus.Files().Where(file => !Corpus.IsRefused(file, out _)))
        {
            var document = Corpus.Parse(File.ReadAllBytes(file)).Document!;
            var recorded = document.Events
                .Select(e => new RecordedEvent(e.ToStoredContent(EventIdentity.Of(e)), 1_700_000_000_000)).ToArray();
            var output = new ArrayBufferWriter<byte>();
            if (document.Kind == DocumentKind.QueryDocument)
            {
                EpcisWriter.WriteQueryDocument(output, recorded, Corpus.NowMs, "SimpleEventQuery", "sub \"1\"");
            }
            else
            {
                EpcisWriter.WriteDocument(output, recorded, Corpus.NowMs);
            }

            var result = Corpus.Parse(output.WrittenSpan.ToArray());
            Assert.True(result.IsValid, $"{file}: {string.Join("; ", result.Errors)}");
            Assert.Equal(document.Events.Count, result.Document.Events.Count);
            foreach (var (before, after) in document.Events.Zip(result.Document.Events))
            {
                AssertSame(before, after);
                Assert.Equal(1_700_000_000_000, after.RecordTimeMs);
                Assert.Equal(EventIdentity.Of(before), after.EventId);
                Assert.Equal(EventHash.PreHashString(before), EventHash.PreHashString(after));
                Assert.True(JsonNode.DeepEquals(Members(before.Utf8), Members(after.Utf8)), file);
            }
        }
    }

    [IdentifierVectorFact]
    public void A_written_event_is_a_bare_event_with_its_record_time()
    {
        foreach (var original in Corpus.Events())
        {
            var output = new ArrayBufferWriter<byte>();
            EpcisWriter.WriteEvent(output, new RecordedEvent(original.ToStoredContent(EventIdentity.Of(original)), 1));
            var result = Corpus.Parse(output.WrittenSpan.ToArray());
            Assert.True(result.IsValid, string.Join("; ", result.Errors));
            Assert.Equal(1, result.Document.Events[0].RecordTimeMs);
            AssertSame(original, result.Document.Events[0]);
        }
    }

    private static void AssertSame(EpcisEvent expected, EpcisEvent actual)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal(expected.TypeName, actual.TypeName);
        Assert.Equal(expected.EventTimeMs, actual.EventTimeMs);
        Assert.Equal(expected.TimeZoneOffset, actual.TimeZoneOffset);
        Assert.Equal(expected.Action, actual.Action);
        Assert.Equal(expected.BizStep, actual.BizStep);
        Assert.Equal(expected.Disposition, actual.Disposition);
        Assert.Equal(expected.ReadPoint, actual.ReadPoint);
        Assert.Equal(expected.BizLocation, actual.BizLocation);
        Assert.Equal(expected.Parent, actual.Parent);
        Assert.Equal(expected.Epcs, actual.Epcs);
        Assert.Equal(expected.Quantities, actual.Quantities);
        Assert.Equal(expected.ChildEpcs, actual.ChildEpcs);
        Assert.Equal(expected.ChildQuantities, actual.ChildQuantities);
        Assert.Equal(expected.InputEpcs, actual.InputEpcs);
        Assert.Equal(expected.InputQuantities, actual.InputQuantities);
        Assert.Equal(expected.OutputEpcs, actual.OutputEpcs);
        Assert.Equal(expected.OutputQuantities, actual.OutputQuantities);
        Assert.Equal(expected.TransformationId, actual.TransformationId);
        Assert.Equal(expected.BizTransactions, actual.BizTransactions);
        Assert.Equal(expected.Sources, actual.Sources);
        Assert.Equal(expected.Destinations, actual.Destinations);
        Assert.Equal(expected.IsErrorDeclaration, actual.IsErrorDeclaration);
        Assert.Equal(ContentDigest.Of(expected), ContentDigest.Of(actual));
    }

    /// <summary>All members but those that storing or writing adds.</summary>
    private static JsonObject Members(ReadOnlyMemory<byte> utf8)
    {
        var members = JsonNode.Parse(utf8.Span)!.AsObject();
        foreach (var name in (string[])["@context", "eventID", "recordTime"])
        {
            members.Remove(name);
        }

        return members;
    }
}
