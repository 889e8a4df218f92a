using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using Xunit;

namespace ProvenanceGrains.TestKit.Storage;

/// <summary>Re-verifies a whole store: no illegal history can be in it, whatever was done to it.</summary>
public static class StoreChecker
{
    /// <summary>
    /// Every entry is there, under its ordinal; every journal is numbered without a gap and chained by leaf hashes; every commitment is
    /// that of the payload; the heads are the journals' ends; headers, entries and journals agree.
    /// </summary>
    /// <returns>All entries, in order.</returns>
    public static async Task<IReadOnlyList<StoredEntry>> CheckAsync(IJournalReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var entries = await ReadAllAsync(reader);
        var heads = new Dictionary<EntityId, JournalHead>();
        foreach (var entry in entries)
        {
            var head = heads.GetValueOrDefault(entry.Entity);
            Assert.Equal(head.Length, entry.Header.Sequence);
            Assert.Equal(head.LastLeafHash, entry.Header.Previous);
            Assert.Equal(HashedEntityIndex.Instance.Compute(entry.Entity), entry.Header.Index);
            Assert.Equal(CommitmentOf(entry), entry.Header.Commitment);
            heads[entry.Entity] = new JournalHead(head.Length + 1, entry.Header.LeafHash(), entry.Header.TimeMs);
        }

        foreach (var (entity, head) in heads)
        {
            Assert.Equal(head, await reader.GetHeadAsync(entity, CancellationToken.None));
            await CheckJournalAsync(reader, entity, entries);
        }

        return entries;
    }

    /// <summary>The whole unit is there under these ordinals, as it was handed over.</summary>
    public static void Holds(IReadOnlyList<StoredEntry> entries, CommitUnit unit, long firstOrdinal)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(unit);
        Assert.True(firstOrdinal + unit.Entries.Count <= entries.Count, "The unit reaches over the end.");
        for (var i = 0; i < unit.Entries.Count; i++)
        {
            var stored = entries[(int)firstOrdinal + i];
            var entry = unit.Entries[i];
            Assert.Equal(firstOrdinal + i, stored.Ordinal);
            Assert.Equal(entry.Header, stored.Header);
            Assert.Equal(entry.Entity, stored.Entity);
            Assert.Equal((entry.EntryType, entry.Role), (stored.EntryType, stored.Role));
            Assert.Equal((entry.EntitySalt, entry.TypeSalt), (stored.EntitySalt, stored.TypeSalt));
            Assert.Equal(unit.Id, stored.UnitId);
            Same(unit.Author, stored.Author);
            Same(unit.Matters[entry.Matter], stored.Content);
        }
    }

    private static async Task<IReadOnlyList<StoredEntry>> ReadAllAsync(IJournalReader reader)
    {
        var committed = reader.Committed;
        var entries = new List<StoredEntry>();
        for (long ordinal = 0; ordinal < committed; ordinal++)
        {
            var entry = await reader.ReadEntryAsync(ordinal, CancellationToken.None);
            Assert.NotNull(entry);
            Assert.Equal(ordinal, entry.Ordinal);
            entries.Add(entry);
        }

        var headers = await reader.ReadHeadersAsync(0, int.MaxValue, CancellationToken.None);
        Assert.Equal(entries.Select(e => e.Header), headers.Take(entries.Count));
        return entries;
    }

    private static async Task CheckJournalAsync(
        IJournalReader reader, EntityId entity, IReadOnlyList<StoredEntry> entries)
    {
        const int Page = 7;
        var expected = entries.Where(e => e.Entity == entity).Select(e => e.Ordinal).ToList();
        var paged = new List<long>();
        while (true)
        {
            var page = await reader.ReadJournalAsync(entity, paged.Count, Page, CancellationToken.None);
            paged.AddRange(page.Select(e => e.Ordinal));
            if (page.Count < Page)
            {
                break;
            }
        }

        Assert.Equal(expected, paged);
    }

    private static Hash256 CommitmentOf(StoredEntry entry) => UnitCheck.CommitmentOf(
        new UnitEntry(entry.Entity, entry.Header, entry.EntitySalt, entry.TypeSalt, entry.EntryType, entry.Role, 0),
        Payload.GroupDigest(FieldGroup.Author, entry.Author.Salt, entry.Author.Bytes.Span),
        Payload.GroupDigest(FieldGroup.Content, entry.Content.Salt, entry.Content.Bytes.Span));

    private static void Same(SaltedBytes expected, SaltedBytes actual)
    {
        Assert.Equal(expected.Salt, actual.Salt);
        Assert.True(expected.Bytes.Span.SequenceEqual(actual.Bytes.Span));
    }
}
