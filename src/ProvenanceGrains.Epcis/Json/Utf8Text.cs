using System.Buffers;
using System.Buffers.Text;

namespace ProvenanceGrains.Epcis.Json;

/// <summary>The lexical rules of the EPCIS JSON schema: URIs, instants, offsets, units.</summary>
internal static class Utf8Text
{
    private static readonly SearchValues<byte> UriBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?"u8);

    private static readonly SearchValues<byte> SchemeBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-."u8);

    /// <summary>A URI with a scheme (RFC 3986 section 3), ASCII only, percent signs followed by two hex digits.</summary>
    public static bool IsUri(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOfAnyExcept(SchemeBytes);
        if (colon <= 0 || text[colon] != ':' || !char.IsAsciiLetter((char)text[0]) || colon + 1 == text.Length)
        {
            return false;
        }

        var rest = text[(colon + 1)..];
        var fragment = false;
        while (true)
        {
            var at = rest.IndexOfAnyExcept(UriBytes);
            if (at < 0)
            {
                return true;
            }

            switch (rest[at])
            {
                case (byte)'%' when at + 2 < rest.Length && IsHex(rest[at + 1]) && IsHex(rest[at + 2]):
                    rest = rest[(at + 3)..];
                    break;
                case (byte)'#' when !fragment:
                    fragment = true;
                    rest = rest[(at + 1)..];
                    break;
                case (byte)'[' or (byte)']' when text[(colon + 1)..].StartsWith("//["u8) && !fragment:
                    rest = rest[(at + 1)..];
                    break;
                default:
                    return false;
            }
        }
    }

    /// <summary>One or more hexadecimal digits.</summary>
    public static bool IsHexBinary(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (!IsHex(b))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    /// <summary>A UN/CEFACT Rec. 20 unit code: two or three capitals or digits.</summary>
    public static bool IsUnit(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (b is not ((>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9')))
            {
                return false;
            }
        }

        return text.Length is 2 or 3;
    }

    /// <summary><c>+hh:mm</c> or <c>-hh:mm</c>, up to 14:00.</summary>
    public static bool IsTimeZoneOffset(ReadOnlySpan<byte> text) =>
        text.Length == 6
        && text[0] is (byte)'+' or (byte)'-'
        && text[3] == ':'
        && TryDigits(text, 1, 2, out var hours)
        && TryDigits(text, 4, 2, out var minutes)
        && minutes < 60
        && (hours < 14 || (hours == 14 && minutes == 0));

    /// <summary>Numbers separated by dots.</summary>
    public static bool IsVersion(ReadOnlySpan<byte> text)
    {
        var expectDigit = true;
        foreach (var b in text)
        {
            if (char.IsAsciiDigit((char)b))
            {
                expectDigit = false;
            }
            else if (b != '.' || expectDigit)
            {
                return false;
            }
            else
            {
                expectDigit = true;
            }
        }

        return !expectDigit;
    }

    /// <summary>
    /// An RFC 3339 date-time with a zone. Fractions are rounded to milliseconds, half to even on the first six digits,
    /// as the event hash asks; a leap second counts as the second after.
    /// </summary>
    /// <param name="text">E.g. <c>2025-01-01T06:00:00.000Z</c>.</param>
    /// <param name="unixMs">Milliseconds since 1970-01-01T00:00:00Z; negative before.</param>
    public static bool TryParseInstant(ReadOnlySpan<byte> text, out long unixMs)
    {
        unixMs = 0;
        if (text.Length < 20
            || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t')
            || text[13] != ':' || text[16] != ':'
            || !TryDigits(text, 0, 4, out var year) || year == 0
            || !TryDigits(text, 5, 2, out var month) || month is 0 or > 12
            || !TryDigits(text, 8, 2, out var day) || day == 0 || day > DateTime.DaysInMonth(year, month)
            || !TryDigits(text, 11, 2, out var hour) || hour > 23
            || !TryDigits(text, 14, 2, out var minute) || minute > 59
            || !TryDigits(text, 17, 2, out var second) || second > 60)
        {
            return false;
        }

        var rest = text[19..];
        if (!TryFraction(ref rest, out var microseconds) || !TryZone(rest, out var offsetMinutes))
        {
            return false;
        }

        var days = (new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);
        var minutes = (((days * 24L) + hour) * 60) + minute - offsetMinutes;
        if (second == 60 && (((minutes % 1440) + 1440) % 1440) != 1439)
        {
            return false;
        }

        var milliseconds = Math.DivRem(microseconds, 1000, out var remainder);
        if (remainder > 500 || (remainder == 500 && (milliseconds & 1) == 1))
        {
            milliseconds++;
        }

        unixMs = (((minutes * 60) + second) * 1000) + milliseconds;
        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out int microseconds)
    {
        microseconds = 0;
        if (rest.IsEmpty || rest[0] != '.')
        {
            return true;
        }

        var digits = 1;
        var scale = 100_000;
        while (digits < rest.Length && char.IsAsciiDigit((char)rest[digits]))
        {
            microseconds += (rest[digits] - '0') * scale;
            scale /= 10;
            digits++;
        }

        rest = rest[digits..];
        return digits > 1;
    }

    private static bool TryZone(ReadOnlySpan<byte> zone, out int minutes)
    {
        minutes = 0;
        if (zone.Length == 1)
        {
            return zone[0] is (byte)'Z' or (byte)'z';
        }

        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || zone[3] != ':'
            || !TryDigits(zone, 1, 2, out var hours) || hours > 23
            || !TryDigits(zone, 4, 2, out minutes) || minutes > 59)
        {
            return false;
        }

        minutes += hours * 60;
        minutes = zone[0] == '-' ? -minutes : minutes;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        foreach (var b in text.Slice(start, count))
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (b - '0');
        }

        return true;
    }

    private static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    /// <summary>Whether a JSON string's raw content escapes half a surrogate pair, which has no UTF-8 form.</summary>
    public static bool HasLoneSurrogateEscape(ReadOnlySpan<byte> raw)
    {
        var pendingHigh = false;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                if (pendingHigh)
                {
                    return true;
                }

                continue;
            }

            if (raw[i + 1] == 'u' && Utf8Parser.TryParse(raw.Slice(i + 2, 4), out ushort unit, out _, 'x'))
            {
                var low = char.IsLowSurrogate((char)unit);
                if (low != pendingHigh)
                {
                    return true;
                }

                pendingHigh = char.IsHighSurrogate((char)unit);
                i += 5;
            }
            else if (pendingHigh)
            {
                return true;
            }
            else
            {
                i++;
            }
        }

        return pendingHigh;
    }
}
