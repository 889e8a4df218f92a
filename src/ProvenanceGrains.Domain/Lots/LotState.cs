using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Domain.Lots;

/// <summary>What an event says about one object, by its part in it.</summary>
/// <param name="Role">One of <see cref="EventRoles"/>.</param>
/// <param name="Type">Of the event.</param>
/// <param name="TimeMs">When it happened: milliseconds since the epoch.</param>
/// <param name="Action">Or null.</param>
/// <param name="BizStep">Canonical URI, or null.</param>
/// <param name="Disposition">Canonical URI, or null.</param>
/// <param name="ReadPoint">Canonical URI, or null.</param>
/// <param name="BizLocation">Canonical URI, or null.</param>
/// <param name="ParentKey">Canonical key of the parent that the event names, or null.</param>
/// <param name="IsErrorDeclaration">It declares an earlier event to be wrong, and says nothing about the object itself.</param>
/// <param name="IsClass">The object is a lot or a product, of which an event may be about a part only.</param>
public sealed record LotFact(
    string Role,
    EventType Type,
    long TimeMs,
    EventAction? Action,
    string? BizStep,
    string? Disposition,
    string? ReadPoint,
    string? BizLocation,
    string? ParentKey,
    bool IsErrorDeclaration,
    bool IsClass = false)
{
    /// <summary>What <paramref name="source"/> says about an object in that role.</summary>
    /// <param name="source">The event.</param>
    /// <param name="role">One of <see cref="EventRoles"/>.</param>
    /// <param name="isClass">Whether the object is a lot or a product.</param>
    public static LotFact Of(EpcisEvent source, string role, bool isClass)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new LotFact(
            role,
            source.Type,
            source.EventTimeMs,
            source.Action,
            source.BizStep,
            source.Disposition,
            source.ReadPoint?.CanonicalUri,
            source.BizLocation?.CanonicalUri,
            source.Parent?.CanonicalKey,
            source.IsErrorDeclaration,
            isClass);
    }
}

/// <summary>Where an object stands, as far as its events say. Facts are applied in the order of their event times.</summary>
/// <param name="BizStep">Of the last event that has one.</param>
/// <param name="Disposition">Of the last event that has one: it holds until another replaces it (EPCIS 2.0 section 7.3.5.3).</param>
/// <param name="LocationUri">Business location of the last event that has one, else its read point.</param>
/// <param name="LastSeenMs">Time of the last event; null before the first.</param>
/// <param name="ParentKey">What it is in or attached to, or null.</param>
/// <param name="IsActive">It has begun (or was seen) and has not ended: not destroyed, decommissioned or used up.</param>
public sealed record LotState(
    string? BizStep, string? Disposition, string? LocationUri, long? LastSeenMs, string? ParentKey, bool IsActive)
{
    /// <summary>Of an object that no event has named.</summary>
    public static LotState Unknown { get; } = new(null, null, null, null, null, IsActive: false);

    /// <summary>Of an object with these facts, in any order: the order of event times decides, and among equal times the given one.</summary>
    public static LotState Fold(IEnumerable<LotFact> facts) => facts
        .OrderBy(fact => fact.TimeMs)
        .Aggregate(Unknown, (state, fact) => state.Apply(fact));

    /// <summary>The state after one more fact.</summary>
    public LotState Apply(LotFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        if (fact.IsErrorDeclaration)
        {
            return this;
        }

        // Step, disposition and business location of a transformation are those of its outputs (EPCIS 2.0 section 7.4.5): of an
        // input it says only where it was used.
        var isInput = fact.Role == EventRoles.Input;
        return new LotState(
            (isInput ? null : fact.BizStep) ?? BizStep,
            (isInput ? null : fact.Disposition) ?? Disposition,
            (isInput ? null : fact.BizLocation) ?? fact.ReadPoint ?? LocationUri,
            fact.TimeMs,
            ParentAfter(fact),
            IsActiveAfter(fact));
    }

    /// <remarks>Aggregation and association: ADD puts in, DELETE takes out, OBSERVE confirms (EPCIS 2.0 sections 7.4.3, 7.4.6).</remarks>
    private string? ParentAfter(LotFact fact) =>
        fact.Type is not (EventType.AggregationEvent or EventType.AssociationEvent) || fact.Role != EventRoles.Child ? ParentKey
        : fact.Action == EventAction.Delete ? null
        : fact.ParentKey ?? ParentKey;

    /// <remarks>
    /// An ObjectEvent with DELETE ends an object, and being the input of a transformation uses an instance up; of a lot some may be
    /// left. A later sighting does not bring it back; only what makes objects does: ADD, or coming out of a transformation.
    /// </remarks>
    private bool IsActiveAfter(LotFact fact)
    {
        var isObject = fact.Type == EventType.ObjectEvent;
        var isUsedUp = fact.Role == EventRoles.Input && !fact.IsClass;
        if (isUsedUp || (isObject && fact.Action == EventAction.Delete))
        {
            return false;
        }

        return IsActive || LastSeenMs is null
            || fact.Role == EventRoles.Output || (isObject && fact.Action == EventAction.Add);
    }
}
