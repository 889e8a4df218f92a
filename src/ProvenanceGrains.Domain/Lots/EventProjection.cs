using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;

namespace ProvenanceGrains.Domain.Lots;

/// <summary>What queries look for in an event, beside the objects that it names.</summary>
/// <param name="EventId">Its identity.</param>
/// <param name="TypeName">E.g. <c>ObjectEvent</c>.</param>
/// <param name="EventTimeMs">Milliseconds since the epoch.</param>
/// <param name="Action"><c>ADD</c>, <c>OBSERVE</c>, <c>DELETE</c> or null.</param>
/// <param name="BizStep">Canonical URI, or null.</param>
/// <param name="Disposition">Canonical URI, or null.</param>
/// <param name="ReadPoint">Canonical URI, or null.</param>
/// <param name="BizLocation">Canonical URI, or null.</param>
public sealed record EventProjection(
    string EventId,
    string TypeName,
    long EventTimeMs,
    string? Action,
    string? BizStep,
    string? Disposition,
    string? ReadPoint,
    string? BizLocation)
{
    /// <summary>Of an event that was just read.</summary>
    /// <param name="source">The event.</param>
    /// <param name="eventId">Its identity.</param>
    public static EventProjection Of(EpcisEvent source, string eventId)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new EventProjection(
            eventId,
            source.TypeName,
            source.EventTimeMs,
            source.Action?.ToWire(),
            source.BizStep,
            source.Disposition,
            source.ReadPoint?.CanonicalUri,
            source.BizLocation?.CanonicalUri);
    }

    /// <summary>Of an event as it is stored: the same; null if the bytes are no event.</summary>
    public static EventProjection? OfStored(ReadOnlyMemory<byte> content) =>
        EpcisDocumentParser.TryParseStored(content, out var stored, out _) ? Of(stored, EventIdentity.Of(stored)) : null;
}
