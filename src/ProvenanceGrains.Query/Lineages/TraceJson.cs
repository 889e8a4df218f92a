using System.Text.Json;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Query.Events;

namespace ProvenanceGrains.Query.Lineages;

/// <summary>Writes <c>provenancegrains-trace/v1</c> (docs/api.md).</summary>
public static class TraceJson
{
    public static void Write(Utf8JsonWriter json, Trace trace)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(trace);
        json.WriteStartObject();
        json.WriteString("format", "provenancegrains-trace/v1");
        json.WritePropertyName("entity");
        WriteEntity(json, trace.Start);
        json.WriteString("direction", NameOf(trace.Direction));
        json.WriteNumber("depth", trace.Depth);
        json.WriteBoolean("truncated", trace.LimitsMet != TraceLimit.None);
        json.WriteStartArray("limitsMet");
        foreach (var limit in Enum.GetValues<TraceLimit>())
        {
            if (limit != TraceLimit.None && trace.LimitsMet.HasFlag(limit))
            {
                json.WriteStringValue(NameOf(limit));
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("nodes");
        foreach (var node in trace.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("kind", node.Entity.Kind);
            json.WriteString("key", node.Entity.Key);
            json.WriteNumber("depth", node.Depth);
            json.WriteString("side", node.Side is { } side ? NameOf(side) : "start");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("edges");
        foreach (var edge in trace.Edges)
        {
            WriteEdge(json, edge);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary><c>up</c>, <c>down</c> or <c>both</c>.</summary>
    public static string NameOf(TraceDirection direction) => direction switch
    {
        TraceDirection.Up => "up",
        TraceDirection.Down => "down",
        TraceDirection.Both => "both",
    };

    private static string NameOf(TraceRelation relation) => relation switch
    {
        TraceRelation.TransformedInto => "transformed-into",
        TraceRelation.ContainedIn => "contained-in",
    };

    private static string NameOf(TraceLimit limit) => limit switch
    {
        TraceLimit.None => "none",
        TraceLimit.Depth => "depth",
        TraceLimit.Nodes => "nodes",
        TraceLimit.Edges => "edges",
        TraceLimit.Rows => "rows",
    };

    private static void WriteEdge(Utf8JsonWriter json, TraceEdge edge)
    {
        json.WriteStartObject();
        json.WritePropertyName("from");
        WriteEntity(json, edge.From);
        json.WritePropertyName("to");
        WriteEntity(json, edge.To);
        json.WriteString("relation", NameOf(edge.Relation));
        json.WriteString("eventID", edge.EventId);
        json.WriteString("eventTime", Instants.ToText(edge.TimeMs));
        json.WriteString("action", edge.Action);
        json.WriteEndObject();
    }

    private static void WriteEntity(Utf8JsonWriter json, EntityId entity)
    {
        json.WriteStartObject();
        json.WriteString("kind", entity.Kind);
        json.WriteString("key", entity.Key);
        json.WriteEndObject();
    }
}
