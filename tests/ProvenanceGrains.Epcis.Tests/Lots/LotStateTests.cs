using FsCheck;
using FsCheck.Fluent;
using ProvenanceGrains.Domain.Lots;
using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Epcis.Tests.Lots;

public sealed class LotStateTests
{
    private static readonly LotFact Commissioning = new(
        EventRoles.Epc, EventType.ObjectEvent, 10, EventAction.Add, "urn:step:made", "urn:disp:active", "urn:read:1", null, null, false);

    private static readonly LotFact Packing = new(
        EventRoles.Child, EventType.AggregationEvent, 20, EventAction.Add, "urn:step:packed", null, "urn:read:1", "urn:loc:2", "00/1", false);

    private static readonly LotFact Shipping = new(
        EventRoles.Epc, EventType.ObjectEvent, 30, EventAction.Observe, "urn:step:shipped", null, "urn:read:3", null, null, false);

    private static readonly LotFact Unpacking = Packing with { Action = EventAction.Delete, TimeMs = 40 };

    private static readonly LotFact Destroying = Shipping with { TimeMs = 50, Action = EventAction.Delete };

    [Fact]
    public void A_lot_stands_where_its_latest_events_put_it()
    {
        Assert.Equal(LotState.Unknown, LotState.Fold([]));
        Assert.Equal(
            new LotState("urn:step:shipped", "urn:disp:active", "urn:read:3", 30, "00/1", IsActive: true),
            LotState.Fold([Commissioning, Packing, Shipping]));
        Assert.Null(LotState.Fold([Commissioning, Packing, Unpacking]).ParentKey);
    }

    [Fact]
    public void A_sighting_does_not_bring_an_ended_lot_back_but_commissioning_does()
    {
        LotFact[] ended = [Commissioning, Destroying];
        Assert.False(LotState.Fold(ended).IsActive);
        Assert.False(LotState.Fold([.. ended, Shipping with { TimeMs = 60 }]).IsActive);
        Assert.True(LotState.Fold([.. ended, Commissioning with { TimeMs = 60 }]).IsActive);
    }

    [Fact]
    public void What_goes_into_a_transformation_ends_and_what_comes_out_begins()
    {
        var input = new LotFact(EventRoles.Input, EventType.TransformationEvent, 20, null, null, null, null, null, null, false);
        Assert.False(LotState.Fold([Commissioning, input]).IsActive);
        Assert.True(LotState.Fold([Commissioning, input, input with { Role = EventRoles.Output, TimeMs = 30 }]).IsActive);
    }

    [Fact]
    public void Step_disposition_and_next_place_of_a_transformation_are_not_those_of_its_inputs()
    {
        var input = new LotFact(
            EventRoles.Input, EventType.TransformationEvent, 20, null, "urn:step:mixed", "urn:disp:new", "urn:read:4", "urn:loc:4", null, false);
        Assert.Equal(
            new LotState("urn:step:made", "urn:disp:active", "urn:read:4", 20, null, IsActive: false), LotState.Fold([Commissioning, input]));
        var output = LotState.Fold([input with { Role = EventRoles.Output }]);
        Assert.Equal(("urn:step:mixed", "urn:disp:new", "urn:loc:4"), (output.BizStep, output.Disposition, output.LocationUri));
    }

    [Fact]
    public void Of_a_lot_that_was_used_some_may_be_left()
    {
        var input = new LotFact(
            EventRoles.Input, EventType.TransformationEvent, 20, null, null, null, null, null, null, false, IsClass: true);
        Assert.True(LotState.Fold([Commissioning, input]).IsActive);
        Assert.True(LotState.Fold([input]).IsActive);
        Assert.False(LotState.Fold([Commissioning, Destroying with { TimeMs = 15 }, input]).IsActive);
    }

    [Fact]
    public void The_declaration_of_an_error_says_nothing_of_the_lot_itself()
    {
        var state = LotState.Fold([Commissioning]);
        Assert.Equal(state, state.Apply(Destroying with { IsErrorDeclaration = true }));
    }

    [Fact]
    public void The_order_of_arrival_does_not_matter_for_events_of_different_times()
    {
        LotFact[] facts = [Commissioning, Packing, Shipping, Unpacking, Destroying];
        var expected = LotState.Fold(facts);
        Prop.ForAll(Gen.Shuffle(facts).ToArbitrary(), shuffled => Assert.Equal(expected, LotState.Fold(shuffled)))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Folding_is_deterministic_and_goes_on_where_it_stopped()
    {
        var fact =
            from role in Gen.Elements(EventRoles.Epc, EventRoles.Child, EventRoles.Parent, EventRoles.Input, EventRoles.Output)
            from type in Gen.Elements(Enum.GetValues<EventType>())
            from action in Gen.Elements<EventAction?>(null, EventAction.Add, EventAction.Observe, EventAction.Delete)
            from time in Gen.Choose(0, 6)
            from place in Gen.Elements(null, "urn:loc:1", "urn:loc:2")
            from parent in Gen.Elements(null, "00/1", "00/2")
            select new LotFact(role, type, time, action, null, null, place, place, parent, false);
        Prop.ForAll(
            Gen.ListOf(fact).ToArbitrary(),
            facts =>
            {
                var ordered = facts.OrderBy(static f => f.TimeMs).ToArray();
                var whole = LotState.Fold(ordered);
                Assert.Equal(whole, LotState.Fold([.. ordered]));
                var half = ordered.Length / 2;
                Assert.Equal(whole, ordered[half..].Aggregate(LotState.Fold(ordered[..half]), static (s, f) => s.Apply(f)));
            }).QuickCheckThrowOnFailure();
    }
}
