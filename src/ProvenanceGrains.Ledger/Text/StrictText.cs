using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace ProvenanceGrains.Ledger.Text;

/// <summary>The few lexical rules that the C2SP text formats share.</summary>
internal static class StrictText
{
    /// <summary>
    /// Reads standard base64 (RFC 4648 section 4) with its padding: no white space, no other alphabet. Bits of the last
    /// character that stand for nothing are ignored, as the C2SP reference readers do; <paramref name="canonical"/>
    /// refuses them.
    /// </summary>
    public static bool TryDecodeBase64(ReadOnlySpan<byte> text, bool canonical, out byte[] bytes)
    {
        bytes = [];
        if (text.Length % 4 != 0)
        {
            return false;
        }

        if (text.IsEmpty)
        {
            return true;
        }

        var padding = text[^1] != '=' ? 0 : text[^2] != '=' ? 1 : 2;
        var result = new byte[(text.Length / 4 * 3) - padding];
        var (written, accumulator, bits) = (0, 0u, 0);
        foreach (var c in text[..^padding])
        {
            var value = ValueOf(c);
            if (value < 0)
            {
                return false;
            }

            accumulator = ((accumulator & 0xFFFF) << 6) | (uint)value;
            bits += 6;
            if (bits >= 8)
            {
                bits -= 8;
                result[written] = (byte)((accumulator >> bits) & 0xFF);
                written++;
            }
        }

        if (canonical && (accumulator & ((1u << bits) - 1)) != 0)
        {
            return false;
        }

        bytes = result;
        return true;
    }

    /// <summary>Reads 44 characters of base64 as a digest.</summary>
    public static bool TryDecodeHash(ReadOnlySpan<byte> text, bool canonical, out Hash256 hash)
    {
        hash = default;
        if (text.Length != 44 || !TryDecodeBase64(text, canonical, out var bytes) || bytes.Length != Hash256.Size)
        {
            return false;
        }

        hash = new Hash256(bytes);
        return true;
    }

    /// <summary>Reads ASCII digits, no sign, no leading zero but "0" itself, at most 2^63 - 1.</summary>
    public static bool TryParseDecimal(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.Length is 0 or > 19 || (text.Length > 1 && text[0] == '0') || text[0] is < (byte)'0' or > (byte)'9')
        {
            return false;
        }

        return Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length;
    }

    /// <summary>Well-formed UTF-8 without ASCII control characters other than newline (C2SP signed-note, Format).</summary>
    public static bool IsNoteText(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (b < 0x20 && b != '\n')
            {
                return false;
            }
        }

        return Utf8.IsValid(text);
    }

    /// <summary>Cuts the next line, its newline excluded, off the front. False where no newline is left.</summary>
    public static bool TryTakeLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            line = default;
            return false;
        }

        line = rest[..end];
        rest = rest[(end + 1)..];
        return true;
    }

    public static string ToText(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static int ValueOf(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
