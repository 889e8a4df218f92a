using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Domain.Parties;

/// <summary>Whether a party that is bound to GLN prefixes may report an event: only what happens at its own places.</summary>
public static class GlnScope
{
    private const string LocationStem = "414/";
    private const string PartyStem = "417/";

    /// <summary>
    /// Null if the event is in scope: its read point and its business location, as far as it has them, are GLNs under one of the
    /// prefixes; if it has neither, one of its sources is. Else the field that is not.
    /// </summary>
    /// <param name="source">The event.</param>
    /// <param name="prefixes">Digits that a GLN must begin with, one of them; empty allows everything.</param>
    public static string? FieldOutside(EpcisEvent source, IReadOnlyList<string> prefixes)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(prefixes);
        if (prefixes.Count == 0)
        {
            return null;
        }

        if (source.ReadPoint is null && source.BizLocation is null)
        {
            return source.Sources.Any(one => one.Id.StartsWith(Epc.CanonicalStem, StringComparison.Ordinal)
                && IsUnder(one.Id[Epc.CanonicalStem.Length..], prefixes)) ? null : "sourceList";
        }

        return source.ReadPoint is { } readPoint && !IsUnder(readPoint.CanonicalKey, prefixes) ? "readPoint"
            : source.BizLocation is { } location && !IsUnder(location.CanonicalKey, prefixes) ? "bizLocation"
            : null;
    }

    /// <param name="key">A canonical key such as <c>414/9506000134000/254/12</c>.</param>
    /// <param name="prefixes">At least one.</param>
    private static bool IsUnder(string key, IReadOnlyList<string> prefixes) =>
        (key.StartsWith(LocationStem, StringComparison.Ordinal) || key.StartsWith(PartyStem, StringComparison.Ordinal))
        && prefixes.Any(prefix => key.AsSpan(LocationStem.Length).StartsWith(prefix, StringComparison.Ordinal));
}
