using System.Text.Json;

namespace ProvenanceGrains.Web.Stories;

/// <summary>The public story of an entity (docs/api.md), as far as the page shows it. All of it is untrusted text.</summary>
public sealed record Story
{
    public required string Kind { get; init; }

    public required string Key { get; init; }

    public required string? Uri { get; init; }

    public required string? Level { get; init; }

    public required IReadOnlyList<Identifier> Identifiers { get; init; }

    public required string? Name { get; init; }

    /// <summary>Instance and lot master data, member by member; values of any JSON kind.</summary>
    public required IReadOnlyList<KeyValuePair<string, JsonElement>> Ilmd { get; init; }

    public required StoryState State { get; init; }

    /// <summary>Entries in the journal, and how many of them are in the log.</summary>
    public required long JournalLength { get; init; }

    public required long JournalSealed { get; init; }

    /// <summary>Sequence of the first event shown: a long journal is shown from there on.</summary>
    public required long FirstShown { get; init; }

    /// <summary>In the order of their sequence.</summary>
    public required IReadOnlyList<StoryEvent> Events { get; init; }

    public required IReadOnlyList<Origin> Origins { get; init; }

    /// <summary>There are more origins than the story lists.</summary>
    public required bool OriginsTruncated { get; init; }

    /// <summary>What is known of a place, by the identifier that events name it with.</summary>
    public required IReadOnlyDictionary<string, Place> Places { get; init; }

    public required StoryLinks Links { get; init; }
}

/// <param name="Ai">GS1 application identifier, e.g. <c>01</c>.</param>
/// <param name="Title">Its short name, e.g. <c>GTIN</c>.</param>
/// <param name="Value">Its value.</param>
public sealed record Identifier(string Ai, string Title, string Value);

/// <summary>Where the entity stands after its last event; each part null where no event said anything.</summary>
public sealed record StoryState(
    string? BizStep, string? Disposition, DateTimeOffset? LastSeen, string? Location, string? ParentKey, bool Active);

/// <summary>One entry of the journal and the event that it is about.</summary>
public sealed record StoryEvent
{
    public required long Sequence { get; init; }

    /// <summary>The entry's place in the log, or null while it waits for its block.</summary>
    public required long? LeafIndex { get; init; }

    public required string? Role { get; init; }

    public required string? EventId { get; init; }

    public required string? Type { get; init; }

    public required DateTimeOffset? EventTime { get; init; }

    public required TimeSpan Offset { get; init; }

    public required DateTimeOffset? RecordTime { get; init; }

    public required string? Action { get; init; }

    public required string? BizStep { get; init; }

    public required string? Disposition { get; init; }

    public required string? ReadPoint { get; init; }

    public required string? BizLocation { get; init; }

    /// <summary>The event as it was captured, or null.</summary>
    public required JsonElement? Event { get; init; }

    /// <summary>The place of the event: where it was read, else where the things are after it.</summary>
    public string? PlaceId => ReadPoint ?? BizLocation;
}

/// <param name="Key">The other entity's key.</param>
/// <param name="Relation">What it was to this one, e.g. <c>input</c>.</param>
/// <param name="Depth">Steps away, from 1.</param>
/// <param name="Name">Its name, if known.</param>
public sealed record Origin(string Key, string? Relation, long Depth, string? Name);

/// <param name="Name">Its name, or null.</param>
/// <param name="Latitude">WGS 84 degrees, -90 to 90, or null.</param>
/// <param name="Longitude">WGS 84 degrees, -180 to 180, or null.</param>
public sealed record Place(string? Name, double? Latitude, double? Longitude);

/// <summary>Paths on this origin; null where the story gives none, or one that would lead elsewhere.</summary>
public sealed record StoryLinks(
    string? Bundle, string? History, string? Trace, string? Qr, string? Checkpoint, string? VerifierKey, string? Policy)
{
    /// <summary>What proves that a lot was never recorded: nothing but its bundle, and what that rests on.</summary>
    /// <param name="key">The lot's key, a Digital Link path.</param>
    public static StoryLinks OfAbsent(string key) =>
        new($"/entities/lot/{key}/bundle", null, null, null, "/log/checkpoint", "/log/vkey", "/log/policy");
}
