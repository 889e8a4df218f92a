using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Storage;

/// <summary>What the derived indexes hold of one matter (an EPCIS event), beside the entities that its entries name.</summary>
/// <param name="MatterId">Its public id, e.g. the eventID.</param>
/// <param name="MatterType">E.g. <c>ObjectEvent</c>.</param>
/// <param name="TimeMs">When it happened: milliseconds since the epoch.</param>
/// <param name="Action"><c>ADD</c>, <c>OBSERVE</c>, <c>DELETE</c> or null.</param>
/// <param name="BizStep">In its canonical form, or null.</param>
/// <param name="Disposition">In its canonical form, or null.</param>
/// <param name="ReadPoint">Canonical identifier, or null.</param>
/// <param name="BizLocation">Canonical identifier, or null.</param>
public sealed record MatterProjection(
    string MatterId,
    string MatterType,
    long TimeMs,
    string? Action,
    string? BizStep,
    string? Disposition,
    string? ReadPoint,
    string? BizLocation);

/// <summary>Derives the projection from a matter's bytes alone, so that the indexes can be rebuilt from the log.</summary>
/// <remarks>Pure: the same bytes give the same projection. Null for a matter that is not indexed.</remarks>
public interface IMatterProjector
{
    MatterProjection? Project(string entryType, ReadOnlyMemory<byte> matter);
}

/// <summary>A matter with the entries about it.</summary>
/// <param name="FirstOrdinal">Ordinal of its first entry; the matter's own number, stable for ever.</param>
/// <param name="EntryCount">How many entries are about it.</param>
/// <param name="RecordTimeMs">When its unit was recorded: milliseconds since the epoch.</param>
/// <param name="UnitId">The unit that brought it.</param>
/// <param name="Content">Its bytes.</param>
public sealed record StoredMatter(
    long FirstOrdinal, int EntryCount, long RecordTimeMs, UInt128 UnitId, ReadOnlyMemory<byte> Content);

/// <summary>What to look for. Every condition that is set must hold; the values of one condition are alternatives.</summary>
public sealed record MatterQuery
{
    /// <summary>Named by an entry for one of these entities, in one of <see cref="Roles"/>.</summary>
    public IReadOnlyList<EntityId>? Entities { get; init; }

    /// <summary>With <see cref="Entities"/>: the roles that count; null for any.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    public IReadOnlyList<string>? MatterTypes { get; init; }

    public IReadOnlyList<string>? Actions { get; init; }

    public IReadOnlyList<string>? BizSteps { get; init; }

    public IReadOnlyList<string>? Dispositions { get; init; }

    public IReadOnlyList<string>? ReadPoints { get; init; }

    public IReadOnlyList<string>? BizLocations { get; init; }

    /// <summary>Milliseconds since the epoch, inclusive.</summary>
    public long? FromTimeMs { get; init; }

    /// <summary>Milliseconds since the epoch, exclusive.</summary>
    public long? BeforeTimeMs { get; init; }

    /// <summary>Record time, milliseconds since the epoch, inclusive.</summary>
    public long? FromRecordTimeMs { get; init; }

    /// <summary>Record time, milliseconds since the epoch, exclusive.</summary>
    public long? BeforeRecordTimeMs { get; init; }

    /// <summary>Continue after this matter (its <see cref="StoredMatter.FirstOrdinal"/>), exclusive; null for the beginning.</summary>
    public long? After { get; init; }

    /// <summary>Consider only matters whose first ordinal is below this, so that pages do not shift; null for all.</summary>
    public long? Below { get; init; }

    /// <summary>At most this many, 1 to 1,000. The order is that of recording (first ordinal ascending).</summary>
    public required int Limit { get; init; }
}

/// <summary>One entity's part in one matter: the raw material of lineage.</summary>
/// <param name="Matter">The matter's first ordinal.</param>
/// <param name="Entity">The entity.</param>
/// <param name="Role">Its role.</param>
/// <param name="TimeMs">When the matter happened.</param>
/// <param name="Action">Of the matter, or null.</param>
public sealed record Participation(long Matter, EntityId Entity, string Role, long TimeMs, string? Action);

/// <summary>Questions over many journals, answered from derived tables that can be rebuilt from the log at any time.</summary>
/// <remarks>
/// No read-after-write gap: a call sees every unit acknowledged before it began. Values are snapshots of one moment.
/// </remarks>
public interface IMatterIndex
{
    /// <summary>The matter that bears a claimed name; null if none does.</summary>
    ValueTask<StoredMatter?> FindByClaimAsync(Hash256 name, CancellationToken cancellation);

    /// <summary>Which of these names are borne, and by which matter (its first ordinal). One round trip.</summary>
    ValueTask<IReadOnlyDictionary<Hash256, long>> FindClaimsAsync(
        IReadOnlyCollection<Hash256> names, CancellationToken cancellation);

    /// <summary>Matters that satisfy a query, in the order of recording.</summary>
    ValueTask<IReadOnlyList<StoredMatter>> QueryAsync(MatterQuery query, CancellationToken cancellation);

    /// <summary>
    /// One level of lineage: for every matter in which one of <paramref name="entities"/> takes part in one of
    /// <paramref name="ownRoles"/>, all participations in it whose role is in <paramref name="otherRoles"/>,
    /// and the matching own ones. At most <paramref name="limit"/> rows; one more says that there are more.
    /// </summary>
    ValueTask<IReadOnlyList<Participation>> FindRelatedAsync(
        IReadOnlyCollection<EntityId> entities,
        IReadOnlyCollection<string> ownRoles,
        IReadOnlyCollection<string> otherRoles,
        int limit,
        CancellationToken cancellation);
}
