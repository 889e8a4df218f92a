using System.Globalization;

namespace ProvenanceGrains.Ledger.Incarnations;

/// <summary>The origins of a log's incarnations: the first is <c>ORIGIN</c>, the N-th <c>ORIGIN/iN</c>.</summary>
public static class IncarnationName
{
    /// <summary>The highest number.</summary>
    public const int MaxNumber = 9999;

    /// <summary>Which incarnation an origin names: 1 where it does not say.</summary>
    public static int NumberOf(string origin) => Split(origin).Number;

    /// <summary>The origin of the first incarnation.</summary>
    public static string BaseOf(string origin) => Split(origin).Base;

    /// <summary>The origin of the incarnation after this one.</summary>
    public static string Next(string origin)
    {
        var (first, number) = Split(origin);
        return string.Create(CultureInfo.InvariantCulture, $"{first}/i{number + 1}");
    }

    private static (string Base, int Number) Split(string origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        var at = origin.LastIndexOf("/i", StringComparison.Ordinal);
        var digits = at < 1 ? "" : origin[(at + 2)..];
        return digits.Length is > 0 and <= 4
            && digits[0] != '0'
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 2
                ? (origin[..at], number)
                : (origin, 1);
    }
}
