using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>Verifies a bundle offline: with its bytes and what is trusted, and nothing else.</summary>
/// <remarks>
/// Steps:
/// <list type="number">
/// <item>The checkpoint: signed by a trusted log, cosigned as the policy asks.</item>
/// <item>The last block: it is the tree's last leaf by number, and its header commits to its content. The first one, likewise: its index
/// rule is the log's for life.</item>
/// <item>The links of each journal, one by one.</item>
/// <item>The shared proof: every link of every journal and the block are leaves of the checkpoint's one tree.</item>
/// <item>The heads: the map whose root the block names says how long each journal is, or that there is none.</item>
/// <item>The authors: who signed the captures that brought the subject's entries.</item>
/// </list>
/// </remarks>
public static class BundleVerifier
{
    private const string BlockCheck = "block";
    private const string InclusionCheck = "inclusion";
    private const string JournalsCheck = "journals";

    /// <param name="bundle">What was read.</param>
    /// <param name="policy">What is trusted.</param>
    public static BundleVerdict Verify(Bundle bundle, LogPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(policy);
        var entries = bundle.Journals.Sum(journal => journal.Entries.Count);
        var verdict = new VerdictBuilder($"Everything about {bundle.Subject.Entity}: {bundle.Subject.Entries.Count} entries, {entries} with those that they rest on");

        // 1.
        var trusted = ReceiptVerifier.OpenCheckpoint(verdict, bundle.Checkpoint.ToArray(), policy);
        if (trusted is null)
        {
            verdict.Skip(InclusionCheck, "There is no trusted checkpoint to be included in.");
            return Close(verdict, BundleState.Untrusted, null, null, policy);
        }

        // 2.
        if (OpenBlock(verdict, bundle.Block, trusted) is not var (header, block)
            || OpenFirstBlock(verdict, bundle.FirstBlock, trusted, block) is not var (firstHeader, first))
        {
            return Close(verdict, BundleState.Forged, null, trusted, policy);
        }

        // 3.
        var journals = new JournalVerifier[bundle.Journals.Count];
        var entities = new HashSet<EntityId>();
        foreach (var twice in bundle.Journals.Where(journal => !entities.Add(journal.Entity)))
        {
            // Of two, one could be cut short and the other vouch that it is whole.
            verdict.Fail(JournalsCheck, $"The journal of {twice.Entity} is there twice.");
        }

        for (var i = 0; i < journals.Length; i++)
        {
            journals[i] = new JournalVerifier(verdict, bundle.Journals[i], block.IndexRule);
            journals[i].CheckLinks();
        }

        // 4.
        CheckInclusion(
            verdict, bundle, [(trusted.Checkpoint.Size - 1, header.LeafHash()), (first.BlockLeafIndex, firstHeader.LeafHash())], trusted);

        // 5.
        var subject = HeadState.Unknown;
        var whole = new HashSet<EntityId>();
        for (var i = 0; i < journals.Length; i++)
        {
            var head = journals[i].CheckHead(block, header, trusted.Checkpoint.Origin);
            subject = i == 0 ? head : subject;
            if (head == HeadState.Whole)
            {
                whole.Add(bundle.Journals[i].Entity);
            }
        }

        CloseLinks(verdict, bundle);

        // 6.
        var authors = verdict.HasAnyFailed ? [] : new BundleAuthors(bundle, whole, verdict).Verify(bundle.Subject);
        var state = verdict.HasAnyFailed ? BundleState.Forged : subject switch
        {
            HeadState.Whole => BundleState.Complete,
            HeadState.None => BundleState.Absent,
            HeadState.Shorter or HeadState.Unknown => BundleState.Incomplete,
        };
        return Close(verdict, state, header.TimeMs, trusted, policy) with { Authors = authors };
    }

    private static (EntryHeader Header, BlockContent Content)? OpenBlock(
        VerdictBuilder verdict, BundleBlock block, TrustedCheckpoint trusted)
    {
        if (!EntryHeader.TryParse(block.Header.Span, out var header, out var error)
            || !BlockContent.TryParse(block.Content.Span, out var content, out error))
        {
            verdict.Fail(BlockCheck, error);
            return null;
        }

        error = content.TreeSizeAfter != trusted.Checkpoint.Size
            ? $"Block {content.Height} ends the tree at {content.TreeSizeAfter} leaves, but the checkpoint has {trusted.Checkpoint.Size}."
            : BlockBuilder.Check(BlockIdentity.Of(trusted.LogKey), content, header);
        return verdict.Judge(BlockCheck, error, $"Block {content.Height} is what its header commits to.") ? (header, content) : null;
    }

    private static (EntryHeader Header, BlockContent Content)? OpenFirstBlock(
        VerdictBuilder verdict, BundleBlock block, TrustedCheckpoint trusted, in BlockContent last)
    {
        if (!EntryHeader.TryParse(block.Header.Span, out var header, out var error)
            || !BlockContent.TryParse(block.Content.Span, out var content, out error))
        {
            verdict.Fail(BlockCheck, $"The first block: {error}");
            return null;
        }

        error = content.Height != 0 ? $"The block given as the first has height {content.Height}."
            : content.IndexRule != last.IndexRule
                ? $"The first block has another index rule than block {last.Height}: a log has one rule for life."
            : BlockBuilder.Check(BlockIdentity.Of(trusted.LogKey), content, header);
        return verdict.Judge(BlockCheck, error, "The first block fixes the same index rule.") ? (header, content) : null;
    }

    private static void CheckInclusion(
        VerdictBuilder verdict, Bundle bundle, IReadOnlyList<(long Index, Hash256 Hash)> blocks, TrustedCheckpoint trusted)
    {
        var size = trusted.Checkpoint.Size;
        var leaves = new SortedDictionary<long, Hash256>();
        var entries = bundle.Journals.SelectMany(journal => journal.Entries);
        foreach (var (index, hash) in blocks.Concat(entries.Select(entry => (entry.LeafIndex, MerkleHash.Leaf(entry.Header.Span)))))
        {
            if (!leaves.TryAdd(index, hash) && leaves[index] != hash)
            {
                verdict.Fail(InclusionCheck, $"Leaf {index} is there with two contents.");
                return;
            }
        }

        MultiProof.TryVerify(
            [.. leaves.Select(leaf => (leaf.Key, leaf.Value))],
            size,
            bundle.Nodes as Hash256[] ?? [.. bundle.Nodes],
            trusted.Checkpoint.Root,
            out var error);
        verdict.Judge(InclusionCheck, error, $"Each of the {leaves.Count} entries, the blocks' included, is itself a leaf of the checkpoint's tree.");
    }

    private static void CloseLinks(VerdictBuilder verdict, Bundle bundle)
    {
        JournalVerifier.Close(verdict);
        var groups = bundle.Journals.SelectMany(journal => journal.Entries).SelectMany(entry => entry.Groups).ToList();
        foreach (var state in (GroupState[])[GroupState.Withheld, GroupState.Erased])
        {
            var count = groups.Count(group => group.State == state);
            if (count > 0)
            {
                verdict.Skip(
                    PayloadVerifier.Disclosure,
                    state == GroupState.Withheld
                        ? $"{count} field groups are withheld: their content is not known."
                        : $"{count} field groups are erased: their content is not known to anybody any more, as the maker says.");
            }
        }
    }

    private static BundleVerdict Close(
        VerdictBuilder verdict, BundleState state, long? asOfMs, TrustedCheckpoint? trusted, LogPolicy policy) =>
        new(state, verdict.Build(), asOfMs, [.. trusted?.CosignedBy.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()], policy.Witnesses.Count);
}
