using System.Text.Json;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Query.Proofs;

namespace ProvenanceGrains.Query.Stories;

/// <summary>Everything that a story says, before it is written.</summary>
internal sealed record StoryContent
{
    public required EntityId Entity { get; init; }

    /// <summary>What the key names; its <see cref="Epc.CanonicalKey"/> is the entity's key.</summary>
    public required Epc Identifier { get; init; }

    public required JournalExtent Extent { get; init; }

    /// <summary>Sequence of the first event that is shown; those before are left out, except for what they say of the product.</summary>
    public required long FirstShown { get; init; }

    public required IReadOnlyList<(EventShown Event, long? Leaf)> Events { get; init; }

    public required string? Name { get; init; }

    public required IReadOnlyList<JsonProperty> Ilmd { get; init; }

    public required StoryState State { get; init; }

    public required IReadOnlyList<OriginShown> Origins { get; init; }

    /// <summary>There are more than <see cref="Origins"/> lists.</summary>
    public required bool OriginsTruncated { get; init; }

    public required IReadOnlyDictionary<string, PlaceFact> Places { get; init; }
}

/// <param name="Entity">The other entity.</param>
/// <param name="Relation"><c>input</c> or <c>child</c>: its role in the event that leads to it.</param>
/// <param name="Depth">Steps away.</param>
/// <param name="Name">Its name, or null.</param>
internal sealed record OriginShown(EntityId Entity, string Relation, int Depth, string? Name);
