using System.Text;
using Microsoft.AspNetCore.Http;
using ProvenanceGrains.Api.Capture;
using ProvenanceGrains.TestKit.Fuzzing;
using ProvenanceGrains.Web.Languages;
using ProvenanceGrains.Web.Stories;

namespace ProvenanceGrains.Api.Tests.Fuzzing;

/// <summary>The parsers of the outermost layers, which the TestKit does not see.</summary>
public sealed class OuterParserFuzzTests
{
    private const int Inputs = 2_000;

    private const string Sample = """
        {"format":"provenancegrains-story/v1","entity":{"kind":"lot","key":"01/09506000134352/10/L1"},"uri":"https://id.gs1.org/01/09506000134352/10/L1","level":"lot",
        "identifiers":[{"ai":"01","title":"GTIN","value":"09506000134352"}],"name":"Tea","ilmd":{"ex:best":"2027-01-01"},
        "state":{"bizStep":"shipping","lastSeen":"2026-01-01T00:00:00Z","location":"414/1","parent":{"key":"00/1"},"active":true},
        "journal":{"length":3,"sealed":2,"firstShown":0},
        "events":[{"sequence":1,"leafIndex":7,"role":"epc","eventID":"urn:uuid:1","type":"ObjectEvent","eventTime":"2026-01-01T00:00:00.000Z","eventTimeZoneOffset":"+02:00",
        "event":{"type":"ObjectEvent","sensorElementList":[{"sensorReport":[{"type":"Temperature","value":4.2,"uom":"CEL"}]}]}}],
        "origins":[{"key":"01/09506000134352/10/L0","relation":"input","depth":1,"name":"Leaf"}],"originsTruncated":false,
        "places":{"414/1":{"name":"Port","latitude":53.5,"longitude":10.0}},"links":{"history":"/entities/lot/x","qr":"//evil.example/x","vkey":"/log/vkey"}}
        """;

    [Fact]
    public void No_story_breaks_its_reader() => Hold(new FuzzTarget("story", FuzzShape.Json, FuzzTarget.Texts(Sample), input =>
    {
        var accepted = StoryParser.TryParse(input, out var story, out var error);
        if (accepted == (error is not null) || accepted != (story is not null))
        {
            throw new FuzzFailureException($"{(accepted ? "Accepted" : "Refused")} with the error '{error}'.");
        }

        foreach (var one in story?.Events ?? [])
        {
            SensorReadings.Of(one.Event, Texts.For(PageLanguage.English));
        }

        return accepted;
    })
    {
        AllocationFactor = 256,
    });

    [Theory]
    [InlineData("\"Tea\"", "\"\\ud800\"")]
    [InlineData("\"Temperature\"", "\"\\udc00\"")]
    [InlineData("\"ex:best\"", "\"\\ud83d\"")]
    public void A_story_with_half_a_surrogate_pair_is_refused(string before, string after)
    {
        Assert.True(StoryParser.TryParse(Encoding.UTF8.GetBytes(Sample.Replace(before, "\"\\ud83d\\ude00\"", StringComparison.Ordinal)), out _, out var error), error);
        Assert.False(StoryParser.TryParse(Encoding.UTF8.GetBytes(Sample.Replace(before, after, StringComparison.Ordinal)), out _, out error));
        Assert.Equal("The story holds a text that is no Unicode.", error);
    }

    [Fact]
    public void A_story_that_is_no_UTF8_is_refused()
    {
        var story = Encoding.UTF8.GetBytes(Sample);
        story[Sample.IndexOf("Tea", StringComparison.Ordinal)] = 0xFF;
        Assert.False(StoryParser.TryParse(story, out _, out _));
    }

    [Fact]
    public void No_preference_breaks_its_reader() => Hold(new FuzzTarget(
        "prefer", FuzzShape.Text, FuzzTarget.Texts("wait=10, receipt=sealed", "respond-async; wait=\"5\"", "receipt=witnessed", "wait=99999999999"), input =>
        {
            var http = new DefaultHttpContext();
            http.Request.Headers["Prefer"] = Encoding.UTF8.GetString(input);
            var accepted = ReceiptPreference.TryRead(http.Request, hasWitnesses: false, out var preference, out var error);
            if (accepted == (error is not null) || preference is { Seconds: < 0 or > ReceiptPreference.MaxSeconds })
            {
                throw new FuzzFailureException($"{preference} with the error '{error}'.");
            }

            return accepted;
        }));

    private static void Hold(FuzzTarget target)
    {
        FuzzRun.WarmUp(target);
        Assert.True(FuzzRun.Check(target, target.Corpus[0]).Accepted);
        for (var number = 0; number < Inputs; number++)
        {
            var input = FuzzRun.Input(target, 1, number);
            var result = FuzzRun.Check(target, input);
            Assert.True(result.Failure is null, $"Input {number}: {result.Failure}\n{Encoding.UTF8.GetString(input)}");
        }
    }
}
