namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>Strict percent-decoding (RFC 3986 section 2.1).</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes <paramref name="text"/> to characters below 256.</summary>
    /// <param name="text">Encoded text. What is not an escape is copied without a look at it.</param>
    /// <param name="destination">Where the decoded characters go.</param>
    /// <param name="written">How many there are.</param>
    /// <returns>Null, or the reason: a broken escape, or more characters than fit.</returns>
    public static string? Decode(ReadOnlySpan<char> text, Span<char> destination, out int written)
    {
        written = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (written == destination.Length)
            {
                return $"it has more than {destination.Length} characters.";
            }

            var c = text[i];
            if (c == '%')
            {
                if (!IsEscape(text, i))
                {
                    return "a '%' is not followed by two hexadecimal digits.";
                }

                c = (char)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
                i += 2;
            }

            destination[written++] = c;
        }

        return null;
    }

    /// <summary>Whether the <c>%</c> at <paramref name="index"/> begins an escape.</summary>
    public static bool IsEscape(ReadOnlySpan<char> text, int index) =>
        index + 2 < text.Length && char.IsAsciiHexDigit(text[index + 1]) && char.IsAsciiHexDigit(text[index + 2]);

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
