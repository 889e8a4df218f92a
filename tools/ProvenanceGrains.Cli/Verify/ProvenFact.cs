using System.Text.Json;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Verify;

/// <summary>What a sound receipt or history proves of one entry.</summary>
/// <param name="LeafIndex">Where it is in the log.</param>
/// <param name="Header">Its header.</param>
/// <param name="Entity">Whose journal, if the payload is shown.</param>
/// <param name="EntryType">Null if the payload does not show it.</param>
/// <param name="Role">Null likewise.</param>
/// <param name="Author">Key id of the author; null likewise.</param>
/// <param name="EventId">The <c>eventID</c> of the content, where it is shown, is JSON and has one.</param>
/// <param name="EventType">The <c>type</c> of the content likewise.</param>
internal sealed record ProvenFact(
    long LeafIndex, EntryHeader Header, string? Entity, string? EntryType, string? Role, string? Author, string? EventId, string? EventType)
{
    /// <summary>When the log recorded it, by the log's own clock.</summary>
    public string Time => TimeOf(Header.TimeMs);

    /// <summary>A time as the log gives it, written out.</summary>
    public static string TimeOf(long timeMs)
    {
        // A header may hold any positive number; a date cannot.
        const long Latest = 253_402_300_799_999;
        return timeMs <= Latest
            ? DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture)
            : $"{timeMs} ms";
    }

    public static IReadOnlyList<ProvenFact> Of(History history) =>
    [
        .. history.Entries.Select(entry => EntryHeader.TryParse(entry.Header.Span, out var header, out _)
            ? Of(entry.LeafIndex, header, entry.Groups)
            : throw new InvalidOperationException("A sound history has sound headers.")),
    ];

    /// <summary>The entries of the bundle's subject.</summary>
    public static IReadOnlyList<ProvenFact> Of(Bundle bundle) =>
    [
        .. bundle.Subject.Entries.Select(entry => EntryHeader.TryParse(entry.Header.Span, out var header, out _)
            ? Of(entry.LeafIndex, header, entry.Groups)
            : throw new InvalidOperationException("A sound bundle has sound headers.")),
    ];

    public static IReadOnlyList<ProvenFact> Of(TlogProof receipt, IReadOnlyList<DisclosedGroup> groups) =>
        receipt.Extra is { } extra && EntryHeader.TryParse(extra.Span, out var header, out _) ? [Of(receipt.Index, header, groups)] : [];

    private static ProvenFact Of(long leafIndex, EntryHeader header, IReadOnlyList<DisclosedGroup> groups)
    {
        var entity = Pair(groups, FieldGroup.Entity);
        var type = Pair(groups, FieldGroup.Type);
        var (eventId, eventType) = Event(groups);
        return new ProvenFact(
            leafIndex,
            header,
            entity is { } e ? $"{e.First}/{e.Second}" : null,
            type?.First,
            type?.Second,
            Pair(groups, FieldGroup.Author)?.First,
            eventId,
            eventType);
    }

    private static (string First, string Second)? Pair(IReadOnlyList<DisclosedGroup> groups, FieldGroup group)
    {
        var at = (int)group - 1;
        return at < groups.Count
            && groups[at].State == GroupState.Disclosed
            && Payload.TryDecodePair(groups[at].Content.Span, out var first, out var second)
                ? (first, second)
                : null;
    }

    private static (string? Id, string? Type) Event(IReadOnlyList<DisclosedGroup> groups)
    {
        if (groups.Count < Payload.GroupCount || groups[^1].State != GroupState.Disclosed)
        {
            return (null, null);
        }

        try
        {
            using var content = JsonDocument.Parse(groups[^1].Content);
            return content.RootElement.ValueKind == JsonValueKind.Object
                ? (Text(content.RootElement, "eventID"), Text(content.RootElement, "type"))
                : (null, null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement element, string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate: the text is no text.
            return null;
        }
    }
}
