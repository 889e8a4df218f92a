using System.Globalization;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Epcis.Samples;
using ProvenanceGrains.Query.Stories;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Api.Tests.Reading;

public sealed class ProductStoriesTests
{
    private const string Gtin = "01/09506000134352";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task The_sample_chain_tells_the_story_of_a_bar_from_the_farm_to_the_till()
    {
        var log = new SmallLog();
        var options = new SupplyChainOptions { Start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Bars = 24 };
        foreach (var document in SupplyChain.Generate(options))
        {
            await log.CaptureAsync(document.Json);
        }

        await log.SealAsync();
        foreach (var highlight in SupplyChain.Highlights(options))
        {
            var story = await StoryAsync(log, highlight.Path[1..]);
            Assert.Equal("provenancegrains-story/v1", story.GetProperty("format").GetString());
            Assert.Equal(highlight.Path[1..], story.GetProperty("entity").GetProperty("key").GetString());
            Assert.All(story.GetProperty("events").EnumerateArray(), e =>
            {
                Assert.Equal(JsonValueKind.Number, e.GetProperty("leafIndex").ValueKind);
                Assert.Equal(JsonValueKind.Object, e.GetProperty("event").ValueKind);
            });
        }

        var bar = await StoryAsync(log, SupplyChain.Highlights(options)[0].Path[1..]);
        Assert.Equal("item", bar.GetProperty("level").GetString());
        Assert.Equal("Dark chocolate 70 %, 100 g", bar.GetProperty("name").GetString());
        var origins = bar.GetProperty("origins").EnumerateArray().ToList();
        Assert.Contains(origins, o => o.GetProperty("name").GetString() == "Fresh cocoa beans" && o.GetProperty("depth").GetInt32() == 3);
        Assert.All(bar.GetProperty("places").EnumerateObject(), place =>
            Assert.Equal(JsonValueKind.Number, place.Value.GetProperty("latitude").ValueKind));
        Assert.Equal("retail_sold", bar.GetProperty("state").GetProperty("disposition").GetString());
    }

    [Theory]
    [InlineData("01/09506000134352/21/unknown")]
    [InlineData("01/09506000134352")]
    [InlineData("not an identifier")]
    [InlineData("")]
    public async Task What_was_never_recorded_has_no_story(string key)
    {
        var log = new SmallLog();
        await log.CaptureAsync(Event("ObjectEvent", """ "action": "ADD", "epcList": ["https://id.gs1.org/01/09506000134352/21/17"] """));
        Assert.Null(await log.Stories.ReadAsync(key, None));
    }

    [Fact]
    public async Task Identifiers_come_with_their_titles_and_without_their_escapes()
    {
        var log = new SmallLog();
        await log.CaptureAsync(Event(
            "ObjectEvent", """ "action": "ADD", "epcList": ["https://id.gs1.org/01/09506000134352/21/a%2Fb"] """));
        var story = await StoryAsync(log, Gtin + "/21/a%2Fb");
        var identifiers = story.GetProperty("identifiers").EnumerateArray()
            .Select(i => string.Join('=', i.GetProperty("ai").GetString(), i.GetProperty("title").GetString(), i.GetProperty("value").GetString()));
        Assert.Equal(["01=GTIN=09506000134352", "21=SERIAL=a/b"], identifiers);
        Assert.Equal("https://id.gs1.org/01/09506000134352/21/a%2Fb", story.GetProperty("uri").GetString());
        Assert.Equal("/trace/01/09506000134352/21/a%2Fb?direction=both", story.GetProperty("links").GetProperty("trace").GetString());
    }

    [Fact]
    public async Task A_private_identifier_has_a_story_without_a_qr_code()
    {
        var log = new SmallLog();
        await log.CaptureAsync(Event("ObjectEvent", """ "action": "ADD", "epcList": ["https://example.com/things/a b"] """
            .Replace("a b", "a%20b", StringComparison.Ordinal)));
        var story = await StoryAsync(log, "https://example.com/things/a%20b");
        Assert.Empty(story.GetProperty("identifiers").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, story.GetProperty("links").GetProperty("qr").ValueKind);
        Assert.Equal(
            "/entities/lot/https%3A%2F%2Fexample.com%2Fthings%2Fa%2520b/journal",
            story.GetProperty("links").GetProperty("history").GetString());
    }

    [Fact]
    public async Task Master_data_of_a_transformation_describe_its_outputs_and_not_its_inputs()
    {
        var log = new SmallLog();
        await log.CaptureAsync(Event("TransformationEvent", """
            "inputQuantityList": [{ "epcClass": "https://id.gs1.org/01/09506000134352/10/IN" }],
            "outputEPCList": ["https://id.gs1.org/01/09506000134352/21/OUT"],
            "ilmd": { "cbvmda:descriptionShort": "Chocolate", "cbvmda:lotNumber": "A" }
            """));
        var output = await StoryAsync(log, Gtin + "/21/OUT");
        Assert.Equal("Chocolate", output.GetProperty("name").GetString());
        Assert.Equal("A", output.GetProperty("ilmd").GetProperty("cbvmda:lotNumber").GetString());
        var origin = Assert.Single(output.GetProperty("origins").EnumerateArray());
        Assert.Equal("input", origin.GetProperty("relation").GetString());
        Assert.Equal(JsonValueKind.Null, origin.GetProperty("name").ValueKind);
        var input = await StoryAsync(log, Gtin + "/10/IN");
        Assert.Equal(JsonValueKind.Null, input.GetProperty("name").ValueKind);
        Assert.Empty(input.GetProperty("ilmd").EnumerateObject());
        Assert.Empty(input.GetProperty("origins").EnumerateArray());
    }

    [Theory]
    [InlineData(""" "ilmd": { "example:productName": "Bar", "cbvmda:descriptionShort": "Other" } """, "Bar")]
    [InlineData(""" "ilmd": { "example:name": { "@value": "Bar", "@language": "en" } } """, "Bar")]
    [InlineData(""" "ilmd": { "example:tradeItemDescription": [{ "@value": "Bar" }, { "@value": "Riegel" }] } """, "Bar")]
    [InlineData(""" "example:productName": "Bar" """, "Bar")]
    [InlineData(""" "example:description": "Shift 3" """, null)]
    [InlineData(""" "ilmd": { "example:colour": "brown" } """, null)]
    [InlineData(""" "ilmd": { "example:name": 7 } """, null)]
    public async Task A_name_is_found_where_suppliers_write_it(string members, string? name)
    {
        var log = new SmallLog();
        await log.CaptureAsync(Event(
            "ObjectEvent", $$""" "action": "ADD", "epcList": ["https://id.gs1.org/01/09506000134352/21/17"], {{members}} """));
        Assert.Equal(name, (await StoryAsync(log, Gtin + "/21/17")).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(""" "readPoint": { "id": "geo:6.7,-1.6" } """, "geo:6.7,-1.6", 6.7, -1.6)]
    [InlineData(""" "readPoint": { "id": "geo:6.7,-1.6,120;u=5" } """, "geo:6.7,-1.6,120;u=5", 6.7, -1.6)]
    [InlineData(""" "readPoint": { "id": "geo:96.7,-1.6" } """, "geo:96.7,-1.6", null, null)]
    [InlineData(""" "readPoint": { "id": "geo:6.7,-1.6;crs=moon" } """, "geo:6.7,-1.6;crs=moon", null, null)]
    [InlineData(
        """ "bizLocation": { "id": "urn:epc:id:sgln:9506000.13400.0", "example:latitude": "6.7", "example:longitude": -1.6 } """,
        "https://id.gs1.org/414/9506000134000", 6.7, -1.6)]
    [InlineData(
        """ "bizLocation": { "id": "urn:epc:id:sgln:9506000.13400.0" }, "example:places": [{ "example:id": "https://id.gs1.org/414/9506000134000", "example:latitude": 6.7, "example:longitude": -1.6 }] """,
        "https://id.gs1.org/414/9506000134000", 6.7, -1.6)]
    [InlineData(
        """ "bizLocation": { "id": "urn:epc:id:sgln:9506000.13400.0" }, "example:places": [{ "example:id": "geo:1,2", "example:latitude": 6.7, "example:longitude": -1.6 }] """,
        "https://id.gs1.org/414/9506000134000", null, null)]
    public async Task A_place_is_where_the_event_says_it_is(string members, string place, double? latitude, double? longitude)
    {
        var log = new SmallLog();
        await log.CaptureAsync(Event(
            "ObjectEvent", $$""" "action": "ADD", "epcList": ["https://id.gs1.org/01/09506000134352/21/17"], {{members}} """));
        var story = await StoryAsync(log, Gtin + "/21/17");
        var e = story.GetProperty("events")[0];
        Assert.Equal(place, e.GetProperty("readPoint").GetString() ?? e.GetProperty("bizLocation").GetString());
        var found = story.GetProperty("places").TryGetProperty(place, out var fact);
        Assert.Equal(latitude is not null, found);
        Assert.Equal(latitude, found ? fact.GetProperty("latitude").GetDouble() : null);
        Assert.Equal(longitude, found ? fact.GetProperty("longitude").GetDouble() : null);
        Assert.Equal(place, story.GetProperty("state").GetProperty("location").GetString());
    }

    [Fact]
    public async Task What_waits_for_its_block_has_no_leaf_yet()
    {
        var log = new SmallLog();
        await log.CaptureAsync(EventQueriesTests.ObjectEvent(7));
        await log.SealAsync();
        await log.CaptureAsync(EventQueriesTests.ObjectEvent(7).Replace("08:07:00", "09:00:00", StringComparison.Ordinal)
            .Replace(EventQueriesTests.EventId(7), EventQueriesTests.EventId(8), StringComparison.Ordinal));
        var story = await StoryAsync(log, Gtin + "/21/7");
        Assert.Equal(2, story.GetProperty("journal").GetProperty("length").GetInt64());
        Assert.Equal(1, story.GetProperty("journal").GetProperty("sealed").GetInt64());
        Assert.Equal(
            [JsonValueKind.Number, JsonValueKind.Null],
            story.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("leafIndex").ValueKind));
    }

    [Theory]
    [InlineData(ProductStories.MaxOrigins, false)]
    [InlineData(ProductStories.MaxOrigins + 1, true)]
    public async Task A_story_says_when_it_does_not_list_every_origin(int inputs, bool truncated)
    {
        var log = new SmallLog();
        var ids = Enumerable.Range(0, inputs).Select(i => $"\"https://id.gs1.org/01/09506000134352/21/{i}\"");
        await log.CaptureAsync(Event(
            "AggregationEvent",
            $$""" "action": "ADD", "parentID": "https://id.gs1.org/00/095060001343520017", "childEPCs": [{{string.Join(',', ids)}}] """));
        var story = await StoryAsync(log, "00/095060001343520017");
        Assert.Equal(ProductStories.MaxOrigins, story.GetProperty("origins").GetArrayLength());
        Assert.Equal(truncated, story.GetProperty("originsTruncated").GetBoolean());
    }

    [Fact]
    public async Task A_long_story_shows_its_last_events_and_says_where_it_begins()
    {
        var log = new SmallLog();
        await log.CaptureAsync(Event(
            "ObjectEvent",
            """ "action": "ADD", "epcList": ["https://id.gs1.org/01/09506000134352/21/17"], "ilmd": { "cbvmda:descriptionShort": "Bar" } """));
        for (var i = 0; i < ProductStories.MaxEvents + 20; i++)
        {
            await log.CaptureAsync(Event(
                "ObjectEvent",
                string.Create(CultureInfo.InvariantCulture, $""" "action": "OBSERVE", "epcList": ["https://id.gs1.org/01/09506000134352/21/17"], "example:n": {i} """)));
        }

        var story = await StoryAsync(log, Gtin + "/21/17");
        Assert.Equal(21, story.GetProperty("journal").GetProperty("firstShown").GetInt64());
        Assert.Equal(ProductStories.MaxEvents, story.GetProperty("events").GetArrayLength());
        Assert.Equal(21, story.GetProperty("events")[0].GetProperty("sequence").GetInt64());
        Assert.Equal("Bar", story.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Damaged_content_is_shown_as_an_entry_without_an_event()
    {
        var log = new SmallLog();
        await log.CommitAsync([new MatterDraft(
            Encoding.UTF8.GetBytes("{ \"type\": \"ObjectEv"), [new Part(SmallLog.Lot(Gtin + "/21/17"), "epc")], [])]);
        var story = await StoryAsync(log, Gtin + "/21/17");
        var e = Assert.Single(story.GetProperty("events").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, e.GetProperty("event").ValueKind);
        Assert.Equal(JsonValueKind.Null, e.GetProperty("type").ValueKind);
    }

    private static async Task<JsonElement> StoryAsync(SmallLog log, string key)
    {
        var json = await log.Stories.ReadAsync(key, None);
        Assert.NotNull(json);
        return JsonElement.Parse(json);
    }

    private static string Event(string type, string members) => $$"""
        { "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", { "example": "https://ns.example.org/x/" }],
          "type": "{{type}}", "eventTime": "2026-10-01T08:00:00.000Z", "eventTimeZoneOffset": "+02:00", {{members}} }
        """;
}
