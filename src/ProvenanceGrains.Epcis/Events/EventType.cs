namespace ProvenanceGrains.Epcis.Events;

/// <summary>The event types of EPCIS 2.0 (section 7.4).</summary>
public enum EventType
{
    ObjectEvent,
    AggregationEvent,
    TransactionEvent,
    TransformationEvent,
    AssociationEvent,

    /// <summary>A type of the sender's own, named by a URI.</summary>
    Extended,
}

/// <summary>What an event says of its objects' life in its scope (EPCIS 2.0 section 7.3.2).</summary>
public enum EventAction
{
    Add,
    Observe,
    Delete,
}

/// <summary>The wire names of <see cref="EventAction"/>.</summary>
public static class EventActions
{
    /// <summary><c>ADD</c>, <c>OBSERVE</c> or <c>DELETE</c>.</summary>
    public static string ToWire(this EventAction action) => action switch
    {
        EventAction.Add => "ADD",
        EventAction.Observe => "OBSERVE",
        EventAction.Delete => "DELETE",
    };
}
