using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ProvenanceGrains.Api.Capture;

/// <summary>What stands behind a captured document; each level includes the ones before.</summary>
internal enum ReceiptLevel
{
    /// <summary>It is on the disk.</summary>
    Durable,

    /// <summary>A committed checkpoint of the log covers it.</summary>
    Sealed,

    /// <summary>A published checkpoint covers it that the policy's quorum of witnesses has cosigned.</summary>
    Witnessed,
}

/// <summary>The preferences of RFC 7240 that capture knows: <c>wait</c>, <c>wait=SECONDS</c> and <c>receipt=LEVEL</c>.</summary>
/// <param name="Waits">The client wants the result rather than a 202.</param>
/// <param name="Seconds">How long it waits for the level: at most <see cref="MaxSeconds"/>.</param>
/// <param name="Level">The level it waits for; null if it names none. Without <c>wait</c> it has no effect.</param>
internal sealed record ReceiptPreference(bool Waits, int Seconds, ReceiptLevel? Level)
{
    /// <summary>The longest wait.</summary>
    public const int MaxSeconds = 60;

    private const int DefaultSeconds = 10;

    /// <summary>Whether the answer depends on more than the commit.</summary>
    public bool WaitsForMore => Waits && Level > ReceiptLevel.Durable;

    /// <summary>What goes into <c>Preference-Applied</c> when a level was reached in time, or another one was not.</summary>
    public string Applied(ReceiptLevel reached) => Level is null
        ? "wait"
        : string.Create(CultureInfo.InvariantCulture, $"wait={Seconds}, receipt={NameOf(reached)}");

    public static string NameOf(ReceiptLevel level) => level switch
    {
        ReceiptLevel.Durable => "durable",
        ReceiptLevel.Sealed => "sealed",
        ReceiptLevel.Witnessed => "witnessed",
        _ => throw new InvalidOperationException($"No name for {level}."),
    };

    /// <summary>Reads the header. Preferences that are not known are passed over, as RFC 7240 has it; a level that cannot be is an error.</summary>
    public static bool TryRead(
        HttpRequest request,
        bool hasWitnesses,
        [NotNullWhen(true)] out ReceiptPreference? preference,
        [NotNullWhen(false)] out string? error)
    {
        preference = new ReceiptPreference(false, DefaultSeconds, null);
        error = null;
        foreach (var token in request.Headers["Prefer"].SelectMany(value => (value ?? "").Split(',', ';')))
        {
            var parts = token.Split('=', 2, StringSplitOptions.TrimEntries);
            var value = parts.Length == 2 ? parts[1].Trim('"') : "";
            if (parts[0].Equals("wait", StringComparison.OrdinalIgnoreCase))
            {
                var given = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
                preference = preference with { Waits = true, Seconds = given ? Math.Min(seconds, MaxSeconds) : DefaultSeconds };
            }
            else if (parts[0].Equals("receipt", StringComparison.OrdinalIgnoreCase))
            {
                preference = preference with { Level = ParseLevel(value) };
                error ??= preference.Level is null ? "The preference 'receipt' is durable, sealed or witnessed."
                    : preference.Level == ReceiptLevel.Witnessed && !hasWitnesses
                        ? "This log has no witnesses (no --witness-policy), so nothing ever is witnessed: prefer receipt=sealed."
                    : null;
            }
        }

        preference = error is null ? preference : null;
        return preference is not null;
    }

    private static ReceiptLevel? ParseLevel(string value) => value.ToLowerInvariant() switch
    {
        "durable" => ReceiptLevel.Durable,
        "sealed" => ReceiptLevel.Sealed,
        "witnessed" => ReceiptLevel.Witnessed,
        _ => null,
    };
}
