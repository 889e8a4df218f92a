using ProvenanceGrains.Domain.Lots;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Query.Stories;

/// <summary>Where an object stands, in the words of its events.</summary>
/// <param name="BizStep">Bare CBV word, or as the event has it.</param>
/// <param name="Disposition">Alike.</param>
/// <param name="LastSeenMs">Time of the last event: milliseconds since the epoch.</param>
/// <param name="Location">As the events' places are written.</param>
/// <param name="Parent">What it is in or attached to.</param>
/// <param name="Active">It has begun and not ended.</param>
internal sealed record StoryState(
    string? BizStep, string? Disposition, long? LastSeenMs, string? Location, EntityId? Parent, bool Active)
{
    /// <summary>Folds what the events say (<see cref="LotState"/>); an event that cannot be read says nothing.</summary>
    public static StoryState Of(Epc identifier, IEnumerable<EventShown> events)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        var facts = new List<LotFact>();
        var isClass = identifier.Kind is EpcKind.Lot or EpcKind.Class;
        foreach (var shown in events)
        {
            if (shown.Parsed is { } parsed)
            {
                facts.Add(LotFact.Of(parsed, shown.Entry.Role, isClass));
                Remember(words, parsed.BizStep, shown.BizStep);
                Remember(words, parsed.Disposition, shown.Disposition);
                Remember(words, parsed.ReadPoint?.CanonicalUri, shown.ReadPoint);
                Remember(words, parsed.BizLocation?.CanonicalUri, shown.BizLocation);
            }
        }

        var state = LotState.Fold(facts);
        return new StoryState(
            Spell(words, state.BizStep),
            Spell(words, state.Disposition),
            state.LastSeenMs,
            Spell(words, state.LocationUri),
            state.ParentKey is { } parent && EntityId.TryCreate(LotEntity.Kind, parent, out var entity, out _) ? entity : null,
            state.IsActive);
    }

    private static void Remember(Dictionary<string, string> words, string? canonical, string? spelling)
    {
        if (canonical is not null && spelling is not null)
        {
            words[canonical] = spelling;
        }
    }

    private static string? Spell(Dictionary<string, string> words, string? canonical) =>
        canonical is null ? null : words.GetValueOrDefault(canonical, canonical);
}
