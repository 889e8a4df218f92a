namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>Content checks of dates and times (GS1 General Specifications 3.4, 3.9).</summary>
internal static class Gs1DateLinters
{
    /// <summary>A date of a two- or four-digit year, month and day.</summary>
    /// <remarks>A two-digit year counts as 20yy: of the years that it can stand for, leap years are the same.</remarks>
    public static string? Date(ReadOnlySpan<char> part, int yearDigits, bool dayZero)
    {
        if (part.Length != yearDigits + 4 || !Gs1Characters.AreDigits(part))
        {
            return $"a date has {yearDigits + 4} digits.";
        }

        var year = Number(part[..yearDigits]) + (yearDigits == 2 ? 2000 : 0);
        var month = Number(part.Slice(yearDigits, 2));
        var day = Number(part[(yearDigits + 2)..]);
        if (month is < 1 or > 12)
        {
            return $"there is no month {month}.";
        }

        // Year 0000 is not a year that DateTime knows; it was a leap year of the proleptic calendar.
        var days = DateTime.DaysInMonth(year == 0 ? 2000 : year, month);
        return day > days || (day == 0 && !dayZero) ? $"there is no day {day} in month {month}." : null;
    }

    public static string? HourAndMinute(ReadOnlySpan<char> part) =>
        part.Length != 4 || !Gs1Characters.AreDigits(part)
            ? "a time has four digits."
            : Below(part[..2], 24, "hour") ?? Below(part[2..], 60, "minute");

    public static string? Below(ReadOnlySpan<char> part, int limit, string what)
    {
        if (part.Length != 2 || !Gs1Characters.AreDigits(part))
        {
            return $"the {what} has two digits.";
        }

        return Number(part) < limit ? null : $"there is no {what} {part}.";
    }

    private static int Number(ReadOnlySpan<char> digits)
    {
        var value = 0;
        foreach (var c in digits)
        {
            value = (value * 10) + (c - '0');
        }

        return value;
    }
}
