using System.Globalization;

namespace ProvenanceGrains.Query.Events;

/// <summary>Instants as milliseconds since the epoch and as text.</summary>
internal static class Instants
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    /// <summary>The last instant that can be written with four digits of a year.</summary>
    private static readonly long MaxMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static readonly long MinMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();

    /// <summary>RFC 3339 in UTC with three digits of a second: <c>2026-11-01T10:00:00.000Z</c>.</summary>
    public static string ToText(long ms) => DateTimeOffset
        .FromUnixTimeMilliseconds(Math.Clamp(ms, MinMs, MaxMs))
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a date and time with an offset (EPCIS 2.0 section 8.2.7.1, xsd:dateTimeStamp).</summary>
    /// <remarks>What is beyond a millisecond is rounded up, so that "at or after" and "before" stay exact on stored milliseconds.</remarks>
    public static bool TryParse(string text, out long ms)
    {
        ms = 0;
        if (!DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            return false;
        }

        ms = instant.ToUnixTimeMilliseconds();
        if (instant.UtcTicks % TimeSpan.TicksPerMillisecond != 0)
        {
            ms++;
        }

        return true;
    }
}
