using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Events;

/// <summary>One page of the answer to a query.</summary>
/// <param name="Events">In the order of recording.</param>
/// <param name="NextToken">Names the next page; null if this is the last.</param>
public sealed record EventPage(IReadOnlyList<StoredMatter> Events, string? NextToken);
