using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Epcis.Json;
using ProvenanceGrains.Epcis.Vocabulary;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>
/// Reads single values and checks them, recording what is wrong and going on. Every method is called with the reader on
/// the value's first token and leaves it on its last, whatever the value turned out to be.
/// </summary>
/// <remarks>One instance serves one document, on one thread.</remarks>
internal sealed class ValueReader(ReadOnlyMemory<byte> body, ParseLimits limits, ErrorList errors)
{
    private readonly SliceCache<Epc> _epcs = new(body);
    private readonly SliceCache<string> _strings = new(body);
    private byte[] _scratch = [];
    private char[] _chars = new char[256];

    public ParseLimits Limits => limits;

    public ErrorList Errors => errors;

    public NameSet Names { get; } = new();

    /// <summary>What prefixes mean just now.</summary>
    public JsonLdContext Context { get; set; } = JsonLdContext.Epcis;

    public void Error(ref Utf8JsonReader reader, string code, string field, string message) =>
        errors.Add(code, reader.TokenStartIndex, field, message);

    /// <summary>Reads a string of any content.</summary>
    /// <param name="reader">On the value.</param>
    /// <param name="field">Its name, for errors.</param>
    /// <param name="text">Unescaped; valid until the next call.</param>
    public bool TryText(ref Utf8JsonReader reader, string field, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (reader.TokenType != JsonTokenType.String)
        {
            Error(ref reader, EpcisErrorCodes.WrongType, field, $"{field} must be a string.");
            reader.Skip();
            return false;
        }

        return TryUnescape(ref reader, field, out text);
    }

    /// <summary>The content of a string or a name, unescaped.</summary>
    public bool TryUnescape(ref Utf8JsonReader reader, string field, out ReadOnlySpan<byte> text)
    {
        text = reader.ValueSpan;
        if (text.Length > limits.MaxStringBytes)
        {
            Error(
                ref reader, EpcisErrorCodes.LimitExceeded, field,
                $"A string has {text.Length} bytes; at most {limits.MaxStringBytes} are allowed.");
            return false;
        }

        if (!reader.ValueIsEscaped)
        {
            return true;
        }

        if (Utf8Text.HasLoneSurrogateEscape(text))
        {
            Error(ref reader, EpcisErrorCodes.Encoding, field, "A string escapes half a surrogate pair.");
            return false;
        }

        if (_scratch.Length < text.Length)
        {
            _scratch = new byte[int.Max(text.Length, 256)];
        }

        text = _scratch.AsSpan(0, reader.CopyString(_scratch));
        return true;
    }

    public bool TryUri(ref Utf8JsonReader reader, string field, out ReadOnlySpan<byte> uri)
    {
        if (!TryText(ref reader, field, out uri))
        {
            return false;
        }

        if (uri.Length > limits.MaxIdentifierBytes)
        {
            Error(
                ref reader, EpcisErrorCodes.LimitExceeded, field,
                $"{field} has {uri.Length} bytes; an identifier has at most {limits.MaxIdentifierBytes}.");
            return false;
        }

        if (!Utf8Text.IsUri(uri))
        {
            Error(ref reader, EpcisErrorCodes.InvalidValue, field, $"{field} must be a URI with a scheme.");
            return false;
        }

        return true;
    }

    /// <summary>Reads an identifier of an object, place, party or document, by GS1's rules if it is GS1's.</summary>
    public bool TryEpc(ref Utf8JsonReader reader, string field, out Epc epc)
    {
        epc = default;
        return TryUri(ref reader, field, out var uri) && TryEpc(ref reader, field, uri, out epc);
    }

    /// <summary>
    /// Reads a reference to a business document: of the <c>urn:epc:</c> schemes only <c>urn:epc:id:</c> is GS1's to check,
    /// since partners name documents in ways of their own.
    /// </summary>
    public bool TryTransaction(ref Utf8JsonReader reader, string field, out string? canonical)
    {
        canonical = null;
        if (!TryUri(ref reader, field, out var uri))
        {
            return false;
        }

        if (uri.StartsWith("urn:"u8) && !uri.StartsWith("urn:epc:id:"u8))
        {
            canonical = Share(ref reader, uri);
            return true;
        }

        if (!TryEpc(ref reader, field, uri, out var epc))
        {
            return false;
        }

        canonical = epc.CanonicalUri;
        return true;
    }

    private bool TryEpc(ref Utf8JsonReader reader, string field, scoped ReadOnlySpan<byte> uri, out Epc epc)
    {
        if (_epcs.TryGet(uri, out epc))
        {
            return true;
        }

        var chars = _chars.AsSpan(0, 0);
        if (_chars.Length < uri.Length)
        {
            _chars = new char[uri.Length];
        }

        chars = _chars.AsSpan(0, Encoding.ASCII.GetChars(uri, _chars));
        if (!Epc.TryParse(chars, out epc, out var error))
        {
            Error(ref reader, EpcisErrorCodes.InvalidIdentifier, field, error ?? "Not a GS1 identifier.");
            return false;
        }

        if (epc.CanonicalKey.Length > limits.MaxIdentifierBytes)
        {
            Error(
                ref reader, EpcisErrorCodes.LimitExceeded, field,
                $"{field} has more than {limits.MaxIdentifierBytes} bytes in its canonical form.");
            return false;
        }

        if (!reader.ValueIsEscaped)
        {
            _epcs.Add((int)reader.TokenStartIndex + 1, uri.Length, epc);
        }

        return true;
    }

    public bool TryVocabulary(
        ref Utf8JsonReader reader, string field, VocabularyKind kind, out string? canonical)
    {
        canonical = null;
        if (!TryText(ref reader, field, out var text))
        {
            return false;
        }

        if (text.Length > limits.MaxIdentifierBytes)
        {
            Error(
                ref reader, EpcisErrorCodes.LimitExceeded, field,
                $"{field} has {text.Length} bytes; at most {limits.MaxIdentifierBytes} are allowed.");
            return false;
        }

        if (CbvVocabulary.TryCanonicalize(kind, text, Context, out canonical, out var error))
        {
            return true;
        }

        Error(ref reader, EpcisErrorCodes.UnknownVocabulary, field, error);
        return false;
    }

    // 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: with an offset, a date can be outside of what can be written in UTC.
    private const long FirstInstantMs = -62_135_596_800_000;
    private const long LastInstantMs = 253_402_300_799_999;

    public bool TryInstant(ref Utf8JsonReader reader, string field, out long unixMs)
    {
        unixMs = 0;
        if (!TryText(ref reader, field, out var text))
        {
            return false;
        }

        if (Utf8Text.TryParseInstant(text, out unixMs) && unixMs is >= FirstInstantMs and <= LastInstantMs)
        {
            return true;
        }

        Error(
            ref reader, EpcisErrorCodes.InvalidValue, field,
            $"{field} must be a date and time with a zone, in the years 1 to 9999 of UTC, e.g. 2025-01-01T06:00:00.000Z.");
        return false;
    }

    public bool TryNumber(ref Utf8JsonReader reader, string field, out double number)
    {
        number = 0;
        if (reader.TokenType != JsonTokenType.Number)
        {
            Error(ref reader, EpcisErrorCodes.WrongType, field, $"{field} must be a number.");
            reader.Skip();
            return false;
        }

        if (reader.ValueSpan.Length <= 100
            && Utf8Parser.TryParse(reader.ValueSpan, out number, out _)
            && double.IsFinite(number))
        {
            return true;
        }

        Error(ref reader, EpcisErrorCodes.InvalidValue, field, $"{field} is out of range.");
        return false;
    }

    /// <summary>A short string that recurs, as one object per document.</summary>
    public string Share(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> text)
    {
        if (reader.ValueIsEscaped || text.IsEmpty)
        {
            return Encoding.UTF8.GetString(text);
        }

        if (!_strings.TryGet(text, out var shared))
        {
            shared = Encoding.UTF8.GetString(text);
            _strings.Add((int)reader.TokenStartIndex + 1, text.Length, shared);
        }

        return shared;
    }

    /// <summary>Steps onto an array; records an error and skips the value if it is none.</summary>
    public bool TryArray(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return true;
        }

        Error(ref reader, EpcisErrorCodes.WrongType, field, $"{field} must be a list.");
        reader.Skip();
        return false;
    }

    /// <summary>Steps onto an object; records an error and skips the value if it is none.</summary>
    public bool TryObject(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        Error(ref reader, EpcisErrorCodes.WrongType, field, $"{field} must be an object.");
        reader.Skip();
        return false;
    }

    /// <summary>
    /// Reads a member's value whatever it is, minding names, encoding and lengths, and gives the number of its bytes.
    /// </summary>
    public long Walk(ref Utf8JsonReader reader, string field)
    {
        var start = reader.TokenStartIndex;
        var depth = reader.CurrentDepth;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    Names.Open();
                    break;
                case JsonTokenType.EndObject:
                    Names.Close();
                    break;
                case JsonTokenType.PropertyName:
                    if (TryUnescape(ref reader, field, out var name) && !Names.Add(name))
                    {
                        DuplicateName(ref reader, name);
                    }

                    break;
                case JsonTokenType.String:
                    TryUnescape(ref reader, field, out _);
                    break;
            }
        }
        while ((reader.CurrentDepth > depth || IsOpening(ref reader, depth)) && reader.Read());

        return reader.BytesConsumed - start;
    }

    public void DuplicateName(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
    {
        var text = Show(name);
        Error(ref reader, EpcisErrorCodes.DuplicateName, text, $"'{text}' stands twice in one object.");
    }

    public void UnknownName(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name, string where)
    {
        var text = Show(name);
        Error(
            ref reader, EpcisErrorCodes.UnknownField, text,
            $"'{text}' is not a field of {where}; the name of an extension has a prefix or is a URI.");
    }

    public static string Show(ReadOnlySpan<byte> text) =>
        text.Length <= 80 ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..77]) + "...";

    private static bool IsOpening(ref Utf8JsonReader reader, int depth) =>
        reader.CurrentDepth == depth
        && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
}
