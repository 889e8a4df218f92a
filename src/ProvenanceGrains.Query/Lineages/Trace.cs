using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Query.Lineages;

/// <summary>Which way a trace goes along the flow of goods.</summary>
public enum TraceDirection
{
    /// <summary>Towards the origins: from what was made to what it was made from, from a container to what was in it.</summary>
    Up,

    /// <summary>Towards the consumers: from an input to what was made of it, from a thing to what it was packed into.</summary>
    Down,

    /// <summary>
    /// Both, each on its own from the start: what else was made from the same inputs, or travelled in the same container, is
    /// neither an origin nor a destination and is not in it.
    /// </summary>
    Both,
}

/// <summary>How goods got from one entity to another.</summary>
public enum TraceRelation
{
    /// <summary>The one is an input of the transformation that the other is an output of.</summary>
    TransformedInto,

    /// <summary>The one was in the other (aggregation or association).</summary>
    ContainedIn,
}

/// <summary>Which limit a trace met; what it holds is true all the same, but there is more.</summary>
[Flags]
public enum TraceLimit
{
    None = 0,

    /// <summary>The depth that was asked for: entities beyond it exist.</summary>
    Depth = 1,

    /// <summary><see cref="Lineage.MaxNodes"/>.</summary>
    Nodes = 2,

    /// <summary><see cref="Lineage.MaxEdges"/>.</summary>
    Edges = 4,

    /// <summary><see cref="Lineage.MaxRowsPerCall"/>.</summary>
    Rows = 8,
}

/// <summary>An entity of a trace.</summary>
/// <param name="Entity">The entity; each is listed once.</param>
/// <param name="Depth">Steps from the start; 0 for the start itself.</param>
/// <param name="Side">On which side of the start it was found first; null for the start.</param>
public sealed record TraceNode(EntityId Entity, int Depth, TraceDirection? Side);

/// <summary>A step of the flow of goods, as one event tells it.</summary>
/// <param name="From">The one nearer to the origin.</param>
/// <param name="To">The one nearer to the consumer.</param>
/// <param name="Relation">How.</param>
/// <param name="Matter">First ordinal of the event.</param>
/// <param name="EventId">The event's id; null if its content cannot be read.</param>
/// <param name="TimeMs">When the event happened: milliseconds since the epoch.</param>
/// <param name="Action">Of the event, or null: with <c>DELETE</c> a containment ended.</param>
public sealed record TraceEdge(
    EntityId From, EntityId To, TraceRelation Relation, long Matter, string? EventId, long TimeMs, string? Action);

/// <summary>The answer to a trace: level by level, in the order of discovery.</summary>
public sealed record Trace(
    EntityId Start,
    TraceDirection Direction,
    int Depth,
    IReadOnlyList<TraceNode> Nodes,
    IReadOnlyList<TraceEdge> Edges,
    TraceLimit LimitsMet);
