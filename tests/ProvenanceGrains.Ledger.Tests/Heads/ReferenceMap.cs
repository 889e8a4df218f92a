using System.Security.Cryptography;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Ledger.Tests.Heads;

/// <summary>The definition of the head map (docs/formats.md), word for word and slow: what the fast one is held against.</summary>
internal static class ReferenceMap
{
    public static Hash256 Root(IEnumerable<KeyValuePair<EntityIndex, EntityHead>> heads, int depth = 0)
    {
        var here = heads.ToList();
        return here.Count switch
        {
            0 => Hash256.Zero,
            1 => Leaf(here[0].Key, here[0].Value),
            _ => Inner(
                Root(here.Where(head => !Bit(head.Key, depth)), depth + 1), Root(here.Where(head => Bit(head.Key, depth)), depth + 1)),
        };
    }

    public static Hash256 Leaf(EntityIndex index, EntityHead head)
    {
        byte[] length = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)head.Length);
        return Sha256("provenancegrains/head/v1\0"u8.ToArray(), index.Value.ToArray(), length, head.LastLeafHash.ToArray());
    }

    public static Hash256 Inner(Hash256 left, Hash256 right) =>
        Sha256("provenancegrains/heads/v1\0"u8.ToArray(), left.ToArray(), right.ToArray());

    public static bool Bit(EntityIndex index, int depth) => (index.Value.ToArray()[depth / 8] >> (7 - (depth % 8)) & 1) == 1;

    private static Hash256 Sha256(params byte[][] parts) => new(SHA256.HashData(parts.SelectMany(part => part).ToArray()));
}
