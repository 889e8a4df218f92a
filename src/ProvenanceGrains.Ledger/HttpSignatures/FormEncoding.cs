using System.Text;

namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>The one spelling of a query parameter's name or value (RFC 9421 section 2.2.8).</summary>
internal static class FormEncoding
{
    /// <summary>Decodes as a form does (WHATWG URL section 5.1), and encodes again with <c>%20</c> for a space.</summary>
    public static string Normalize(string text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add(Convert.FromHexString(text.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else if (text[i] == '+')
            {
                bytes.Add((byte)' ');
            }
            else
            {
                var pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
                bytes.AddRange(utf8[..Encoding.UTF8.GetBytes(text.AsSpan(i, pair), utf8)]);
                i += pair - 1;
            }
        }

        // As the standard says: what is no UTF-8 becomes U+FFFD, then all is encoded anew.
        var encoded = new StringBuilder(bytes.Count);
        foreach (var b in Encoding.UTF8.GetBytes(Encoding.UTF8.GetString([.. bytes])))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'*' or (byte)'-' or (byte)'.' or (byte)'_')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }
}
