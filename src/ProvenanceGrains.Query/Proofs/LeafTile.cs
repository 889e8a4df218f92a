using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>
/// What is kept of a full tile of leaves: its inner nodes from 16 leaves upwards, under 1 kB instead of 16. The nodes below are hashed from
/// the 16 leaf hashes that stand beside the leaf in question, half a kB of the file.
/// </summary>
/// <remarks>
/// A log has one tile of leaves for each 256 entries, far too many to keep whole, and hashing one anew for each proof takes 255 hashes. So
/// kept, a proof costs a read of 512 bytes and eleven hashes, whatever the size of the tree.
/// </remarks>
internal sealed class LeafTile
{
    /// <summary>Leaves of a group: what is read at once.</summary>
    public const int GroupWidth = 1 << GroupLevel;

    /// <summary>Bytes of a group.</summary>
    public const int GroupBytes = GroupWidth * Hash256.Size;

    private const int GroupLevel = 4;

    private readonly Hash256[][] _rows;

    private LeafTile(Hash256[][] rows) => _rows = rows;

    /// <param name="content">At least 256 leaf hashes.</param>
    public static LeafTile Build(ReadOnlySpan<byte> content)
    {
        var rows = new Hash256[TileLayout.Height - GroupLevel][];
        rows[0] = new Hash256[TilePath.FullWidth / GroupWidth];
        for (var i = 0; i < rows[0].Length; i++)
        {
            rows[0][i] = NodeOf(content.Slice(i * GroupBytes, GroupBytes), GroupLevel, 0);
        }

        for (var row = 1; row < rows.Length; row++)
        {
            rows[row] = new Hash256[rows[row - 1].Length / 2];
            for (var i = 0; i < rows[row].Length; i++)
            {
                rows[row][i] = MerkleHash.Node(rows[row - 1][2 * i], rows[row - 1][(2 * i) + 1]);
            }
        }

        return new LeafTile(rows);
    }

    /// <summary>Whether a node is one of those kept; else it is inside one group.</summary>
    public static bool Keeps(TreeNode node) => node.Level >= GroupLevel;

    /// <summary>The group, counted over the whole tree, that a node below <see cref="Keeps"/> is in.</summary>
    public static long GroupOf(TreeNode node) => node.Index >> (GroupLevel - node.Level);

    /// <summary>A node that is kept.</summary>
    public Hash256 Read(TreeNode node) => _rows[node.Level - GroupLevel][node.Index % (TilePath.FullWidth >> node.Level)];

    /// <summary>A node inside a group.</summary>
    /// <param name="group">The group's 16 leaf hashes.</param>
    /// <param name="node">Below <see cref="Keeps"/>.</param>
    public static Hash256 ReadInGroup(ReadOnlySpan<byte> group, TreeNode node) =>
        NodeOf(group, node.Level, (int)(node.Index % (GroupWidth >> node.Level)));

    private static Hash256 NodeOf(ReadOnlySpan<byte> group, int level, int index) => level == 0
        ? new Hash256(group.Slice(index * Hash256.Size, Hash256.Size))
        : MerkleHash.Node(NodeOf(group, level - 1, 2 * index), NodeOf(group, level - 1, (2 * index) + 1));
}
