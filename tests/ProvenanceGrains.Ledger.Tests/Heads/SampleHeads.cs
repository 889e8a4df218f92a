using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Ledger.Tests.Heads;

/// <summary>Indexes and heads out of a seed: spread at random, or sharing prefixes of any length up to all bits but one.</summary>
internal static class SampleHeads
{
    public static Dictionary<EntityIndex, EntityHead> Make(int seed, int count, bool sharingPrefixes)
    {
        var random = new Random(seed);
        var heads = new Dictionary<EntityIndex, EntityHead>();
        while (heads.Count < count)
        {
            var index = RandomHash(random);
            if (sharingPrefixes && heads.Count > 0)
            {
                index = ShareBits(heads.Keys.ElementAt(random.Next(heads.Count)).Value, index, random.Next(256));
            }

            heads[new EntityIndex(index)] = NewHead(random);
        }

        return heads;
    }

    public static EntityHead NewHead(Random random) => new(random.NextInt64(1, long.MaxValue), RandomHash(random));

    public static Hash256 RandomHash(Random random)
    {
        var bytes = new byte[Hash256.Size];
        random.NextBytes(bytes);
        return new Hash256(bytes);
    }

    /// <summary>The first <paramref name="bits"/> bits of one, the next bit turned, the rest of the other.</summary>
    public static Hash256 ShareBits(Hash256 prefix, Hash256 rest, int bits)
    {
        var bytes = rest.ToArray();
        for (var i = 0; i <= bits; i++)
        {
            var mask = (byte)(0x80 >> (i % 8));
            var set = (prefix.AsSpan()[i / 8] & mask) != 0;
            bytes[i / 8] = (byte)(set != (i == bits) ? bytes[i / 8] | mask : bytes[i / 8] & ~mask);
        }

        return new Hash256(bytes);
    }

    public static Hash256 FlipBit(Hash256 hash, int bit)
    {
        var bytes = hash.ToArray();
        bytes[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        return new Hash256(bytes);
    }
}
