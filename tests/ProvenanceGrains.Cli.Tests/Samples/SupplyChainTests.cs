using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Epcis.Samples;

namespace ProvenanceGrains.Cli.Tests.Samples;

public sealed class SupplyChainTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 1, 12, 8)]
    [InlineData(97, 5, 12, 8)]
    [InlineData(250, 64, 7, 3)]
    [InlineData(300, 2, 100, 100)]
    public void Every_document_is_valid_and_holds_as_many_events_as_it_says(int bars, int farms, int perCase, int perPallet)
    {
        var options = new SupplyChainOptions { Start = Start, Bars = bars, Farms = farms, BarsPerCase = perCase, CasesPerPallet = perPallet };
        foreach (var document in SupplyChain.Generate(options))
        {
            var parsed = Parse(document, options);
            Assert.Equal(document.Events, parsed.Events.Count);
        }
    }

    [Fact]
    public void The_same_options_give_the_same_bytes_and_others_give_other_events()
    {
        var options = new SupplyChainOptions { Start = Start, Bars = 100, Seed = 3 };

        Assert.Equal(Bytes(options), Bytes(options));
        Assert.Empty(Identities(options).Intersect(Identities(options with { Seed = 4 })));
        Assert.Empty(Identities(options).Intersect(Identities(options with { Start = Start.AddDays(1) })));
        Assert.Equal(Identities(options).Count, Identities(options).Distinct().Count());
    }

    [Fact]
    public void No_event_lies_outside_the_announced_span()
    {
        var options = new SupplyChainOptions { Start = Start, Bars = 2000 };
        var end = (Start + SupplyChain.Span(options)).ToUnixTimeMilliseconds();
        var times = Events(options).Select(e => e.EventTimeMs).ToList();

        Assert.All(times, time => Assert.InRange(time, Start.ToUnixTimeMilliseconds(), end));
    }

    [Fact]
    public void A_bar_leads_back_to_every_farm_by_transformations()
    {
        var options = new SupplyChainOptions { Start = Start, Bars = 10, Farms = 4 };
        var events = Events(options);
        var reached = new HashSet<string>(StringComparer.Ordinal) { SupplyChain.Highlights(options)[0].Path[1..] };
        for (var before = 0; before != reached.Count;)
        {
            before = reached.Count;
            foreach (var made in events.Where(e => e.Type == EventType.TransformationEvent))
            {
                var outputs = made.OutputEpcs.Select(epc => epc.CanonicalKey).Concat(made.OutputQuantities.Select(q => q.EpcClass.CanonicalKey));
                if (outputs.Any(reached.Contains))
                {
                    reached.UnionWith(made.InputQuantities.Select(q => q.EpcClass.CanonicalKey));
                }
            }
        }

        Assert.Equal(4, reached.Count(key => key.Contains("/10/F0", StringComparison.Ordinal)));
        Assert.Contains(SupplyChain.Highlights(options)[2].Path[1..], reached);
    }

    [Fact]
    public void The_carrier_s_urns_and_the_others_links_name_the_same_pallet()
    {
        var options = new SupplyChainOptions { Start = Start };
        var pallet = SupplyChain.Highlights(options)[1].Path[1..];
        var spellings = Events(options).SelectMany(e => e.Epcs).Where(epc => epc.CanonicalKey == pallet).Select(epc => epc.Original[..4]).Distinct();

        Assert.Equal(["http", "urn:"], spellings.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_five_types_of_event_occur()
    {
        var types = Events(new SupplyChainOptions { Start = Start }).Select(e => e.TypeName).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(["AggregationEvent", "AssociationEvent", "ObjectEvent", "TransactionEvent", "TransformationEvent"], types);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SupplyChain.Generate(new SupplyChainOptions { Start = Start, Bars = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SupplyChain.Span(new SupplyChainOptions { Start = Start, Farms = 65 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SupplyChain.Highlights(new SupplyChainOptions { Start = Start, BarsPerCase = 101 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SupplyChain.Generate(new SupplyChainOptions { Start = Start, CasesPerPallet = 0 }));
    }

    private static List<EpcisEvent> Events(SupplyChainOptions options) =>
        [.. SupplyChain.Generate(options).SelectMany(document => Parse(document, options).Events)];

    private static List<string> Identities(SupplyChainOptions options) => [.. Events(options).Select(EventIdentity.Of)];

    private static byte[] Bytes(SupplyChainOptions options) => [.. SupplyChain.Generate(options).SelectMany(document => document.Json)];

    private static EpcisDocument Parse(SampleDocument document, SupplyChainOptions options)
    {
        var now = (options.Start + SupplyChain.Span(options)).ToUnixTimeMilliseconds();
        var result = EpcisDocumentParser.Parse(document.Json, ParseLimits.Default with { MaxFutureMs = 0 }, now);
        Assert.True(result.IsValid, $"{document.Name}: {string.Join("; ", result.Errors)}");
        return result.Document;
    }
}
