using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Storage;

/// <summary>Where a journal ends.</summary>
/// <param name="Length">The number of its entries; the next one's sequence.</param>
/// <param name="LastLeafHash">Leaf hash of the last entry; what the next one names as its previous.</param>
/// <param name="LastTimeMs">Time of the last entry.</param>
public readonly record struct JournalHead(long Length, Hash256 LastLeafHash, long LastTimeMs)
{
    /// <summary>The head of a journal that has no entry.</summary>
    public static JournalHead Empty => default;
}

/// <summary>What became of a unit that was handed to <see cref="IJournalWriter.AppendAsync"/>.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>It is durable.</summary>
    /// <param name="FirstOrdinal">Ordinal of the unit's first entry; the others follow without a gap.</param>
    public sealed record Committed(long FirstOrdinal) : AppendOutcome;

    /// <summary>
    /// Nothing was written: an entry does not continue its journal. Somebody else appended first (a second activation
    /// of the same grain). Reload the named journals and number the unit anew.
    /// </summary>
    public sealed record Fenced(IReadOnlyList<EntityId> Entities) : AppendOutcome;

    /// <summary>Nothing was written: names are taken by matters that are in the log already.</summary>
    /// <param name="Claims">The unit's claims that are taken, each with the ordinal of the first entry of the matter that bears it.</param>
    public sealed record Taken(IReadOnlyList<(Claim Claim, long Ordinal)> Claims) : AppendOutcome;
}

/// <summary>The store takes no more just now: the queue is full. Try again after a moment; nothing was written.</summary>
public sealed class StoreBusyException(string message) : Exception(message);

/// <summary>
/// The store has stopped taking writes (full disk, failed fsync, damaged file). Whether the unit at hand survives is
/// decided at the next start; it was not acknowledged.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The one way in: appends units, in order, each whole or not at all.</summary>
/// <remarks>
/// <para>Durability: a returned <see cref="AppendOutcome.Committed"/> survives a crash of the process or the machine.</para>
/// <para>Order: units commit in the order in which <see cref="AppendAsync"/> was called; calls may overlap, and one fsync serves
/// all that wait. A later unit may continue a journal from an earlier one that has not been acknowledged yet.</para>
/// <para>Fencing: an entry is refused unless its sequence and previous hash continue its journal's head as of that
/// point of the order, earlier waiting units included.</para>
/// <para>Ownership: the caller must not change a unit after handing it over.</para>
/// <para>Not promised: that a unit whose call threw is absent after a restart. It is whole or absent.</para>
/// </remarks>
public interface IJournalWriter
{
    /// <summary>Appends a unit.</summary>
    /// <param name="unit">Well formed, or <see cref="ArgumentException"/>.</param>
    /// <param name="projections">
    /// What the indexes need of each matter, in the order of <see cref="CommitUnit.Matters"/>: exactly what the store's
    /// <see cref="IMatterProjector"/> would say of the same bytes (it saves reading them twice). Null for "ask it".
    /// </param>
    /// <param name="cancellation">Gives up waiting; the unit may commit all the same.</param>
    /// <exception cref="StoreBusyException">The queue is full.</exception>
    /// <exception cref="StoreUnavailableException">The store has stopped.</exception>
    ValueTask<AppendOutcome> AppendAsync(
        CommitUnit unit, IReadOnlyList<MatterProjection?>? projections, CancellationToken cancellation);
}

/// <summary>An entry as it is stored, with its payload.</summary>
/// <param name="Ordinal">Position in commit order, from 0, gapless over all journals but the sealer's own.</param>
/// <param name="Header">The committed header.</param>
/// <param name="Entity">Whose journal.</param>
/// <param name="EntitySalt">Salt of the entity group.</param>
/// <param name="EntryType">Of the type group.</param>
/// <param name="Role">Of the type group.</param>
/// <param name="TypeSalt">Salt of the type group.</param>
/// <param name="Author">The author group.</param>
/// <param name="Content">The content group.</param>
/// <param name="UnitId">The unit that brought it.</param>
public sealed record StoredEntry(
    long Ordinal,
    EntryHeader Header,
    EntityId Entity,
    Salt EntitySalt,
    string EntryType,
    string Role,
    Salt TypeSalt,
    SaltedBytes Author,
    SaltedBytes Content,
    UInt128 UnitId);

/// <summary>Entries by their ordinal and journals by their entity. Reads see every unit acknowledged before the call.</summary>
public interface IJournalReader
{
    /// <summary>The number of durable entries: the next ordinal to be committed.</summary>
    long Committed { get; }

    /// <summary>Completes when <see cref="Committed"/> is over <paramref name="ordinal"/>.</summary>
    Task WaitForCommitAsync(long ordinal, CancellationToken cancellation);

    /// <summary>The head of a journal; <see cref="JournalHead.Empty"/> if it has no entry.</summary>
    ValueTask<JournalHead> GetHeadAsync(EntityId entity, CancellationToken cancellation);

    /// <summary>Headers by ordinal, for the sealer: up to <paramref name="max"/> from <paramref name="first"/>, in order.</summary>
    ValueTask<IReadOnlyList<EntryHeader>> ReadHeadersAsync(long first, int max, CancellationToken cancellation);

    /// <summary>One entry with its payload; null if the ordinal is not committed.</summary>
    ValueTask<StoredEntry?> ReadEntryAsync(long ordinal, CancellationToken cancellation);

    /// <summary>Entries with their payloads by ordinal, in order: those of <paramref name="count"/> (1 to 100,000) that are committed.</summary>
    /// <remarks>Neighbours share their matter: reading them together costs little more than reading one.</remarks>
    ValueTask<IReadOnlyList<StoredEntry>> ReadEntriesAsync(long first, int count, CancellationToken cancellation);

    /// <summary>A journal's entries from a sequence on, in order, at most <paramref name="max"/> (1 to 1,000).</summary>
    ValueTask<IReadOnlyList<StoredEntry>> ReadJournalAsync(
        EntityId entity, long fromSequence, int max, CancellationToken cancellation);

    /// <summary>A unit's id, time, note, first ordinal and number of entries; null if there is none of that id.</summary>
    ValueTask<StoredUnit?> FindUnitAsync(UInt128 id, CancellationToken cancellation);
}

/// <summary>What is kept of a unit as such.</summary>
public sealed record StoredUnit(UInt128 Id, long TimeMs, ReadOnlyMemory<byte> Note, long FirstOrdinal, int EntryCount);
