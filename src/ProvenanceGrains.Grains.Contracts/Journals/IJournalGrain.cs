namespace ProvenanceGrains.Grains.Contracts.Journals;

/// <summary>An entity that owns a journal: it numbers and chains what is said about it.</summary>
/// <remarks>
/// <para>Chaining is optimistic: the grain moves its tail on at once, before the entries are durable, so that the next request
/// need not wait for an fsync. The store refuses whatever does not continue the journal; the caller then asks
/// the grain to <see cref="ForgetAsync"/> and tries again.</para>
/// <para>A second activation of the same grain is therefore harmless: one of the two is refused, reloads and retries.</para>
/// </remarks>
[Alias("provenance.IJournalGrain")]
public interface IJournalGrain : IGrainWithStringKey
{
    /// <summary>Numbers and chains entries, in order.</summary>
    /// <returns>As many headers as there were commitments.</returns>
    [Alias("Chain")]
    Task<ChainedEntries> ChainAsync(ChainRequest request);

    /// <summary>Drops the remembered tail: the next call reads it from the store.</summary>
    [Alias("Forget")]
    Task ForgetAsync();
}

/// <summary>The journal of a traceable object: a lot, a serialised item or a logistic unit. Its key is the canonical key.</summary>
[Alias("provenance.ILotGrain")]
public interface ILotGrain : IJournalGrain;

/// <summary>The journal of any other entity (a place, a party). Its key is <c>kind/key</c>.</summary>
[Alias("provenance.IOtherJournalGrain")]
public interface IOtherJournalGrain : IJournalGrain;

/// <summary>Entries to be chained.</summary>
/// <param name="TimeMs">When they were decided: milliseconds since the epoch. A journal's time never goes back: an earlier time is raised to the last entry's.</param>
/// <param name="Commitments">The entries' payload commitments, 32 bytes each, in order.</param>
[GenerateSerializer]
[Immutable]
[Alias("provenance.ChainRequest")]
public sealed record ChainRequest([property: Id(0)] long TimeMs, [property: Id(1)] byte[] Commitments);

/// <summary>Chained entries.</summary>
/// <param name="Headers">Encoded headers, 113 bytes each, in the order of the request.</param>
[GenerateSerializer]
[Immutable]
[Alias("provenance.ChainedEntries")]
public sealed record ChainedEntries([property: Id(0)] byte[] Headers);
