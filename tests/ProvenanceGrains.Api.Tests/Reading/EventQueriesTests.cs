using System.Globalization;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Api.Tests.Reading;

public sealed class EventQueriesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Pages_neither_shift_nor_repeat_while_events_come_in()
    {
        var log = new SmallLog();
        for (var i = 0; i < 50; i++)
        {
            await log.CaptureAsync(ObjectEvent(i));
        }

        var seen = new List<string>();
        var token = "";
        var added = 50;
        do
        {
            var query = Parse(("EQ_bizStep", "shipping"), ("perPage", "7"), ("nextPageToken", token));
            var page = await log.Events.ReadAsync(query, None);
            seen.AddRange(page.Events.Select(IdOf));
            token = page.NextToken ?? "";
            await log.CaptureAsync(ObjectEvent(added++));
            await log.CaptureAsync(ObjectEvent(added++));
        }
        while (token.Length > 0);

        Assert.Equal(Enumerable.Range(0, 50).Select(EventId), seen);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(50, 1)]
    [InlineData(49, 2)]
    [InlineData(51, 1)]
    [InlineData(25, 2)]
    public async Task The_last_page_names_no_next_one(int perPage, int pagesAtLeast)
    {
        var log = new SmallLog();
        for (var i = 0; i < 50; i++)
        {
            await log.CaptureAsync(ObjectEvent(i));
        }

        var pages = await ReadAllAsync(log, ("perPage", perPage.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(50, pages.Sum(page => page.Events.Count));
        Assert.Equal(Math.Max(pagesAtLeast, (50 + perPage - 1) / perPage), pages.Count);
    }

    [Theory]
    [InlineData("MATCH_epc", "urn:epc:id:sgtin:9506000.013435.7")]
    [InlineData("MATCH_epc", "https://id.gs1.org/01/09506000134352/21/7")]
    [InlineData("MATCH_epc", "https://shop.example.com/p/01/09506000134352/21/7")]
    [InlineData("MATCH_anyEPC", "urn:epc:id:sgtin:9506000.013435.7")]
    [InlineData("EQ_eventID", "urn:uuid:00000000-0000-4000-8000-000000000007")]
    public async Task One_thing_is_found_under_each_of_its_names(string parameter, string value)
    {
        var log = new SmallLog();
        for (var i = 0; i < 10; i++)
        {
            await log.CaptureAsync(ObjectEvent(i));
        }

        var page = await log.Events.ReadAsync(Parse((parameter, value)), None);
        Assert.Equal([EventId(7)], page.Events.Select(IdOf));
    }

    [Theory]
    [InlineData("EQ_bizStep", "shipping", 10)]
    [InlineData("EQ_bizStep", "urn:epcglobal:cbv:bizstep:shipping", 10)]
    [InlineData("EQ_bizStep", "https://ref.gs1.org/cbv/BizStep-shipping", 10)]
    [InlineData("EQ_bizStep", "receiving|shipping", 10)]
    [InlineData("EQ_bizStep", "receiving", 0)]
    [InlineData("EQ_disposition", "in_transit", 10)]
    [InlineData("EQ_readPoint", "urn:epc:id:sgln:9506000.13400.0", 10)]
    [InlineData("EQ_readPoint", "https://id.gs1.org/414/9506000134000", 10)]
    [InlineData("EQ_bizLocation", "https://id.gs1.org/414/9506000134000", 0)]
    [InlineData("EQ_action", "OBSERVE", 10)]
    [InlineData("EQ_action", "ADD|DELETE", 0)]
    [InlineData("eventType", "ObjectEvent|AggregationEvent", 10)]
    [InlineData("eventType", "AggregationEvent", 0)]
    [InlineData("GE_eventTime", "2026-10-01T10:05:00+02:00", 5)]
    [InlineData("LT_eventTime", "2026-10-01T08:05:00.000Z", 5)]
    [InlineData("GE_recordTime", "2026-11-01T10:00:00Z", 10)]
    [InlineData("LT_recordTime", "2026-11-01T10:00:00Z", 0)]
    [InlineData("MATCH_epcClass", "https://id.gs1.org/01/09506000134352/10/A", 10)]
    [InlineData("MATCH_epc", "https://id.gs1.org/01/09506000134352/10/A", 0)]
    [InlineData("MATCH_epcClass", "https://id.gs1.org/01/09506000134352/21/7", 0)]
    [InlineData("MATCH_parentID", "https://id.gs1.org/01/09506000134352/21/7", 0)]
    [InlineData("MATCH_inputEPC", "https://id.gs1.org/01/09506000134352/21/7", 0)]
    public async Task A_condition_finds_what_satisfies_it(string parameter, string value, int count)
    {
        var log = new SmallLog();
        for (var i = 0; i < 10; i++)
        {
            await log.CaptureAsync(ObjectEvent(i));
        }

        Assert.Equal(count, (await log.Events.ReadAsync(Parse((parameter, value)), None)).Events.Count);
    }

    [Fact]
    public async Task Different_parameters_must_all_hold()
    {
        var log = new SmallLog();
        for (var i = 0; i < 10; i++)
        {
            await log.CaptureAsync(ObjectEvent(i));
        }

        var both = await log.Events.ReadAsync(
            Parse(
                ("MATCH_epcClass", "https://id.gs1.org/01/09506000134352/10/A"),
                ("MATCH_epc", "https://id.gs1.org/01/09506000134352/21/3|https://id.gs1.org/01/09506000134352/21/4"),
                ("EQ_eventID", $"{EventId(4)}|{EventId(5)}")),
            None);
        Assert.Equal([EventId(4)], both.Events.Select(IdOf));
    }

    [Fact]
    public async Task Several_matches_are_paged_to_the_end()
    {
        var log = new SmallLog();
        for (var i = 0; i < 20; i++)
        {
            await log.CaptureAsync(ObjectEvent(i));
        }

        var pages = await ReadAllAsync(
            log,
            ("perPage", "2"),
            ("MATCH_epcClass", "https://id.gs1.org/01/09506000134352/10/A"),
            ("MATCH_anyEPC", string.Join('|', Enumerable.Range(0, 20).Where(i => i % 3 == 0)
                .Select(i => $"https://id.gs1.org/01/09506000134352/21/{i}"))));
        Assert.Equal(
            Enumerable.Range(0, 20).Where(i => i % 3 == 0).Select(EventId),
            pages.SelectMany(page => page.Events).Select(IdOf));
    }

    [Theory]
    [InlineData("EQ_bizzStep", "shipping")]
    [InlineData("orderBy", "eventTime")]
    [InlineData("perPage", "0")]
    [InlineData("perPage", "1001")]
    [InlineData("perPage", "-1")]
    [InlineData("perPage", "ten")]
    [InlineData("EQ_action", "observe")]
    [InlineData("EQ_bizStep", "flying")]
    [InlineData("EQ_bizStep", "shipping|")]
    [InlineData("EQ_disposition", "")]
    [InlineData("GE_eventTime", "yesterday")]
    [InlineData("GE_eventTime", "2026-10-01T08:00:00")]
    [InlineData("LT_recordTime", "2026-13-01T08:00:00Z")]
    [InlineData("MATCH_epc", "01/09506000134352/21/7")]
    [InlineData("MATCH_epc", "https://id.gs1.org/01/09506000134353/21/7")]
    [InlineData("MATCH_epc", "urn:epc:idpat:sgtin:9506000.*.*")]
    [InlineData("EQ_readPoint", "somewhere")]
    [InlineData("EQ_eventID", "seven")]
    [InlineData("eventType", "QuantityEvent")]
    [InlineData("nextPageToken", "garbage")]
    [InlineData("nextPageToken", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_wrong_parameter_is_refused_by_its_name(string parameter, string value)
    {
        var valid = EventQueryParser.TryParse([KeyValuePair.Create(parameter, value)], out var query, out var error);
        Assert.False(valid);
        Assert.Null(query);
        Assert.Equal(parameter, error!.Name);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void A_parameter_given_twice_is_refused()
    {
        Assert.False(EventQueryParser.TryParse(
            [KeyValuePair.Create("EQ_action", "ADD"), KeyValuePair.Create("EQ_action", "DELETE")], out _, out var error));
        Assert.Equal("EQ_action", error!.Name);
    }

    [Fact]
    public async Task A_token_of_another_query_is_refused()
    {
        var log = new SmallLog();
        await log.CaptureAsync(ObjectEvent(0));
        await log.CaptureAsync(ObjectEvent(1));
        var page = await log.Events.ReadAsync(Parse(("EQ_action", "OBSERVE"), ("perPage", "1")), None);
        Assert.False(EventQueryParser.TryParse(
            [KeyValuePair.Create("EQ_action", "ADD"), KeyValuePair.Create("nextPageToken", page.NextToken!)], out _, out var error));
        Assert.Equal("nextPageToken", error!.Name);
        Assert.NotNull(Parse(("nextPageToken", page.NextToken!), ("perPage", "5"), ("EQ_action", "OBSERVE")));
    }

    [Fact]
    public async Task Every_changed_character_of_a_token_is_noticed()
    {
        var log = new SmallLog();
        await log.CaptureAsync(ObjectEvent(0));
        await log.CaptureAsync(ObjectEvent(1));
        var token = (await log.Events.ReadAsync(Parse(("perPage", "1")), None)).NextToken!;
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.False(EventQueryParser.TryParse(
                [KeyValuePair.Create("nextPageToken", new string(changed))], out _, out var error), new string(changed));
            Assert.Equal("nextPageToken", error!.Name);
        }
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1,"recordTime":"2026-11-01T10:00:00.000Z"}""")]
    [InlineData("""{"recordTime":"x"}""", """{"recordTime":"2026-11-01T10:00:00.000Z"}""")]
    [InlineData("""{"recordTime":"x" , "a":1}""", """{ "a":1,"recordTime":"2026-11-01T10:00:00.000Z"}""")]
    [InlineData("""{"a":1, "recordTime" : "x" , "b":2 }""", """{"a":1 , "b":2 ,"recordTime":"2026-11-01T10:00:00.000Z"}""")]
    [InlineData("""{"a":1,"recordTime":"x"}""", """{"a":1,"recordTime":"2026-11-01T10:00:00.000Z"}""")]
    [InlineData("""{"a":{"recordTime":"x"}}""", """{"a":{"recordTime":"x"},"recordTime":"2026-11-01T10:00:00.000Z"}""")]
    [InlineData("""{"a":1,"\u0072ecordTime":"x"}""", """{"a":1,"recordTime":"2026-11-01T10:00:00.000Z"}""")]
    [InlineData("""{"a":"\"recordTime\":"}""", """{"a":"\"recordTime\":","recordTime":"2026-11-01T10:00:00.000Z"}""")]
    public void The_record_time_is_the_engines_own_and_every_other_byte_stays(string stored, string shown)
    {
        var matter = new StoredMatter(0, 1, SmallLog.NowMs, 0, Encoding.UTF8.GetBytes(stored));
        Assert.Equal(shown, Encoding.UTF8.GetString(QueryDocument.WriteEvent(matter)));
    }

    public static string EventId(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"urn:uuid:00000000-0000-4000-8000-{number:d12}");

    /// <summary>One serialised item and its lot, at minute <paramref name="number"/>.</summary>
    public static string ObjectEvent(int number) => $$"""
        { "@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld", "type": "ObjectEvent",
          "eventID": "{{EventId(number)}}", "action": "OBSERVE", "bizStep": "shipping", "disposition": "in_transit",
          "eventTime": "2026-10-01T{{8 + (number / 60):d2}}:{{number % 60:d2}}:00.000Z", "eventTimeZoneOffset": "+02:00",
          "recordTime": "2020-01-01T00:00:00Z",
          "epcList": ["https://id.gs1.org/01/09506000134352/21/{{number}}"],
          "quantityList": [{ "epcClass": "https://id.gs1.org/01/09506000134352/10/A", "quantity": 2 }],
          "readPoint": { "id": "urn:epc:id:sgln:9506000.13400.0" } }
        """;

    private static string IdOf(StoredMatter matter) =>
        JsonElement.Parse(matter.Content.Span).GetProperty("eventID").GetString()!;

    private static EventQuery Parse(params (string Name, string Value)[] parameters)
    {
        var given = parameters.Where(p => p.Name != "nextPageToken" || p.Value.Length > 0)
            .Select(p => KeyValuePair.Create(p.Name, p.Value));
        Assert.True(EventQueryParser.TryParse(given, out var query, out var error), error?.Message);
        return query!;
    }

    private static async Task<List<EventPage>> ReadAllAsync(SmallLog log, params (string Name, string Value)[] parameters)
    {
        var pages = new List<EventPage>();
        string? token = null;
        do
        {
            pages.Add(await log.Events.ReadAsync(Parse([.. parameters, ("nextPageToken", token ?? "")]), None));
            token = pages[^1].NextToken;
        }
        while (token is not null);

        return pages;
    }
}
