using System.Text;
using ProvenanceGrains.Epcis.Documents;

namespace ProvenanceGrains.Epcis.Tests.Documents;

public sealed class LimitTests
{
    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Nesting_is_refused_at_the_limit_and_no_deeper(string open, string close)
    {
        // The document, its body and list, the event and the extension itself are on the way.
        const int Around = 4;
        Assert.True(Nested(64 - Around).IsValid);
        foreach (var depth in (int[])[65 - Around, 10_000])
        {
            var result = Nested(depth);
            Assert.Null(result.Document);
            var error = Assert.Single(result.Errors);
            Assert.Equal(EpcisErrorCodes.LimitExceeded, error.Code);
            Assert.StartsWith("/epcisBody/eventList/0/ex:lot", error.JsonPointer, StringComparison.Ordinal);
        }

        ParseResult Nested(int depth)
        {
            var text = new StringBuilder();
            text.Insert(0, open, depth).Append('1').Insert(text.Length, close, depth);
            return SampleEvents.Parse(SampleEvents.Document(
                SampleEvents.ObjectEvent.Replace("\"L1\"", text.ToString(), StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Ten_thousand_brackets_alone_are_refused()
    {
        var result = SampleEvents.Parse(new string('[', 10_000));
        Assert.Null(result.Document);
        Assert.Contains(result.Errors, static e => e.Code == EpcisErrorCodes.LimitExceeded);
    }

    [Fact]
    public void Sizes_and_counts_are_limited()
    {
        var document = SampleEvents.Document(SampleEvents.ObjectEvent, SampleEvents.ObjectEvent);
        AssertLimit(document, "", l => l with { MaxBodyBytes = document.Length - 1 }, documentStays: false);
        AssertLimit(document, "/epcisBody/eventList", l => l with { MaxEventsPerDocument = 1 }, documentStays: false);
        AssertLimit(document, "/@context", l => l with { MaxContextBytes = 20 }, documentStays: false);
        AssertLimit(document, "/epcisBody/eventList/0", l => l with { MaxExtensionBytesPerEvent = 5 });
        AssertLimit(document, "/epcisBody/eventList/0/epcList/0", l => l with { MaxIdentifierBytes = 25 }, isFirst: false);
        AssertLimit(document, "/epcisBody/eventList/1/epcList", l => l with { MaxEpcsPerDocument = 1 });
        AssertLimit(
            SampleEvents.Document(SampleEvents.ObjectEvent.Replace("\"L1\"", $"\"{new string('x', 70)}\"", StringComparison.Ordinal)),
            "/epcisBody/eventList/0/ex:lot", l => l with { MaxStringBytes = 69 });
        AssertLimit(
            SampleEvents.Document(SampleEvents.ObjectEvent.Replace("1\"],", "1\",\"urn:a:b\",\"urn:a:c\"],", StringComparison.Ordinal)),
            "/epcisBody/eventList/0/epcList", l => l with { MaxEpcsPerEvent = 2 });
        AssertLimit(
            SampleEvents.Document(SampleEvents.TransactionEvent.Replace("}],", "},{\"bizTransaction\":\"urn:a:b\"}],", StringComparison.Ordinal)),
            "/epcisBody/eventList/0/bizTransactionList", l => l with { MaxListElements = 1 });
    }

    [Fact]
    public void The_future_is_allowed_up_to_its_limit()
    {
        var hour = 60L * 60 * 1000;
        var future = DateTimeOffset.FromUnixTimeMilliseconds(Corpus.NowMs + hour).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null);
        var later = SampleEvents.Document(SampleEvents.ObjectEvent.Replace("2025-01-01T06:00:00.000Z", future, StringComparison.Ordinal));
        Assert.True(SampleEvents.Parse(later, ParseLimits.Default with { MaxFutureMs = hour }).IsValid);
        Assert.True(SampleEvents.Parse(later, ParseLimits.Default with { MaxFutureMs = null }).IsValid);
        var error = Assert.Single(SampleEvents.Parse(later, ParseLimits.Default with { MaxFutureMs = hour - 1 }).Errors);
        Assert.Equal((EpcisErrorCodes.FutureTime, "/epcisBody/eventList/0/eventTime"), (error.Code, error.JsonPointer));
    }

    [Fact]
    public void Many_names_in_one_object_are_told_apart()
    {
        var names = Enumerable.Range(0, 2_000).Select(static i => $"\"n{i}\":{i}").ToArray();
        var many = "{" + string.Join(',', names) + "}";
        Assert.True(SampleEvents.Parse(SampleEvents.Document(SampleEvents.ObjectEvent.Replace("\"L1\"", many, StringComparison.Ordinal))).IsValid);
        var twice = "{" + string.Join(',', names) + ",\"n1234\":0}";
        var error = Assert.Single(SampleEvents.Parse(SampleEvents.Document(
            SampleEvents.ObjectEvent.Replace("\"L1\"", twice, StringComparison.Ordinal))).Errors);
        Assert.Equal((EpcisErrorCodes.DuplicateName, "/epcisBody/eventList/0/ex:lot/n1234"), (error.Code, error.JsonPointer));
    }

    private static void AssertLimit(
        string document,
        string pointer,
        Func<ParseLimits, ParseLimits> tighten,
        bool documentStays = true,
        bool isFirst = true)
    {
        Assert.True(SampleEvents.Parse(document).IsValid);
        var result = SampleEvents.Parse(document, tighten(ParseLimits.Default));
        Assert.False(result.IsValid);
        Assert.Equal(documentStays, result.Document is not null);
        var error = isFirst ? result.Errors[0] : result.Errors.First(e => e.JsonPointer == pointer);
        Assert.Equal(pointer, error.JsonPointer);
        Assert.True(error.Code is EpcisErrorCodes.LimitExceeded || pointer == "/@context", error.ToString());
    }
}
