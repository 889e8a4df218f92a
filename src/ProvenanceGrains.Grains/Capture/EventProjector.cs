using ProvenanceGrains.Domain.Lots;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Capture;

/// <summary>What the store's index holds of an EPCIS event.</summary>
public sealed class EventProjector : IMatterProjector
{
    public MatterProjection? Project(string entryType, ReadOnlyMemory<byte> matter) =>
        entryType == EventClaim.EntryType && EventProjection.OfStored(matter) is { } projection
            ? Translate(projection)
            : null;

    /// <summary>The same, of an event that was just read.</summary>
    internal static MatterProjection Project(EpcisEvent source, string eventId) =>
        Translate(EventProjection.Of(source, eventId));

    private static MatterProjection Translate(EventProjection projection) => new(
        projection.EventId,
        projection.TypeName,
        projection.EventTimeMs,
        projection.Action,
        projection.BizStep,
        projection.Disposition,
        projection.ReadPoint,
        projection.BizLocation);
}
