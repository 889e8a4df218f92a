using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>
/// Reads EPCIS 2.0 JSON (JSON/JSON-LD binding, EPCIS 2.0 section 10) and holds it against the GS1 JSON schema, CBV and the
/// rules of GS1 identifiers. One pass over the bytes; no tree is built.
/// </summary>
public static class EpcisDocumentParser
{
    /// <summary>Reads a document, a query document or a bare event.</summary>
    /// <param name="utf8">The body. Must not change while the result is in use: events share its memory.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="nowMs">The present: milliseconds since 1970-01-01T00:00:00Z.</param>
    public static ParseResult Parse(ReadOnlyMemory<byte> utf8, ParseLimits limits, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var errors = new ErrorList(limits.MaxErrors);
        var document = CheckBytes(utf8.Span, limits, errors) ? Read(utf8, limits, errors, nowMs) : null;
        return new ParseResult(document, errors.Resolve(utf8.Span, limits.MaxDepth), errors.Count);
    }

    /// <summary>Reads what <see cref="EpcisEvent.ToStoredContent"/> wrote.</summary>
    /// <param name="content">A bare event.</param>
    /// <param name="stored">The event, when the answer is true.</param>
    /// <param name="error">Where and why it is none, when the answer is false.</param>
    public static bool TryParseStored(
        ReadOnlyMemory<byte> content,
        [NotNullWhen(true)] out EpcisEvent? stored,
        [NotNullWhen(false)] out EpcisError? error)
    {
        var result = Parse(content, ParseLimits.Stored, 0);
        stored = result.IsValid && result.Document.Kind == DocumentKind.BareEvent ? result.Document.Events[0] : null;
        error = stored is not null ? null
            : result.Errors.Count > 0 ? result.Errors[0]
            : new EpcisError(EpcisErrorCodes.WrongType, "", null, "", "Not one event.");
        return stored is not null;
    }

    private static bool CheckBytes(ReadOnlySpan<byte> body, ParseLimits limits, ErrorList errors)
    {
        if (body.Length > limits.MaxBodyBytes)
        {
            errors.Add(
                EpcisErrorCodes.LimitExceeded, 0, "",
                $"The document has {body.Length} bytes; at most {limits.MaxBodyBytes} are allowed.");
        }
        else if (body.StartsWith("\uFEFF"u8))
        {
            errors.Add(EpcisErrorCodes.Encoding, 0, "", "The document begins with a byte order mark.");
        }
        else if (!Utf8.IsValid(body))
        {
            errors.Add(EpcisErrorCodes.Encoding, 0, "", "The document is not UTF-8.");
        }

        return errors.Count == 0;
    }

    private static EpcisDocument? Read(ReadOnlyMemory<byte> utf8, ParseLimits limits, ErrorList errors, long nowMs)
    {
        var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        try
        {
            return new DocumentReader(utf8, limits, errors, nowMs + limits.MaxFutureMs).Read(ref reader);
        }
        catch (JsonException e)
        {
            errors.EventIndex = null;
            var isDepth = IsTooDeep(utf8.Span, limits.MaxDepth);
            errors.Add(
                isDepth ? EpcisErrorCodes.LimitExceeded : EpcisErrorCodes.MalformedJson,
                utf8.Length,
                "",
                isDepth
                    ? $"The document is nested deeper than {limits.MaxDepth} levels."
                    : $"Not well-formed JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
            return null;
        }
    }

    /// <summary>Tells the two reasons apart for which the reader gives up: the fault stands where the depth is at its limit.</summary>
    private static bool IsTooDeep(ReadOnlySpan<byte> body, int maxDepth)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException)
        {
            var opened = reader.CurrentDepth
                + (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? 1 : 0);
            var rest = body[(int)reader.BytesConsumed..].TrimStart(" \t\r\n,:"u8);
            return opened >= maxDepth && rest.Length > 0 && rest[0] is (byte)'[' or (byte)'{';
        }

        return false;
    }
}
