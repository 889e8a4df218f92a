using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Grains.Contracts.Capture;

/// <summary>What happens to a document of which some events are in order and some are not.</summary>
public enum CaptureErrorBehaviour
{
    /// <summary>All or nothing: the default.</summary>
    Rollback,

    /// <summary>The events that are in order are captured, the others are reported.</summary>
    Proceed,
}

/// <summary>A document to be captured.</summary>
/// <param name="Document">UTF-8 JSON. The caller must not change it before the answer.</param>
/// <param name="SingleEvent">It is one bare event, not a document.</param>
/// <param name="PartyId">Who sends it.</param>
/// <param name="KeyId">The key that the sender proved to hold.</param>
/// <param name="ErrorBehaviour">See there.</param>
public sealed record CaptureCommand(
    ReadOnlyMemory<byte> Document,
    bool SingleEvent,
    string PartyId,
    string KeyId,
    CaptureErrorBehaviour ErrorBehaviour)
{
    /// <summary>Where the sender's events may happen; empty for anywhere.</summary>
    public IReadOnlyList<string> GlnPrefixes { get; init; } = [];

    /// <summary>How the request was signed; null if it was not.</summary>
    public RequestSignature? Signature { get; init; }
}

/// <summary>One thing that is wrong with a document.</summary>
/// <param name="Code">Stable name of the rule.</param>
/// <param name="Pointer">RFC 6901 JSON pointer into the document as sent.</param>
/// <param name="EventIndex">Position in the event list, 0-based; null outside of it.</param>
/// <param name="Field">The field's name.</param>
/// <param name="Message">For a person.</param>
public sealed record CaptureError(string Code, string Pointer, int? EventIndex, string Field, string Message);

/// <summary>A capture that has ended.</summary>
/// <param name="JobId">Names the job: 32 hexadecimal digits.</param>
/// <param name="EventIds">The events of the document that are in the log, in the document's order.</param>
/// <param name="Errors">With <see cref="CaptureErrorBehaviour.Proceed"/>: what was left out, and why.</param>
/// <param name="Replayed">Everything was in the log already; this is the original result again.</param>
public sealed record CaptureReceipt(
    string JobId, IReadOnlyList<string> EventIds, IReadOnlyList<CaptureError> Errors, bool Replayed);

/// <summary>What became of a document.</summary>
public abstract record CaptureOutcome
{
    private CaptureOutcome()
    {
    }

    /// <summary>Its events are durable.</summary>
    public sealed record Captured(CaptureReceipt Receipt) : CaptureOutcome;

    /// <summary>It breaks rules. Nothing was written.</summary>
    public sealed record Invalid(IReadOnlyList<CaptureError> Errors) : CaptureOutcome;

    /// <summary>It is over a limit that the server announces. Nothing was written.</summary>
    public sealed record TooLarge(IReadOnlyList<CaptureError> Errors) : CaptureOutcome;

    /// <summary>Its events are not the sender's to report. Nothing was written.</summary>
    public sealed record Forbidden(IReadOnlyList<CaptureError> Errors) : CaptureOutcome;

    /// <summary>Its signature came before, or may have. Nothing was written.</summary>
    /// <param name="Part">The parameter of the signature: <c>nonce</c> or <c>created</c>.</param>
    /// <param name="Reason">For a person.</param>
    public sealed record Replayed(string Part, string Reason) : CaptureOutcome;

    /// <summary>The key of its signature was revoked after the request was verified. Nothing was written.</summary>
    public sealed record KeyRevoked : CaptureOutcome;

    /// <summary>Its signature would not verify from the log. Nothing was written.</summary>
    /// <param name="Fault">What is wrong by the time it would be written.</param>
    public sealed record Unsigned(SignatureFault Fault) : CaptureOutcome;

    /// <summary>It gives other content to an event id that is taken. Nothing was written.</summary>
    public sealed record Conflict(IReadOnlyList<CaptureError> Errors) : CaptureOutcome;

    /// <summary>Come back later. Nothing was written.</summary>
    public sealed record Busy(string Reason) : CaptureOutcome;

    /// <summary>The store has stopped. Not acknowledged; whether it is there is decided at the next start.</summary>
    public sealed record Unavailable(string Reason) : CaptureOutcome;
}

/// <summary>The way in for tracking events.</summary>
public interface ICaptureService
{
    /// <summary>Validates a whole document and commits it. Returns after the commit is durable.</summary>
    /// <param name="command">The document.</param>
    /// <param name="cancellation">Gives up before the commit is under way; after that the answer is waited for.</param>
    Task<CaptureOutcome> CaptureAsync(CaptureCommand command, CancellationToken cancellation);
}
