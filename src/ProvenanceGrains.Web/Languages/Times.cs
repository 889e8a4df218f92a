using System.Globalization;

namespace ProvenanceGrains.Web.Languages;

/// <summary>
/// Instants as the pages write them. <c>facts.js</c> writes them again from the proven bytes and compares, so the two
/// must agree to the character.
/// </summary>
public static class Times
{
    private static readonly string[] Months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>E.g. <c>1 Nov 2026, 09:00 UTC+01:00</c>, in the clock of the place where it happened.</summary>
    public static string Show(DateTimeOffset instant, TimeSpan offset, PageLanguage language)
    {
        var local = instant.ToOffset(offset);
        var clock = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        var zone = Zone(offset);
        return language switch
        {
            PageLanguage.English => string.Create(
                CultureInfo.InvariantCulture, $"{local.Day} {Months[local.Month - 1]} {local.Year}, {clock} {zone}"),
            PageLanguage.Chinese => string.Create(
                CultureInfo.InvariantCulture, $"{local.Year}年{local.Month}月{local.Day}日 {clock} {zone}"),
        };
    }

    /// <summary>UTC, with milliseconds, as in the story.</summary>
    public static string Machine(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Zone(TimeSpan offset) =>
        offset == TimeSpan.Zero
            ? "UTC"
            : (offset < TimeSpan.Zero ? "UTC-" : "UTC+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture);
}
