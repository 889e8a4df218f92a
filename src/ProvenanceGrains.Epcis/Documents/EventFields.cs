using System.Text;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Json;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>The standard fields of the event types, as bits.</summary>
[Flags]
internal enum EventFields
{
    None = 0,
    Context = 1 << 0,
    Type = 1 << 1,
    EventTime = 1 << 2,
    RecordTime = 1 << 3,
    EventTimeZoneOffset = 1 << 4,
    EventId = 1 << 5,
    CertificationInfo = 1 << 6,
    ErrorDeclaration = 1 << 7,
    EpcList = 1 << 8,
    QuantityList = 1 << 9,
    Action = 1 << 10,
    BizStep = 1 << 11,
    Disposition = 1 << 12,
    PersistentDisposition = 1 << 13,
    ReadPoint = 1 << 14,
    BizLocation = 1 << 15,
    BizTransactionList = 1 << 16,
    SourceList = 1 << 17,
    DestinationList = 1 << 18,
    SensorElementList = 1 << 19,
    Ilmd = 1 << 20,
    ParentId = 1 << 21,
    ChildEpcs = 1 << 22,
    ChildQuantityList = 1 << 23,
    InputEpcList = 1 << 24,
    InputQuantityList = 1 << 25,
    OutputEpcList = 1 << 26,
    OutputQuantityList = 1 << 27,
    TransformationId = 1 << 28,
}

/// <summary>Names of <see cref="EventFields"/>, and which event type has which.</summary>
internal static class EventFieldTable
{
    private const EventFields Common = EventFields.Context | EventFields.Type | EventFields.EventTime
        | EventFields.RecordTime | EventFields.EventTimeZoneOffset | EventFields.EventId
        | EventFields.CertificationInfo | EventFields.ErrorDeclaration;

    // The JSON schema leaves persistentDisposition out of three event types; the XML schema and the text of the standard
    // (EPCIS 2.0 section 7.4) have it in all, and so do documents in the field: it is allowed in all.
    private const EventFields Business = EventFields.BizStep | EventFields.Disposition
        | EventFields.PersistentDisposition | EventFields.ReadPoint | EventFields.BizLocation
        | EventFields.BizTransactionList | EventFields.SourceList | EventFields.DestinationList
        | EventFields.SensorElementList;

    private static readonly (string Name, EventFields Field)[] All =
    [
        ("@context", EventFields.Context),
        ("type", EventFields.Type),
        ("eventTime", EventFields.EventTime),
        ("recordTime", EventFields.RecordTime),
        ("eventTimeZoneOffset", EventFields.EventTimeZoneOffset),
        ("eventID", EventFields.EventId),
        ("certificationInfo", EventFields.CertificationInfo),
        ("errorDeclaration", EventFields.ErrorDeclaration),
        ("epcList", EventFields.EpcList),
        ("quantityList", EventFields.QuantityList),
        ("action", EventFields.Action),
        ("bizStep", EventFields.BizStep),
        ("disposition", EventFields.Disposition),
        ("persistentDisposition", EventFields.PersistentDisposition),
        ("readPoint", EventFields.ReadPoint),
        ("bizLocation", EventFields.BizLocation),
        ("bizTransactionList", EventFields.BizTransactionList),
        ("sourceList", EventFields.SourceList),
        ("destinationList", EventFields.DestinationList),
        ("sensorElementList", EventFields.SensorElementList),
        ("ilmd", EventFields.Ilmd),
        ("parentID", EventFields.ParentId),
        ("childEPCs", EventFields.ChildEpcs),
        ("childQuantityList", EventFields.ChildQuantityList),
        ("inputEPCList", EventFields.InputEpcList),
        ("inputQuantityList", EventFields.InputQuantityList),
        ("outputEPCList", EventFields.OutputEpcList),
        ("outputQuantityList", EventFields.OutputQuantityList),
        ("transformationID", EventFields.TransformationId),
    ];

    private static readonly Utf8Map<(EventFields Field, string Name)> ByName = Build();

    public static bool TryFind(ReadOnlySpan<byte> name, out EventFields field, out string text)
    {
        var found = ByName.TryGet(name, out var entry);
        (field, text) = entry;
        return found;
    }

    public static string NameOf(EventFields field) => Array.Find(All, entry => entry.Field == field).Name;

    /// <summary>The fields that a type has. An extended type is free.</summary>
    public static EventFields Allowed(EventType type) => type switch
    {
        EventType.ObjectEvent => Common | Business | EventFields.Action | EventFields.EpcList
            | EventFields.QuantityList | EventFields.Ilmd,
        EventType.AggregationEvent or EventType.AssociationEvent => Common | Business | EventFields.Action
            | EventFields.ParentId | EventFields.ChildEpcs | EventFields.ChildQuantityList,
        EventType.TransactionEvent => Common | Business | EventFields.Action | EventFields.ParentId
            | EventFields.EpcList | EventFields.QuantityList,
        EventType.TransformationEvent => Common | Business | EventFields.InputEpcList | EventFields.InputQuantityList
            | EventFields.OutputEpcList | EventFields.OutputQuantityList | EventFields.TransformationId
            | EventFields.Ilmd,
        EventType.Extended => (EventFields)~0,
    };

    public static EventFields Required(EventType type) => EventFields.EventTime | EventFields.EventTimeZoneOffset
        | (type switch
        {
            EventType.ObjectEvent or EventType.AggregationEvent => EventFields.Action,
            EventType.TransactionEvent => EventFields.Action | EventFields.BizTransactionList,
            EventType.AssociationEvent => EventFields.Action | EventFields.ParentId,
            EventType.TransformationEvent or EventType.Extended => EventFields.None,
        });

    /// <summary>The type that a name stands for; null for an extended one.</summary>
    public static EventType? TypeOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("ObjectEvent"u8) => EventType.ObjectEvent,
        _ when name.SequenceEqual("AggregationEvent"u8) => EventType.AggregationEvent,
        _ when name.SequenceEqual("TransactionEvent"u8) => EventType.TransactionEvent,
        _ when name.SequenceEqual("TransformationEvent"u8) => EventType.TransformationEvent,
        _ when name.SequenceEqual("AssociationEvent"u8) => EventType.AssociationEvent,
        _ => null,
    };

    private static Utf8Map<(EventFields, string)> Build()
    {
        var map = new Utf8Map<(EventFields, string)>(64);
        foreach (var (name, field) in All)
        {
            map.Add(Encoding.ASCII.GetBytes(name), (field, name));
        }

        return map;
    }
}
