using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>
/// All that an audit must remember of the leaves it has seen to judge the next one: the tree's edge, every journal's head, the last block.
/// It is what a state file keeps.
/// </summary>
internal sealed class LogReplay
{
    public LogReplay(VerifierKey key, IndexRule rule)
    {
        Heads = new JournalHeads();
        Blocks = new BlockChain(BlockIdentity.Of(key, rule), Heads);
        Edge = new TreeEdge();
    }

    /// <summary>The tree so far.</summary>
    public TreeEdge Edge { get; private set; }

    public JournalHeads Heads { get; }

    public BlockChain Blocks { get; }

    /// <summary>Parties and their keys, as far as payloads were read.</summary>
    public PartyJournals Parties { get; } = new();

    /// <summary>Entries seen that are no blocks: the ordinal of the next one.</summary>
    public long NextOrdinal => Edge.Size - Blocks.Count;

    /// <summary>Follows a leaf whose hash is appended to the edge already.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Follow(in LogLeaf leaf)
    {
        if (leaf.Header is not { } header)
        {
            return null;
        }

        // A block is followed as an entry and as a block, whatever the first of the two finds.
        var error = Heads.Follow(header, leaf.Hash, leaf.IsBlock);
        var blockError = leaf.IsBlock ? Blocks.Follow(leaf.Index, header, leaf.Hash) : null;
        return error ?? blockError;
    }

    /// <summary>Goes on from where an earlier audit was. The heads are restored before.</summary>
    /// <returns>What does not fit, or null.</returns>
    public string? Restore(TreeEdge edge, BlockRecord? lastBlock, bool hasMap)
    {
        Edge = edge;
        return lastBlock is null
            ? hasMap ? "it has a head map but no block" : null
            : Blocks.Restore(lastBlock, hasMap) ?? (Blocks.SealedLeaves > edge.Size ? "its last block is beyond its tree" : null);
    }
}
