using ProvenanceGrains.Domain.Lots;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Epcis.Tests.Documents;
using ProvenanceGrains.Epcis.Tests.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Lots;

public sealed class EventParticipantsTests
{
    private const string Item = "01/04012345100006/21/1";

    [Fact]
    public void Every_object_takes_part_in_its_role()
    {
        Assert.Equal([new Participant("lot", Item, "epc")], Of(SampleEvents.ObjectEvent));
        Assert.Equal(
            [new Participant("lot", "00/040123450000000016", "parent"), new Participant("lot", Item, "child")],
            Of(SampleEvents.AggregationEvent));
        Assert.Equal(
            [new Participant("lot", "01/04012345123456/10/A", "input"), new Participant("lot", Item, "output")],
            Of(SampleEvents.TransformationEvent));
    }

    [Fact]
    public void An_object_has_each_of_its_roles_once_whatever_its_spelling()
    {
        var found = Of(SampleEvents.TransformationEvent.Replace(
            "\"outputEPCList\":[",
            $"\"inputEPCList\":[\"https://example.com/{Item}\"],\"outputEPCList\":[\"https://example.com/{Item}\",",
            StringComparison.Ordinal));
        Assert.Equal(["input", "output"], found.Where(static p => p.Key == Item).Select(static p => p.Role));
        Assert.Equal(3, found.Count);
    }

    [Fact]
    public void Long_lists_name_each_object_once_like_short_ones()
    {
        var many = string.Join(',', Enumerable.Range(0, 50).Select(static i => $"\"urn:epc:id:sgtin:4012345.010000.{i % 20}\""));
        var found = Of(SampleEvents.TransactionEvent.Replace("\"urn:epc:id:sgtin:4012345.010000.1\"", many, StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"01/04012345100006/21/{i}"), found.Select(static p => p.Key));
    }

    [Fact]
    public void An_event_of_no_object_is_about_its_place_or_else_its_reporter()
    {
        Assert.Equal([new Participant("place", "414/4012345100006", "place")], Of(SampleEvents.SensorEvent));
        var placeless = SampleEvents.ObjectEvent
            .Replace("[\"urn:epc:id:sgtin:4012345.010000.1\"]", "[]", StringComparison.Ordinal)
            .Replace("\"readPoint\":{\"id\":\"urn:epc:id:sgln:4012345.10000.0\"},", "", StringComparison.Ordinal);
        Assert.Equal([new Participant("reporter", "417/4012345000009", "reporter")], Of(placeless));
    }

    [IdentifierVectorFact]
    public void Participants_and_projection_of_stored_content_are_those_of_the_event()
    {
        foreach (var original in Corpus.Events())
        {
            var identity = EventIdentity.Of(original);
            var content = original.ToStoredContent(identity);
            Assert.Equal(EventProjection.Of(original, identity), EventProjection.OfStored(content));
            Assert.True(EpcisDocumentParser.TryParseStored(content, out var stored, out _));
            var participants = EventParticipants.Of(original, "reporter");
            Assert.NotEmpty(participants);
            Assert.Equal(participants, EventParticipants.Of(stored, "reporter"));
            Assert.Equal(participants.Count, participants.Distinct().Count());
        }
    }

    [Fact]
    public void What_is_no_event_has_no_projection() => Assert.Null(EventProjection.OfStored("{}"u8.ToArray()));

    private static IReadOnlyList<Participant> Of(string json) =>
        EventParticipants.Of(SampleEvents.Event(json), "417/4012345000009");
}
