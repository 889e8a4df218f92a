using System.Buffers;
using System.Text;
using ProvenanceGrains.Ledger;

namespace ProvenanceGrains.Grains.Contracts.Capture;

/// <summary>The name that an event claims in the log by its <c>eventID</c> (docs/formats.md, "Claims").</summary>
public static class EventClaim
{
    /// <summary>The entry type of EPCIS events.</summary>
    public const string EntryType = "epcis.event";

    /// <summary>The claim of an id that its sender chose: SHA-256 over a domain separator and the id's UTF-8 bytes.</summary>
    public static Hash256 OfId(string eventId) => Of("provenancegrains/claim/event-id/v1\0"u8, eventId);

    /// <summary>
    /// The claim of an id that is the event's own CBV hash, whether the sender wrote it or the engine computed it. Apart from
    /// the other, so that nobody can take an event's hash for another event beforehand.
    /// </summary>
    public static Hash256 OfHash(string eventHash) => Of("provenancegrains/claim/event-hash/v1\0"u8, eventHash);

    /// <summary>Both claims under which an event of that id may be found, the event's own hash first.</summary>
    public static IReadOnlyList<Hash256> Candidates(string eventId) => [OfHash(eventId), OfId(eventId)];

    private static Hash256 Of(ReadOnlySpan<byte> domain, string eventId)
    {
        ArgumentNullException.ThrowIfNull(eventId);
        var length = domain.Length + Encoding.UTF8.GetByteCount(eventId);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        domain.CopyTo(rented);
        Encoding.UTF8.GetBytes(eventId, rented.AsSpan(domain.Length));
        var name = Hash256.Sha256(rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        return name;
    }
}
