using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Epcis.Hashing;

/// <summary>By what an event is known, and how it is told from another of the same name.</summary>
public static class EventIdentity
{
    /// <summary>Its <c>eventID</c> or, if the sender gave none, its <see cref="EventHash"/>.</summary>
    public static string Of(EpcisEvent source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.EventId ?? EventHash.Compute(source);
    }

    /// <summary>
    /// The name that only one event may bear: its identity or, for the declaration that an event was in error, that with
    /// a suffix. The declaration repeats the event it is about, <c>eventID</c> included (EPCIS 2.0 section 7.4.1.2), so
    /// the two share an identity and are both to be kept.
    /// </summary>
    public static string ClaimOf(EpcisEvent source) =>
        source is { IsErrorDeclaration: true } ? Of(source) + " errorDeclaration" : Of(source);
}
