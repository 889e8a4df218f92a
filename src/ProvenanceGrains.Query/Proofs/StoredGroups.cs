using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>The four groups of an entry, disclosed: as it was stored, or, for a block, as its record gives them.</summary>
internal static class StoredGroups
{
    public static DisclosedGroup[] Of(StoredEntry entry) =>
    [
        DisclosedGroup.Disclosed(entry.EntitySalt, Payload.EncodeEntity(entry.Entity)),
        DisclosedGroup.Disclosed(entry.TypeSalt, Payload.EncodeType(entry.EntryType, entry.Role)),
        Disclosed(entry.Author),
        Disclosed(entry.Content),
    ];

    /// <remarks>A block's payload is a function of what its record holds, salts included.</remarks>
    public static DisclosedGroup[] Of(BlockIdentity chain, BlockRecord? previous, BlockRecord block)
    {
        var built = BlockBuilder.Build(
            chain, previous?.ToHead(), block.Content.Count, block.Header.TimeMs, block.Content.HeadMapRoot);
        return [.. built.Groups.Select(Disclosed)];
    }

    private static DisclosedGroup Disclosed(SaltedBytes group) => DisclosedGroup.Disclosed(group.Salt, group.Bytes);
}
