using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Epcis.Events;

/// <summary>An entity's part in an event.</summary>
/// <param name="Kind">One of <see cref="LotEntity"/>.</param>
/// <param name="Key">The canonical key.</param>
/// <param name="Role">One of <see cref="EventRoles"/>.</param>
public readonly record struct Participant(string Kind, string Key, string Role);

/// <summary>Says whose journals an event belongs into.</summary>
public static class EventParticipants
{
    /// <summary>
    /// Every object that the event names, in the order parent, epcs, children, inputs, outputs, each (object, role) once. An event that
    /// names none belongs to its place (read point, else business location), and one without a place to its reporter: there
    /// is no event without a journal.
    /// </summary>
    /// <param name="source">The event.</param>
    /// <param name="partyId">Who reports it.</param>
    public static IReadOnlyList<Participant> Of(EpcisEvent source, string partyId)
    {
        ArgumentNullException.ThrowIfNull(source);
        var found = new ParticipantList(source);
        if (source.Parent is { } parent)
        {
            found.Add(parent, EventRoles.Parent);
        }

        found.Add(source.Epcs, source.Quantities, EventRoles.Epc);
        found.Add(source.ChildEpcs, source.ChildQuantities, EventRoles.Child);
        found.Add(source.InputEpcs, source.InputQuantities, EventRoles.Input);
        found.Add(source.OutputEpcs, source.OutputQuantities, EventRoles.Output);
        if (found.Participants.Count == 0)
        {
            found.Participants.Add((source.ReadPoint ?? source.BizLocation) is { } place
                ? new Participant(LotEntity.PlaceKind, place.CanonicalKey, EventRoles.Place)
                : new Participant(LotEntity.ReporterKind, partyId, EventRoles.Reporter));
        }

        return found.Participants;
    }

    private sealed class ParticipantList(EpcisEvent source)
    {
        // Most events name a handful of objects, for which looking through the list is cheaper than hashing.
        private const int SmallList = 16;

        private readonly HashSet<(string Key, string Role)>? _seen = Count(source) > SmallList ? [] : null;

        public List<Participant> Participants { get; } = new(Count(source));

        public void Add(IReadOnlyList<Epc> epcs, IReadOnlyList<QuantityElement> quantities, string role)
        {
            for (var i = 0; i < epcs.Count; i++)
            {
                Add(epcs[i], role);
            }

            for (var i = 0; i < quantities.Count; i++)
            {
                Add(quantities[i].EpcClass, role);
            }
        }

        public void Add(Epc epc, string role)
        {
            var key = epc.CanonicalKey;
            var isNew = _seen is not null ? _seen.Add((key, role)) : !Contains(key, role);
            if (isNew)
            {
                Participants.Add(new Participant(LotEntity.Kind, key, role));
            }
        }

        private static int Count(EpcisEvent source) => 1
            + source.Epcs.Count + source.Quantities.Count
            + source.ChildEpcs.Count + source.ChildQuantities.Count
            + source.InputEpcs.Count + source.InputQuantities.Count
            + source.OutputEpcs.Count + source.OutputQuantities.Count;

        private bool Contains(string key, string role)
        {
            foreach (var participant in Participants)
            {
                if (participant.Key == key && participant.Role == role)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
