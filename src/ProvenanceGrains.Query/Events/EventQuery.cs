using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Events;

/// <summary>One <c>MATCH_...</c> parameter: an event satisfies it if one of the entities takes part in one of the roles.</summary>
internal sealed record EntityCondition(IReadOnlyList<EntityId> Entities, IReadOnlyList<string> Roles);

/// <summary>A checked query over events (EPCIS 2.0 section 8.2.7.1, SimpleEventQuery). Made by <see cref="EventQueryParser"/>.</summary>
public sealed class EventQuery
{
    /// <summary>Events on a page if nothing is said.</summary>
    public const int DefaultPerPage = 30;

    /// <summary>The most events on a page.</summary>
    public const int MaxPerPage = 1000;

    internal EventQuery()
    {
    }

    /// <summary>Events on a page, 1 to <see cref="MaxPerPage"/>.</summary>
    public int PerPage { get; internal init; } = DefaultPerPage;

    /// <summary>What the index decides by itself; its page members are not used.</summary>
    internal MatterQuery Conditions { get; init; } = new() { Limit = 1 };

    /// <summary>All must hold.</summary>
    internal IReadOnlyList<EntityCondition> Matches { get; init; } = [];

    /// <summary>The ids that count; null for any.</summary>
    internal IReadOnlyList<string>? EventIds { get; init; }

    internal PageToken? Token { get; init; }

    internal ulong Fingerprint { get; init; }
}
