using FsCheck;
using FsCheck.Fluent;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Query.Lineages;
using ProvenanceGrains.Storage;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Api.Tests.Reading;

public sealed class LineageTests
{
    private const int Lots = 12;
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Events over few lots, so that there are cycles, diamonds and self-references; roles in any mixture.</summary>
    private static readonly Gen<Part[][]> Graphs =
        (from lot in Gen.Choose(0, Lots - 1)
         from role in Gen.Elements(EventRoles.Epc, EventRoles.Input, EventRoles.Output, EventRoles.Parent, EventRoles.Child)
         select new Part(Lot(lot), role))
        .ListOf().Resize(6).Select(parts => parts.DistinctBy(p => (p.Entity, p.Role)).ToArray())
        .Where(parts => parts.Length > 0)
        .ListOf().Resize(12).Select(events => events.ToArray());

    [Fact]
    public void A_trace_is_what_a_search_over_all_events_finds() => Prop.ForAll(
        Graphs.ToArbitrary(),
        Gen.Choose(1, 6).ToArbitrary(),
        Gen.Elements(TraceDirection.Up, TraceDirection.Down, TraceDirection.Both).ToArbitrary(),
        (events, depth, direction) =>
        {
            var log = LogOf(events).GetAwaiter().GetResult();
            var start = Lot(0);
            var trace = log.Lineage.TraceAsync(start, direction, depth, Lineage.MaxNodes, None).AsTask().GetAwaiter().GetResult();
            if (!events.Any(parts => parts.Any(p => p.Entity == start)))
            {
                return trace is null;
            }

            var sides = direction == TraceDirection.Both ? [TraceDirection.Up, TraceDirection.Down] : new[] { direction };
            var found = sides.Select(side => Naive(events, start, side, depth)).ToList();
            var nodes = found.SelectMany(f => f.Depths.Keys).ToHashSet();
            var edges = found.SelectMany(f => f.Edges).ToHashSet();
            Assert.Equal(nodes, trace!.Nodes.Select(n => n.Entity).ToHashSet());
            Assert.Equal(trace.Nodes.Count, nodes.Count);
            Assert.Equal(edges, trace.Edges.Select(e => (e.From, e.To, e.Relation)).ToHashSet());
            foreach (var node in trace.Nodes)
            {
                var side = node.Side is null ? 0 : Array.IndexOf(sides, node.Side.Value);
                Assert.Equal(found[side].Depths[node.Entity], node.Depth);
            }

            Assert.Equal(found.Any(f => f.HasMore), trace.LimitsMet == TraceLimit.Depth);
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_cycle_ends()
    {
        var log = await LogOf([Made(0, 1), Made(1, 2), Made(2, 0)]);
        var trace = (await log.Lineage.TraceAsync(Lot(0), TraceDirection.Up, Lineage.MaxDepth, Lineage.MaxNodes, None))!;
        Assert.Equal(3, trace.Nodes.Count);
        Assert.Equal(3, trace.Edges.Count);
        Assert.Equal(TraceLimit.None, trace.LimitsMet);
    }

    [Fact]
    public async Task The_depth_cuts_off_and_says_so()
    {
        var log = await LogOf([.. Enumerable.Range(0, 8).Select(i => Made(i, i + 1))]);
        var cut = (await log.Lineage.TraceAsync(Lot(0), TraceDirection.Up, 7, Lineage.MaxNodes, None))!;
        Assert.Equal(8, cut.Nodes.Count);
        Assert.Equal(TraceLimit.Depth, cut.LimitsMet);
        var whole = (await log.Lineage.TraceAsync(Lot(0), TraceDirection.Up, 8, Lineage.MaxNodes, None))!;
        Assert.Equal(9, whole.Nodes.Count);
        Assert.Equal(TraceLimit.None, whole.LimitsMet);
    }

    [Fact]
    public async Task The_number_of_nodes_is_bounded()
    {
        var inputs = Enumerable.Range(100, 50).Select(i => new Part(Lot(i), EventRoles.Input));
        var log = await LogOf([[new Part(Lot(0), EventRoles.Output), .. inputs]]);
        var trace = (await log.Lineage.TraceAsync(Lot(0), TraceDirection.Up, 3, 20, None))!;
        Assert.Equal(20, trace.Nodes.Count);
        Assert.Equal(19, trace.Edges.Count);
        Assert.True(trace.LimitsMet.HasFlag(TraceLimit.Nodes));
    }

    [Fact]
    public async Task The_number_of_edges_is_bounded()
    {
        // 150 inputs make 150 outputs that all go into the next: over 20,000 pairs.
        Part[] mixed =
        [
            .. Enumerable.Range(100, 150).Select(i => new Part(Lot(i), EventRoles.Input)),
            .. Enumerable.Range(300, 150).Select(i => new Part(Lot(i), EventRoles.Output)),
        ];
        Part[] last = [new Part(Lot(0), EventRoles.Output), .. Enumerable.Range(300, 150).Select(i => new Part(Lot(i), EventRoles.Input))];
        var log = await LogOf([mixed, last]);
        var trace = (await log.Lineage.TraceAsync(Lot(0), TraceDirection.Up, 5, Lineage.MaxNodes, None))!;
        Assert.Equal(Lineage.MaxEdges, trace.Edges.Count);
        Assert.Equal(TraceLimit.Edges, trace.LimitsMet);
        Assert.Equal(301, trace.Nodes.Count);
    }

    [Fact]
    public async Task What_travelled_in_the_same_container_is_no_relative()
    {
        Part[] packed = [new Part(Lot(9), EventRoles.Parent), new Part(Lot(0), EventRoles.Child), new Part(Lot(1), EventRoles.Child)];
        var log = await LogOf([packed]);
        var trace = (await log.Lineage.TraceAsync(Lot(0), TraceDirection.Both, 5, Lineage.MaxNodes, None))!;
        Assert.Equal([Lot(0), Lot(9)], trace.Nodes.Select(n => n.Entity));
        var contents = (await log.Lineage.TraceAsync(Lot(9), TraceDirection.Up, 5, Lineage.MaxNodes, None))!;
        Assert.Equal([Lot(9), Lot(0), Lot(1)], contents.Nodes.Select(n => n.Entity));
    }

    [Fact]
    public async Task An_edge_names_its_event()
    {
        var log = new SmallLog();
        await log.CaptureAsync("""
            { "@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld", "type": "AggregationEvent",
              "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001", "action": "DELETE",
              "eventTime": "2026-10-01T08:00:00.5+02:00", "eventTimeZoneOffset": "+02:00",
              "parentID": "https://id.gs1.org/00/095060001343520017",
              "childEPCs": ["https://id.gs1.org/01/09506000134352/21/1"] }
            """);
        var trace = (await log.Lineage.TraceAsync(
            SmallLog.Lot("00/095060001343520017"), TraceDirection.Up, 1, Lineage.MaxNodes, None))!;
        var edge = Assert.Single(trace.Edges);
        Assert.Equal("urn:uuid:00000000-0000-4000-8000-000000000001", edge.EventId);
        Assert.Equal("DELETE", edge.Action);
        Assert.Equal(DateTimeOffset.Parse("2026-10-01T06:00:00.5Z", null).ToUnixTimeMilliseconds(), edge.TimeMs);
        Assert.Equal((SmallLog.Lot("01/09506000134352/21/1"), trace.Start), (edge.From, edge.To));
        Assert.Equal(TraceRelation.ContainedIn, edge.Relation);
    }

    private static EntityId Lot(int number) => SmallLog.Lot($"01/09506000134352/10/L{number}");

    private static Part[] Made(int output, int input) =>
        [new Part(Lot(input), EventRoles.Input), new Part(Lot(output), EventRoles.Output)];

    private static async Task<SmallLog> LogOf(IEnumerable<Part[]> events)
    {
        var log = new SmallLog();
        var projection = new MatterProjection("urn:x", "ObjectEvent", 1, null, null, null, null, null);
        foreach (var parts in events)
        {
            await log.CommitAsync([new MatterDraft("matter"u8.ToArray(), parts, [])], projection: projection);
        }

        return log;
    }

    /// <summary>The definition: breadth first over all pairs of all events.</summary>
    private static (Dictionary<EntityId, int> Depths, HashSet<(EntityId, EntityId, TraceRelation)> Edges, bool HasMore) Naive(
        Part[][] events, EntityId start, TraceDirection side, int depth)
    {
        var steps = (
            from parts in events
            from one in parts
            from other in parts
            let transformation = one.Role == EventRoles.Input && other.Role == EventRoles.Output
            let containment = one.Role == EventRoles.Child && other.Role == EventRoles.Parent
            where (transformation || containment) && one.Entity != other.Entity
            select (From: one.Entity, To: other.Entity,
                Relation: transformation ? TraceRelation.TransformedInto : TraceRelation.ContainedIn)).ToHashSet();
        var depths = new Dictionary<EntityId, int> { [start] = 0 };
        for (var level = 0; level <= depth; level++)
        {
            foreach (var (from, to, _) in steps)
            {
                var (near, far) = side == TraceDirection.Up ? (to, from) : (from, to);
                if (depths.TryGetValue(near, out var at) && at == level)
                {
                    depths.TryAdd(far, level + 1);
                }
            }
        }

        var within = depths.Where(d => d.Value <= depth).ToDictionary();
        var edges = steps.Where(s =>
            within.GetValueOrDefault(side == TraceDirection.Up ? s.To : s.From, int.MaxValue) < depth).ToHashSet();
        return (within, edges, depths.Count > within.Count);
    }
}
