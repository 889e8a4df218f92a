using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>What sort of JSON a capture brought.</summary>
public enum DocumentKind
{
    /// <summary><c>EPCISDocument</c>.</summary>
    Document,

    /// <summary><c>EPCISQueryDocument</c>: the events that somebody else's query gave.</summary>
    QueryDocument,

    /// <summary>One event by itself.</summary>
    BareEvent,
}

/// <summary>A document that was read.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Context">The document's <c>@context</c>.</param>
/// <param name="EventCount">Events that it holds, sound or not.</param>
/// <param name="Events">The sound ones, in their order; <see cref="EpcisEvent.Index"/> is the place in the document.</param>
public sealed record EpcisDocument(
    DocumentKind Kind, JsonLdContext Context, int EventCount, IReadOnlyList<EpcisEvent> Events);

/// <summary>What reading a document gave.</summary>
public sealed class ParseResult
{
    internal ParseResult(EpcisDocument? document, IReadOnlyList<EpcisError> errors, int errorCount)
    {
        Document = document;
        Errors = errors;
        ErrorCount = errorCount;
    }

    /// <summary>
    /// The document; null if it is wrong as such (malformed, over a limit, its own fields invalid). With errors in some of
    /// its events it is there with the others: for a capture that is to proceed in spite of errors.
    /// </summary>
    public EpcisDocument? Document { get; }

    /// <summary>What is wrong, in the order of reading; at most <see cref="ParseLimits.MaxErrors"/>.</summary>
    public IReadOnlyList<EpcisError> Errors { get; }

    /// <summary>How many errors there were, listed or not.</summary>
    public int ErrorCount { get; }

    /// <summary>Whether the whole of it is sound.</summary>
    [MemberNotNullWhen(true, nameof(Document))]
    public bool IsValid => Document is not null && ErrorCount == 0;
}
