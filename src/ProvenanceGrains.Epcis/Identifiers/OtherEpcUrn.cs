using System.Globalization;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>EPC URN schemes that are no GS1 keys: they have no Digital Link form and stay as they are.</summary>
/// <remarks>GS1 EPC Tag Data Standard sections 6.3.11 to 6.3.18 (GID, USDOD, ADI, BIC, IMO vessel number).</remarks>
internal static class OtherEpcUrn
{
    /// <returns>Null when the body is valid, else the reason.</returns>
    public static string? Check(ReadOnlySpan<char> scheme, ReadOnlySpan<char> body) => scheme switch
    {
        "gid" => CheckGid(body),
        "usdod" => CheckUsDod(body),
        "adi" => CheckAdi(body),
        "bic" => CheckBic(body),
        "imovn" => CheckImoVessel(body),
        _ => $"the scheme '{scheme}' is not known.",
    };

    private static string? CheckGid(ReadOnlySpan<char> body)
    {
        Span<Range> parts = stackalloc Range[4];
        if (body.Split(parts, '.') != 3)
        {
            return "gid: manager, class and serial are three components.";
        }

        return IsNumberBelow(body[parts[0]], 1L << 28)
            && IsNumberBelow(body[parts[1]], 1L << 24)
            && IsNumberBelow(body[parts[2]], 1L << 36)
            ? null : "gid: a component is no number without leading zeros, or too large.";
    }

    private static string? CheckUsDod(ReadOnlySpan<char> body)
    {
        var dot = body.IndexOf('.');
        if (dot < 0 || !IsCage(body[..dot]))
        {
            return "usdod: the CAGE or DoDAAC code has 5 or 6 digits and capital letters without I and O.";
        }

        return IsNumberBelow(body[(dot + 1)..], 1L << 36)
            ? null : "usdod: the serial must be a number below 2^36 without leading zeros.";
    }

    private static string? CheckAdi(ReadOnlySpan<char> body)
    {
        Span<Range> parts = stackalloc Range[4];
        if (body.Split(parts, '.') != 3)
        {
            return "adi: CAGE code, part number and serial are three components.";
        }

        if (!IsCage(body[parts[0]]))
        {
            return "adi: the CAGE or DoDAAC code has 5 or 6 digits and capital letters without I and O.";
        }

        var serial = body[parts[2]];
        var marked = serial.StartsWith("%23", StringComparison.Ordinal);
        serial = marked ? serial[3..] : serial;
        var serialLength = AdiLength(serial);
        return AdiLength(body[parts[1]]) is < 0 or > 32
            ? "adi: the part number has up to 32 capital letters, digits, '-' and '%2F'."
            : serialLength < 1 || serialLength + (marked ? 1 : 0) > 30
                ? "adi: the serial has 1 to 30 capital letters, digits, '-' and '%2F', after at most one '%23'."
                : null;
    }

    /// <summary>A freight container's number with its check digit (ISO 6346).</summary>
    private static string? CheckBic(ReadOnlySpan<char> body)
    {
        if (body.Length != 11 || !Gs1Characters.AreDigits(body[4..]) || body[3] is not ('U' or 'J' or 'Z'))
        {
            return "bic: a container has three letters, U, J or Z, six digits and a check digit.";
        }

        var sum = 0;
        for (var i = 0; i < 10; i++)
        {
            var c = body[i];
            if (i < 4 && !char.IsAsciiLetterUpper(c))
            {
                return $"bic: '{c}' is no capital letter.";
            }

            // Letters count from 10 and leave out the multiples of 11.
            var value = c - 'A' + 10;
            value = i < 4 ? value + ((value - 1) / 10) : c - '0';
            sum += value << i;
        }

        var expected = (char)('0' + (sum % 11 % 10));
        return body[10] == expected ? null : $"bic: the check digit is {body[10]} but must be {expected}.";
    }

    private static string? CheckImoVessel(ReadOnlySpan<char> body)
    {
        if (body.Length != 7 || !Gs1Characters.AreDigits(body))
        {
            return "imovn: a vessel number has seven digits.";
        }

        var sum = 0;
        for (var i = 0; i < 6; i++)
        {
            sum += (body[i] - '0') * (7 - i);
        }

        var expected = (char)('0' + (sum % 10));
        return body[6] == expected ? null : $"imovn: the check digit is {body[6]} but must be {expected}.";
    }

    private static bool IsNumberBelow(ReadOnlySpan<char> text, long limit) =>
        text.Length is > 0 and <= 12
        && Gs1Characters.AreDigits(text)
        && (text.Length == 1 || text[0] != '0')
        && long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) < limit;

    private static bool IsCage(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c) && (!char.IsAsciiLetterUpper(c) || c is 'I' or 'O'))
            {
                return false;
            }
        }

        return text.Length is 5 or 6;
    }

    /// <summary>How many characters an ADI component stands for, or -1.</summary>
    private static int AdiLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++, length++)
        {
            if (text[i..].StartsWith("%2F", StringComparison.Ordinal))
            {
                i += 2;
            }
            else if (!char.IsAsciiLetterUpper(text[i]) && !char.IsAsciiDigit(text[i]) && text[i] != '-')
            {
                return -1;
            }
        }

        return length;
    }
}
