using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Epcis.Events;

/// <summary>An amount of a class of objects (EPCIS 2.0 section 7.3.3.3).</summary>
/// <param name="EpcClass">The class: a product, or a lot of it.</param>
/// <param name="Quantity">How much; null if not said. Finite.</param>
/// <param name="Uom">UN/CEFACT Rec. 20 unit; null for a count of pieces.</param>
public sealed record QuantityElement(Epc EpcClass, double? Quantity, string? Uom);

/// <summary>A reference to a business document, a source or a destination.</summary>
/// <param name="Type">Canonical URI of the type; null if not said.</param>
/// <param name="Id">The transaction, party or location: a canonical Digital Link if it is GS1's, else the URI as written.</param>
public sealed record TypedIdentifier(string? Type, string Id);

/// <summary>
/// One event that satisfies the standard: its exact bytes, and of its fields those that the engine works with, in
/// canonical form. Everything else (ILMD, sensor data, extensions) is in the bytes.
/// </summary>
public sealed class EpcisEvent
{
    internal EpcisEvent()
    {
    }

    /// <summary>Its place in the list it came in, from 0; 0 for a bare event.</summary>
    public required int Index { get; init; }

    public required EventType Type { get; init; }

    /// <summary>As written: <c>ObjectEvent</c>, or the URI of an extended type.</summary>
    public required string TypeName { get; init; }

    /// <summary>The event object exactly as it came, from brace to brace. Shares the document's memory.</summary>
    public required ReadOnlyMemory<byte> Utf8 { get; init; }

    /// <summary>What its prefixes mean: the contexts around it and its own.</summary>
    public required JsonLdContext Context { get; init; }

    /// <summary>Where in <see cref="Utf8"/> its own <c>@context</c> member stands, comma included; empty if it has none.</summary>
    internal Range OwnContextMember { get; init; }

    /// <summary>A URI; null if the sender gave none.</summary>
    public required string? EventId { get; init; }

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z.</summary>
    public required long EventTimeMs { get; init; }

    /// <summary><c>+hh:mm</c> or <c>-hh:mm</c>.</summary>
    public required string TimeZoneOffset { get; init; }

    /// <summary>What the sender's system says; milliseconds since the epoch. The engine records its own.</summary>
    public required long? RecordTimeMs { get; init; }

    public required EventAction? Action { get; init; }

    /// <summary>Canonical URI.</summary>
    public required string? BizStep { get; init; }

    /// <summary>Canonical URI.</summary>
    public required string? Disposition { get; init; }

    public required Epc? ReadPoint { get; init; }

    public required Epc? BizLocation { get; init; }

    public required Epc? Parent { get; init; }

    /// <summary><c>epcList</c>.</summary>
    public required IReadOnlyList<Epc> Epcs { get; init; }

    /// <summary><c>quantityList</c>.</summary>
    public required IReadOnlyList<QuantityElement> Quantities { get; init; }

    /// <summary><c>childEPCs</c>.</summary>
    public required IReadOnlyList<Epc> ChildEpcs { get; init; }

    /// <summary><c>childQuantityList</c>.</summary>
    public required IReadOnlyList<QuantityElement> ChildQuantities { get; init; }

    /// <summary><c>inputEPCList</c>.</summary>
    public required IReadOnlyList<Epc> InputEpcs { get; init; }

    /// <summary><c>inputQuantityList</c>.</summary>
    public required IReadOnlyList<QuantityElement> InputQuantities { get; init; }

    /// <summary><c>outputEPCList</c>.</summary>
    public required IReadOnlyList<Epc> OutputEpcs { get; init; }

    /// <summary><c>outputQuantityList</c>.</summary>
    public required IReadOnlyList<QuantityElement> OutputQuantities { get; init; }

    /// <summary>As written.</summary>
    public required string? TransformationId { get; init; }

    public required IReadOnlyList<TypedIdentifier> BizTransactions { get; init; }

    public required IReadOnlyList<TypedIdentifier> Sources { get; init; }

    public required IReadOnlyList<TypedIdentifier> Destinations { get; init; }

    /// <summary>Whether it declares an earlier event of the same identity to be in error (section 7.4.1.2).</summary>
    public required bool IsErrorDeclaration { get; init; }

    /// <summary>
    /// The event as a JSON object that stands alone: first its <c>@context</c> with every binding in force for it, then
    /// <c>eventID</c> if it came without one, then its own members exactly as they came.
    /// </summary>
    /// <param name="eventId">Its identity: used only where the event has no <c>eventID</c>. A URI, so nothing to escape.</param>
    /// <returns>UTF-8, no byte order mark. <see cref="EpcisDocumentParser.TryParseStored"/> reads it.</returns>
    public byte[] ToStoredContent(string eventId)
    {
        ArgumentNullException.ThrowIfNull(eventId);
        return StoredContent.Write(this, eventId);
    }
}
