namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>A content check of one component: null when sound, else the reason in words.</summary>
internal delegate string? Gs1Linter(ReadOnlySpan<char> part);

/// <summary>The content checks that the GS1 syntax dictionary names.</summary>
/// <remarks>
/// Length and character set are checked before. Not here: the North American coupon codes (<c>couponcode</c>,
/// <c>couponposoffer</c>), the package type list, and whether a GS1 company prefix was ever issued, which takes a
/// directory; data under those rules passes on its format alone.
/// </remarks>
internal static class Gs1Linters
{
    private static readonly Gs1Linter Unchecked = static _ => null;

    public static Gs1Linter CheckDigit { get; } = static part =>
    {
        if (part.Length < 2)
        {
            return "it is too short for a check digit.";
        }

        var expected = Gs1CheckDigit.Compute(part[..^1]);
        return part[^1] == expected ? null : $"the check digit of '{part}' is {part[^1]} but must be {expected}.";
    };

    public static Gs1Linter ByName(string name) => name switch
    {
        "csum" => CheckDigit,
        "csumalpha" => Gs1CheckCharacters.Check,
        "gcppos1" => static part => CompanyPrefix(part),
        "gcppos2" => static part => CompanyPrefix(part[1..]),
        "yymmdd" => static part => Gs1DateLinters.Date(part, 2, dayZero: false),
        "yymmd0" => static part => Gs1DateLinters.Date(part, 2, dayZero: true),
        "yyyymmdd" => static part => Gs1DateLinters.Date(part, 4, dayZero: false),
        "yyyymmd0" => static part => Gs1DateLinters.Date(part, 4, dayZero: true),
        "hh" => static part => Gs1DateLinters.Below(part, 24, "hour"),
        "mi" => static part => Gs1DateLinters.Below(part, 60, "minute"),
        "ss" => static part => Gs1DateLinters.Below(part, 60, "second"),
        "hhmi" => Gs1DateLinters.HourAndMinute,
        "zero" => static part => part.ContainsAnyExcept('0') ? "it must be zero." : null,
        "nonzero" => static part => part.ContainsAnyExcept('0') ? null : "it must not be zero.",
        "nozeroprefix" => static part => part.Length > 1 && part[0] == '0' ? "it must not begin with 0." : null,
        "hasnondigit" => static part => Gs1Characters.AreDigits(part) ? "it must hold more than digits." : null,
        "yesno" => static part => part is "0" or "1" ? null : "it must be 0 or 1.",
        "hyphen" => static part => part.ContainsAnyExcept('-') ? "it must be a hyphen." : null,
        "winding" => static part => part is "0" or "1" or "9" ? null : "the winding direction is 0, 1 or 9.",
        "iso5218" => static part => part is "0" or "1" or "2" or "9" ? null : "the code is 0, 1, 2 or 9.",
        "importeridx" => static part => part.Length == 1 && (char.IsAsciiLetterOrDigit(part[0]) || part[0] is '-' or '_')
            ? null : "the importer index is a letter, a digit, '-' or '_'.",
        "mediatype" => static part => part is ("01" or "02" or "03" or "04" or "05" or "06" or "07" or "08" or "09" or "10")
            or ['8' or '9', >= '0' and <= '9'] ? null : "the media type is 01 to 10 or 80 to 99.",
        "pieceoftotal" => PieceOfTotal,
        "posinseqslash" => PositionInSequence,
        "latitude" => static part => Degrees(part, 1_800_000_000, "latitude"),
        "longitude" => static part => Degrees(part, 3_600_000_000, "longitude"),
        "pcenc" => PercentEncoding,
        "iban" => Gs1CheckCharacters.Iban,
        "iso3166" => static part => Gs1CodeLists.IsCountryNumber(part) ? null : $"'{part}' is no ISO 3166 country.",
        "iso3166999" => static part => part is "999" || Gs1CodeLists.IsCountryNumber(part)
            ? null : $"'{part}' is no ISO 3166 country, and not 999.",
        "iso3166alpha2" => static part => Gs1CodeLists.IsCountryLetters(part) ? null : $"'{part}' is no ISO 3166 country.",
        "iso4217" => static part => Gs1CodeLists.IsCurrencyNumber(part) ? null : $"'{part}' is no ISO 4217 currency.",
        "packagetype" or "couponcode" or "couponposoffer" => Unchecked,
        _ => throw new ArgumentException($"No content check is called '{name}'.", nameof(name)),
    };

    /// <summary>A GS1 company prefix has at least four digits, so a key that holds one begins with them.</summary>
    private static string? CompanyPrefix(ReadOnlySpan<char> part) =>
        part.Length >= 4 && Gs1Characters.AreDigits(part[..4])
            ? null : "it must begin with a GS1 company prefix of at least four digits.";

    private static string? PieceOfTotal(ReadOnlySpan<char> part)
    {
        if (part.Length % 2 != 0 || !Gs1Characters.AreDigits(part))
        {
            return "the piece and the total have the same number of digits.";
        }

        var piece = part[..(part.Length / 2)];
        var total = part[(part.Length / 2)..];
        return !piece.ContainsAnyExcept('0') || piece.SequenceCompareTo(total) > 0
            ? $"piece {piece} of {total} does not exist." : null;
    }

    private static string? PositionInSequence(ReadOnlySpan<char> part)
    {
        var slash = part.IndexOf('/');
        var position = part[..Math.Max(slash, 0)];
        var end = part[(slash + 1)..];
        return IsPositive(position) && IsPositive(end)
            && (position.Length < end.Length
                || (position.Length == end.Length && position.SequenceCompareTo(end) <= 0))
            ? null : "the position is written as 1/3.";
    }

    private static bool IsPositive(ReadOnlySpan<char> part) =>
        !part.IsEmpty && part[0] != '0' && Gs1Characters.AreDigits(part);

    private static string? Degrees(ReadOnlySpan<char> part, long max, string what)
    {
        if (part.Length != 10 || !Gs1Characters.AreDigits(part))
        {
            return $"the {what} has ten digits.";
        }

        long value = 0;
        foreach (var c in part)
        {
            value = (value * 10) + (c - '0');
        }

        return value <= max ? null : $"the {what} is beyond {max}.";
    }

    private static string? PercentEncoding(ReadOnlySpan<char> part)
    {
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] == '%'
                && (i + 2 >= part.Length || !char.IsAsciiHexDigit(part[i + 1]) || !char.IsAsciiHexDigit(part[i + 2])))
            {
                return "a '%' is not followed by two hexadecimal digits.";
            }
        }

        return null;
    }
}
