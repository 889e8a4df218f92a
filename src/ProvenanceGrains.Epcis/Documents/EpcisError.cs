namespace ProvenanceGrains.Epcis.Documents;

/// <summary>One reason for which a document, or one event of it, is refused.</summary>
/// <param name="Code">One of <see cref="EpcisErrorCodes"/>.</param>
/// <param name="JsonPointer">Where (RFC 6901), from the root of the document; empty for the document itself.</param>
/// <param name="EventIndex">Which event of the list, from 0; null if the document as such is wrong.</param>
/// <param name="Field">The field's name as written, or that of the missing one; empty for the document itself.</param>
/// <param name="Message">For a person; one or two sentences.</param>
public sealed record EpcisError(string Code, string JsonPointer, int? EventIndex, string Field, string Message);

/// <summary>The values of <see cref="EpcisError.Code"/>.</summary>
public static class EpcisErrorCodes
{
    /// <summary>Not JSON (RFC 8259), or something follows the document.</summary>
    public const string MalformedJson = "malformed-json";

    /// <summary>Not UTF-8, or a byte order mark, or half a surrogate pair.</summary>
    public const string Encoding = "encoding";

    /// <summary>A name stands twice in one object.</summary>
    public const string DuplicateName = "duplicate-name";

    /// <summary>Over one of <see cref="ParseLimits"/>.</summary>
    public const string LimitExceeded = "limit-exceeded";

    /// <summary>A required field is absent.</summary>
    public const string MissingField = "missing-field";

    /// <summary>A field that does not belong there and is no extension either.</summary>
    public const string UnknownField = "unknown-field";

    /// <summary>A string where a list belongs, and the like.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>The right type, but not a value that the standard allows.</summary>
    public const string InvalidValue = "invalid-value";

    /// <summary>Not a term of the Core Business Vocabulary, and not a URI of one's own.</summary>
    public const string UnknownVocabulary = "unknown-vocabulary";

    /// <summary>A GS1 identifier that breaks GS1's own rules, e.g. a wrong check digit.</summary>
    public const string InvalidIdentifier = "invalid-identifier";

    /// <summary>Neither one of the standard's event types nor the URI of one's own.</summary>
    public const string UnknownEventType = "unknown-event-type";

    /// <summary>A time too far past the present.</summary>
    public const string FutureTime = "future-time";
}
