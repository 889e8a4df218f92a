using ProvenanceGrains.Domain.Lots;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Grains.Capture;

/// <summary>An event of a document with its identity and with the bytes that will be kept of it.</summary>
internal sealed class CapturedEvent
{
    private readonly IReadOnlyList<(EntityId, string)> _participants;
    private readonly EpcisEvent _event;

    public CapturedEvent(EpcisEvent source, string partyId)
    {
        _event = source;
        EventId = EventIdentity.Of(source);
        Claim = EventClaim.Of(EventId);
        Content = source.ToStoredContent(EventId);
        _participants = [.. EventParticipants.Of(source, partyId)
            .Select(p => (EntityId.Create(p.Kind, p.Key), p.Role))];
    }

    /// <summary>Position in the document.</summary>
    public int Index => _event.Index;

    public string EventId { get; }

    public Hash256 Claim { get; }

    public ReadOnlyMemory<byte> Content { get; }

    public CaptureError Conflict(string message) => new(
        "event-id-taken", $"/epcisBody/eventList/{Index}/eventID", Index, "eventID", message);

    public MatterDraft ToMatter() =>
        new(EventClaim.EntryType, Content, Claim, _participants, EventProjector.Project(_event, EventId));
}

/// <summary>The events of one document, each identity once.</summary>
internal sealed class CaptureBatch
{
    private readonly List<CapturedEvent> _events = [];
    private readonly List<CaptureError> _conflicts = [];

    public CaptureBatch(IReadOnlyList<EpcisEvent> events, string partyId)
    {
        var seen = new Dictionary<Hash256, CapturedEvent>(events.Count);
        foreach (var source in events)
        {
            var captured = new CapturedEvent(source, partyId);
            if (seen.TryAdd(captured.Claim, captured))
            {
                _events.Add(captured);
            }
            else if (!ContentDigest.AreEqual(seen[captured.Claim].Content, captured.Content))
            {
                _conflicts.Add(captured.Conflict(
                    $"The document gives the eventID '{captured.EventId}' to different events: "
                    + $"also to number {seen[captured.Claim].Index}."));
            }
        }
    }

    public IReadOnlyList<CapturedEvent> Events => _events;

    public IReadOnlyList<CaptureError> Conflicts => _conflicts;
}
