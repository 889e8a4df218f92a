using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Epcis.Tests.Documents;

namespace ProvenanceGrains.Epcis.Tests.Hashing;

public sealed class ContentDigestTests
{
    private static readonly EpcisEvent Original = SampleEvents.Event(SampleEvents.ObjectEvent);

    [Fact]
    public void White_space_order_escapes_prefixes_and_record_time_do_not_matter()
    {
        const string Same =
            """
            { "@context": ["https://gs1.github.io/EPCIS/epcis-context.jsonld", {"other": "https://ns.example.com/"}],
              "other:lot": "\u004c1", "recordTime": "2025-01-02T00:00:00Z", "eventID": "urn:uuid:1",
              "readPoint": {"id": "urn:epc:id:sgln:4012345.10000.0"}, "disposition": "in_transit", "bizStep": "shipping",
              "action": "OBSERVE", "epcList": ["urn:epc:id:sgtin:4012345.010000.1"], "eventTimeZoneOffset": "+02:00",
              "eventTime": "2025-01-01T06:00:00.000Z", "type": "ObjectEvent" }
            """;
        var result = SampleEvents.Parse(Same);
        Assert.True(result.IsValid, string.Join("; ", result.Errors));
        var same = result.Document.Events[0];
        Assert.Equal(ContentDigest.Of(Original), ContentDigest.Of(same));
        Assert.Equal(EventHash.Compute(Original), EventHash.Compute(same));
    }

    [Theory]
    [InlineData("OBSERVE", "DELETE")]
    [InlineData("shipping", "receiving")]
    [InlineData("\"L1\"", "\"L2\"")]
    [InlineData("\"L1\"", "{\"a\":\"L1\"}")]
    [InlineData("\"L1\"", "12345678901234567890")]
    [InlineData("ex:lot", "ex:lots")]
    [InlineData("06:00:00.000Z", "06:00:00.001Z")]
    public void Any_other_difference_matters(string before, string after)
    {
        var other = SampleEvents.Event(SampleEvents.ObjectEvent.Replace(before, after, StringComparison.Ordinal));
        Assert.NotEqual(ContentDigest.Of(Original), ContentDigest.Of(other));
        Assert.NotEqual(EventHash.Compute(Original), EventHash.Compute(other));
    }

    [Fact]
    public void Long_numbers_that_one_double_stands_for_are_told_apart()
    {
        var a = SampleEvents.Event(SampleEvents.ObjectEvent.Replace("\"L1\"", "12345678901234567890", StringComparison.Ordinal));
        var b = SampleEvents.Event(SampleEvents.ObjectEvent.Replace("\"L1\"", "12345678901234567891", StringComparison.Ordinal));
        Assert.NotEqual(ContentDigest.Of(a), ContentDigest.Of(b));
    }

    [Fact]
    public void Stored_content_has_the_digest_of_its_event()
    {
        var content = Original.ToStoredContent(EventIdentity.Of(Original));
        Assert.Equal(ContentDigest.Of(Original), ContentDigest.OfStored(content));
        Assert.Null(ContentDigest.OfStored("{}"u8.ToArray()));
    }

    [Fact]
    public void An_event_is_known_by_its_id_or_by_its_hash()
    {
        Assert.Equal(EventHash.Compute(Original), EventIdentity.Of(Original));
        var named = SampleEvents.Event(SampleEvents.ObjectEvent.Replace(
            "\"ex:lot\"", "\"eventID\":\"urn:uuid:7\",\"ex:lot\"", StringComparison.Ordinal));
        Assert.Equal("urn:uuid:7", EventIdentity.Of(named));
        Assert.Equal("urn:uuid:7", EventIdentity.ClaimOf(named));
    }

    [Fact]
    public void The_declaration_of_an_error_shares_the_identity_but_not_the_claim()
    {
        var declared = SampleEvents.Event(SampleEvents.ObjectEvent.Replace(
            "\"ex:lot\"", "\"errorDeclaration\":{\"declarationTime\":\"2025-01-02T00:00:00Z\"},\"ex:lot\"",
            StringComparison.Ordinal));
        Assert.Equal(EventIdentity.Of(Original), EventIdentity.Of(declared));
        Assert.NotEqual(EventIdentity.ClaimOf(Original), EventIdentity.ClaimOf(declared));
        Assert.NotEqual(ContentDigest.Of(Original), ContentDigest.Of(declared));
    }

    [Theory]
    [InlineData("shipping", "urn:epcglobal:cbv:bizstep:shipping")]
    [InlineData("urn:epc:id:sgtin:4012345.010000.1", "https://example.com/01/04012345100006/21/1?x=y")]
    [InlineData("06:00:00.000Z", "08:00:00+02:00")]
    [InlineData("\"L1\"", "\" L1 \"")]
    public void The_event_hash_does_not_depend_on_the_spelling(string before, string after)
    {
        var other = SampleEvents.Event(SampleEvents.ObjectEvent.Replace(before, after, StringComparison.Ordinal));
        Assert.Equal(EventHash.PreHashString(Original), EventHash.PreHashString(other));
    }
}
