namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>Builds a canonical key in the caller's buffer, percent-encoding as CBV 2.0 has it.</summary>
/// <remarks>
/// Only the unreserved characters of RFC 3986 section 2.3 stay as they are and hexadecimal digits are upper case, so
/// that every identifier has one spelling. The longest key is AI 8010 with 30 characters encoded threefold and 8011.
/// </remarks>
internal ref struct CanonicalKeyWriter(Span<char> buffer)
{
    /// <summary>Enough for every key.</summary>
    public const int Capacity = 320;

    private readonly Span<char> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<char> Written => _buffer[.._length];

    public void Ai(string code)
    {
        if (_length > 0)
        {
            _buffer[_length++] = '/';
        }

        Raw(code);
        _buffer[_length++] = '/';
    }

    public void Raw(scoped ReadOnlySpan<char> text)
    {
        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
    }

    public void Raw(char c) => _buffer[_length++] = c;

    /// <summary>The check digit over the last <paramref name="count"/> characters written.</summary>
    public void CheckDigit(int count) =>
        _buffer[_length] = Gs1CheckDigit.Compute(_buffer.Slice(_length++ - count, count));

    public void Encoded(scoped ReadOnlySpan<char> decoded)
    {
        foreach (var c in decoded)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
            {
                _buffer[_length++] = c;
            }
            else
            {
                _buffer[_length++] = '%';
                _buffer[_length++] = "0123456789ABCDEF"[c >> 4];
                _buffer[_length++] = "0123456789ABCDEF"[c & 15];
            }
        }
    }
}
