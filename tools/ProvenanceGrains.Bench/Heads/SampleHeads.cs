using System.Buffers.Binary;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Bench.Heads;

/// <summary>Entities and their entries, made out of numbers, so that every run measures the same.</summary>
internal static class SampleHeads
{
    public static EntityIndex Index(long entity) => new(Numbered("index"u8, entity));

    public static KeyValuePair<EntityIndex, EntityHead> Head(long entity, long length) =>
        new(Index(entity), new EntityHead(length, Numbered("leaf"u8, (entity << 20) + length)));

    /// <summary>The first <paramref name="count"/> entities, one entry each.</summary>
    public static KeyValuePair<EntityIndex, EntityHead>[] Heads(int count)
    {
        var heads = new KeyValuePair<EntityIndex, EntityHead>[count];
        for (var i = 0; i < count; i++)
        {
            heads[i] = Head(i, 1);
        }

        return heads;
    }

    /// <summary>First entries of journals.</summary>
    public static List<EntryHeader> FirstEntries(int from, int count)
    {
        var entries = new List<EntryHeader>(count);
        for (var i = from; i < from + count; i++)
        {
            entries.Add(new EntryHeader(Index(i), 0, Hash256.Zero, 0, Numbered("commitment"u8, i)));
        }

        return entries;
    }

    /// <summary>Different entities out of a population, in no order.</summary>
    public static HashSet<int> Pick(Random random, int population, int count)
    {
        var picked = new HashSet<int>(count);
        while (picked.Count < count)
        {
            picked.Add(random.Next(population));
        }

        return picked;
    }

    private static Hash256 Numbered(ReadOnlySpan<byte> domain, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return Hash256.Sha256(domain, bytes);
    }
}
