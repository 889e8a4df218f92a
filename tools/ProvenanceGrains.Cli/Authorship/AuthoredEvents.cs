using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;

namespace ProvenanceGrains.Cli.Authorship;

/// <summary>The events of a signed body as capture keeps them: whether what the log holds is among what the party signed.</summary>
/// <remarks>Capture is deterministic: the same body gives the same bytes for each event, byte for byte, in the server and here.</remarks>
internal sealed class AuthoredEvents
{
    private readonly Dictionary<string, EpcisEvent> _events = new(StringComparer.Ordinal);

    private AuthoredEvents()
    {
    }

    /// <summary>Reads a body as capture does; a body that is no document holds no event.</summary>
    /// <param name="body">The signed bytes.</param>
    /// <param name="recordedMs">When it was captured: milliseconds since the epoch.</param>
    public static AuthoredEvents Of(ReadOnlyMemory<byte> body, long recordedMs)
    {
        var authored = new AuthoredEvents();
        if (EpcisDocumentParser.Parse(body, ParseLimits.Stored, recordedMs).Document is { } document)
        {
            foreach (var one in document.Events)
            {
                authored._events.TryAdd(Convert.ToBase64String(one.ToStoredContent(EventIdentity.Of(one))), one);
            }
        }

        return authored;
    }

    /// <summary>Whether the content group of an event's entry is one of them.</summary>
    public bool Hold(ReadOnlySpan<byte> content) => _events.ContainsKey(Convert.ToBase64String(content));

    /// <summary>Whether it is one of them and gives the entity that part: an event belongs into the journals of what it names and no other.</summary>
    /// <param name="content">The content group of an event's entry.</param>
    /// <param name="participant">Whose journal, and the role of the type group.</param>
    /// <param name="partyId">Who signed.</param>
    public bool Name(ReadOnlySpan<byte> content, Participant participant, string partyId) =>
        _events.TryGetValue(Convert.ToBase64String(content), out var one) && EventParticipants.Of(one, partyId).Contains(participant);
}
