using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ProvenanceGrains.Ledger.Text;

/// <summary>
/// Reads a JSON document token by token. The first thing that is wrong is kept with its byte position, and every further step is
/// passed over: that keeps the grammars above it free of error handling.
/// </summary>
/// <param name="json">The document.</param>
/// <param name="what">What it is, for messages: <c>history</c>.</param>
/// <param name="maxDepth">Levels of nesting.</param>
internal ref struct StrictJsonReader(ReadOnlySpan<byte> json, string what, int maxDepth)
{
    private const int MaxNameLength = 32;

    /// <summary>Reads what a document holds, from its first token on.</summary>
    public delegate T? Grammar<T>(ref StrictJsonReader json)
        where T : class;

    private readonly ReadOnlySpan<byte> _json = json;
    private Utf8JsonReader _reader = new(json, new JsonReaderOptions { MaxDepth = maxDepth });

    /// <summary>The first thing that is wrong; null while all is well.</summary>
    public string? Error { get; private set; }

    /// <summary>The document's member at hand, for messages; null outside of any, or where the grammar does not say.</summary>
    public string? Member { get; set; }

    /// <summary>Reads one whole document with a grammar of its own.</summary>
    /// <returns>What the grammar gives; null, and <see cref="Error"/> says why, if the document is not in order.</returns>
    public T? ReadDocument<T>(Grammar<T> grammar)
        where T : class
    {
        T? document = null;
        try
        {
            if (!Utf8.IsValid(_json))
            {
                Error = $"The {what} is not UTF-8.";
            }

            document = grammar(ref this);
            if (Error is null && _reader.Read())
            {
                Fail("something follows the document");
            }
        }
        catch (JsonException exception)
        {
            Error ??= $"The {what} is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}.";
        }
        catch (InvalidOperationException)
        {
            // A string with an escaped lone surrogate has no value.
            Fail("a string is not well-formed Unicode");
        }

        return Error is null ? document : null;
    }

    /// <summary>Steps to the next member of the object at hand; false at its end.</summary>
    public bool NextMember([NotNullWhen(true)] out string? name)
    {
        name = null;
        if (Error is not null || !_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        if (_reader.ValueSpan.Length > MaxNameLength)
        {
            Fail("a member's name is too long");
            return false;
        }

        name = _reader.GetString()!;
        return true;
    }

    /// <summary>Steps to the next item of the array at hand; false at its end.</summary>
    public bool NextItem(JsonTokenType expected)
    {
        if (Error is not null || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        if (_reader.TokenType != expected)
        {
            Fail($"{expected} is expected");
        }

        return Error is null;
    }

    /// <summary>Steps to a token of this kind.</summary>
    public bool Next(JsonTokenType expected)
    {
        if (Error is null && (!_reader.Read() || _reader.TokenType != expected))
        {
            Fail($"{expected} is expected");
        }

        return Error is null;
    }

    /// <summary>Reads a string of at most so many bytes.</summary>
    public string? ReadString(int maxBytes)
    {
        if (!Next(JsonTokenType.String))
        {
            return null;
        }

        // An escape takes up to six bytes for one.
        if (_reader.ValueSpan.Length > maxBytes * 6L)
        {
            Fail("a string is too long");
            return null;
        }

        return _reader.GetString();
    }

    /// <summary>Reads an integer from 0 to 2^63 - 1, without sign, fraction or exponent.</summary>
    public long? ReadNumber()
    {
        if (!Next(JsonTokenType.Number))
        {
            return null;
        }

        if (StrictText.TryParseDecimal(_reader.ValueSpan, out var value))
        {
            return value;
        }

        Fail("a number is not an integer from 0 to 2^63 - 1");
        return null;
    }

    /// <summary>Reads canonical base64 of so many bytes.</summary>
    public byte[]? ReadBytes(int min, int max) => Next(JsonTokenType.String) ? DecodeBytes(min, max) : null;

    /// <summary>The same of the string that was just stepped to.</summary>
    public byte[]? DecodeBytes(int min, int max)
    {
        var text = _reader.ValueSpan;
        if (_reader.ValueIsEscaped && text.Length <= max * 8L)
        {
            text = Encoding.UTF8.GetBytes(_reader.GetString()!);
        }

        if (text.Length <= ((max + 2L) / 3) * 4
            && StrictText.TryDecodeBase64(text, canonical: true, out var bytes)
            && bytes.Length >= min
            && bytes.Length <= max)
        {
            return bytes;
        }

        Fail(min == max ? $"a string is not base64 of {max} bytes" : $"a string is not base64 of at most {max} bytes");
        return null;
    }

    /// <summary>Whether a member is there for the first time; <paramref name="seen"/> keeps a bit for each.</summary>
    public static bool Once(ref int seen, int member)
    {
        var first = (seen & (1 << member)) == 0;
        seen |= 1 << member;
        return first;
    }

    /// <summary>Keeps what is wrong, if it is the first.</summary>
    public void Fail(string reason) =>
        Error ??= $"The {what} at byte {_reader.TokenStartIndex}: {(Member is null ? "" : Member + ": ")}{reason.TrimEnd('.')}.";
}
