using System.Buffers;
using System.Text;
using ProvenanceGrains.Ledger;

namespace ProvenanceGrains.Grains.Contracts.Capture;

/// <summary>The name that an event claims in the log by its <c>eventID</c> (docs/formats.md, "Claims").</summary>
public static class EventClaim
{
    /// <summary>The entry type of EPCIS events.</summary>
    public const string EntryType = "epcis.event";

    /// <summary>SHA-256 over a domain separator and the id's UTF-8 bytes.</summary>
    public static Hash256 Of(string eventId)
    {
        ArgumentNullException.ThrowIfNull(eventId);
        var domain = "provenancegrains/claim/event-id/v1\0"u8;
        var length = domain.Length + Encoding.UTF8.GetByteCount(eventId);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        domain.CopyTo(rented);
        Encoding.UTF8.GetBytes(eventId, rented.AsSpan(domain.Length));
        var name = Hash256.Sha256(rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        return name;
    }
}
