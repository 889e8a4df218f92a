using ProvenanceGrains.Domain.Parties;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Capture;

/// <summary>An event of a document with its identity and with the bytes that will be kept of it.</summary>
internal sealed class CapturedEvent
{
    private readonly IReadOnlyList<(EntityId, string)> _participants;
    private readonly EpcisEvent _event;
    private readonly int? _index;

    // The CBV hash is over all that an event says, however it is spelled, but for its error declaration.
    private readonly bool _isNamedByHash;
    private readonly string _pointer;

    public CapturedEvent(EpcisEvent source, string partyId, DocumentKind kind)
    {
        _event = source;
        _index = kind == DocumentKind.BareEvent ? null : source.Index;
        _pointer = kind switch
        {
            DocumentKind.Document => $"/epcisBody/eventList/{source.Index}",
            DocumentKind.QueryDocument => $"/epcisBody/queryResults/resultsBody/eventList/{source.Index}",
            DocumentKind.BareEvent => "",
        };
        EventId = EventIdentity.Of(source);
        var isOwnHash = IsOwnHash(source);
        _isNamedByHash = isOwnHash && !source.IsErrorDeclaration;
        Claim = isOwnHash
            ? EventClaim.OfHash(EventIdentity.ClaimOf(source))
            : EventClaim.OfId(EventIdentity.ClaimOf(source));
        Content = source.ToStoredContent(EventId);
        _participants = [.. EventParticipants.Of(source, partyId)
            .Select(p => (EntityId.Create(p.Kind, p.Key), p.Role))];
    }

    /// <summary>Position in the document.</summary>
    public int Index => _event.Index;

    public string EventId { get; }

    public Hash256 Claim { get; }

    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>An id in the form of a hash is only believed to be one if it is this event's.</summary>
    private static bool IsOwnHash(EpcisEvent source) =>
        source.EventId is null
        || (source.EventId.StartsWith("ni:///sha-256;", StringComparison.Ordinal) && source.EventId == EventHash.Compute(source));

    /// <summary>Whether another event of the same identity says the same; white space and the order of members do not matter.</summary>
    public bool SaysTheSameAs(CapturedEvent other) =>
        (_isNamedByHash && other._isNamedByHash)
        || ContentDigest.Of(_event).AsSpan().SequenceEqual(ContentDigest.Of(other._event));

    /// <summary>Whether an event that is in the log says the same.</summary>
    public bool SaysTheSameAs(StoredMatter stored) =>
        _isNamedByHash
        || (ContentDigest.OfStored(stored.Content) is { } digest && ContentDigest.Of(_event).AsSpan().SequenceEqual(digest));

    public CaptureError Conflict(string message) => new("event-id-taken", $"{_pointer}/eventID", _index, "eventID", message);

    /// <summary>Null if the event is in the sender's scope.</summary>
    public CaptureError? OutOfScope(IReadOnlyList<string> glnPrefixes) => GlnScope.FieldOutside(_event, glnPrefixes) is { } field
        ? new CaptureError(
            "out-of-scope", $"{_pointer}/{field}", _index, field,
            $"The party may report only what happens at GLNs that begin with {string.Join(" or ", glnPrefixes)}.")
        : null;

    public MatterDraft ToMatter() =>
        new(EventClaim.EntryType, Content, Claim, _participants, EventProjector.Project(_event, EventId));
}

/// <summary>The events of one document, each identity once.</summary>
internal sealed class CaptureBatch
{
    private readonly List<CapturedEvent> _events = [];
    private readonly List<CaptureError> _conflicts = [];

    public CaptureBatch(EpcisDocument document, string partyId)
    {
        var seen = new Dictionary<Hash256, CapturedEvent>(document.Events.Count);
        foreach (var source in document.Events)
        {
            var captured = new CapturedEvent(source, partyId, document.Kind);
            if (seen.TryAdd(captured.Claim, captured))
            {
                _events.Add(captured);
            }
            else if (!captured.SaysTheSameAs(seen[captured.Claim]))
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
