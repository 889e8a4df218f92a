namespace ProvenanceGrains.Bench.Documents;

/// <summary>How a server has to answer a document.</summary>
internal enum Expectation
{
    /// <summary>2xx, and its events are kept.</summary>
    Taken,

    /// <summary>400, and none of its events is kept.</summary>
    Refused,

    /// <summary>409, and none of its events is kept but the one that was there before.</summary>
    Conflict,
}

/// <summary>An event as it is sent.</summary>
/// <param name="Id">Its eventID.</param>
/// <param name="Json">The event alone, UTF-8.</param>
internal sealed record SentEvent(string Id, byte[] Json);

/// <summary>A document as it is sent.</summary>
/// <param name="Path"><c>/capture</c>, or <c>/events</c> for a bare event.</param>
/// <param name="Body">UTF-8 JSON.</param>
/// <param name="Events">The events that it brings. Of a document that will be refused, those that must not be kept.</param>
/// <param name="Expected">How it has to be answered.</param>
internal sealed record SentDocument(string Path, byte[] Body, IReadOnlyList<SentEvent> Events, Expectation Expected);
