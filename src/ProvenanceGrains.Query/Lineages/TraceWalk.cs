using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Lineages;

/// <summary>The state of one trace: what was found so far, and the two steps that one level is made of.</summary>
/// <remarks>
/// An entity is listed once and expanded once a direction, so cycles end by themselves.
/// Used by one call, on one thread at a time.
/// </remarks>
internal sealed class TraceWalk(EntityId start, int maxNodes, int maxEdges)
{
    private static readonly string[] Later = [EventRoles.Output, EventRoles.Parent];
    private static readonly string[] Earlier = [EventRoles.Input, EventRoles.Child];

    private readonly List<TraceNode> _nodes = [new TraceNode(start, 0, null)];
    private readonly HashSet<EntityId> _known = [start];
    private readonly List<TraceEdge> _edges = [];
    private readonly HashSet<(long Matter, EntityId From, EntityId To, TraceRelation Relation)> _seenEdges = [];

    public IReadOnlyList<TraceNode> Nodes => _nodes;

    public IReadOnlyList<TraceEdge> Edges => _edges;

    public TraceLimit LimitsMet { get; set; }

    /// <summary>The roles in which an entity is asked for, going up or down.</summary>
    public static IReadOnlyCollection<string> OwnRoles(TraceDirection side) => side == TraceDirection.Up ? Later : Earlier;

    /// <summary>The roles that lead on.</summary>
    public static IReadOnlyCollection<string> OtherRoles(TraceDirection side) => side == TraceDirection.Up ? Earlier : Later;

    /// <summary>Whether rows lead from a level to an entity that <paramref name="visited"/> does not have.</summary>
    public static bool LeadsOn(
        IReadOnlyList<Participation> rows, IReadOnlySet<EntityId> level, TraceDirection side, IReadOnlySet<EntityId> visited) =>
        rows.GroupBy(row => row.Matter).Any(matter => OwnRoles(side).Any(role =>
            matter.Any(row => row.Role == role && level.Contains(row.Entity))
            && matter.Any(row => row.Role == Counterpart(role) && !visited.Contains(row.Entity))));

    /// <summary>Takes in the rows of one call.</summary>
    /// <param name="rows">What the index answered for a part of the level.</param>
    /// <param name="level">The entities of the level that is being expanded.</param>
    /// <param name="side">Up or down.</param>
    /// <param name="depth">Of what is found.</param>
    /// <param name="visited">Entities met on this side so far; added to.</param>
    /// <param name="next">The next level; added to.</param>
    public void Take(
        IReadOnlyList<Participation> rows,
        IReadOnlySet<EntityId> level,
        TraceDirection side,
        int depth,
        HashSet<EntityId> visited,
        List<EntityId> next)
    {
        foreach (var matter in rows.GroupBy(row => row.Matter))
        {
            foreach (var role in OwnRoles(side))
            {
                var own = matter.Where(row => row.Role == role && level.Contains(row.Entity)).ToList();
                var others = matter.Where(row => row.Role == Counterpart(role)).ToList();
                if (own.Count > 0)
                {
                    others.ForEach(row => Discover(row.Entity, side, depth, visited, next));
                    Connect(own, others, side);
                }
            }
        }
    }

    private static string Counterpart(string role) => role switch
    {
        EventRoles.Output => EventRoles.Input,
        EventRoles.Input => EventRoles.Output,
        EventRoles.Parent => EventRoles.Child,
        EventRoles.Child => EventRoles.Parent,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role of lineage."),
    };

    private void Discover(EntityId entity, TraceDirection side, int depth, HashSet<EntityId> visited, List<EntityId> next)
    {
        if (!_known.Contains(entity))
        {
            if (_nodes.Count >= maxNodes)
            {
                LimitsMet |= TraceLimit.Nodes;
                return;
            }

            _known.Add(entity);
            _nodes.Add(new TraceNode(entity, depth, side));
        }

        if (visited.Add(entity))
        {
            next.Add(entity);
        }
    }

    /// <summary>All pairs: an event says that its outputs were made from its inputs, not which from which.</summary>
    private void Connect(List<Participation> own, List<Participation> others, TraceDirection side)
    {
        foreach (var one in own)
        {
            var relation = one.Role is EventRoles.Parent or EventRoles.Child
                ? TraceRelation.ContainedIn
                : TraceRelation.TransformedInto;
            foreach (var other in others)
            {
                var (from, to) = side == TraceDirection.Up ? (other.Entity, one.Entity) : (one.Entity, other.Entity);
                if (from == to || !_known.Contains(other.Entity) || _seenEdges.Contains((one.Matter, from, to, relation)))
                {
                    continue;
                }

                if (_edges.Count >= maxEdges)
                {
                    LimitsMet |= TraceLimit.Edges;
                    return;
                }

                _seenEdges.Add((one.Matter, from, to, relation));
                _edges.Add(new TraceEdge(from, to, relation, one.Matter, null, one.TimeMs, one.Action));
            }
        }
    }
}
