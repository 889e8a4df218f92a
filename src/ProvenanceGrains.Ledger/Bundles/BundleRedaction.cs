using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>Leaves field groups out of a bundle. Each is replaced by its digest, so every proof still holds.</summary>
/// <remarks>
/// A signed capture holds the whole document that was signed, so what is withheld from an entry must not remain in the capture that
/// brought it:
/// <list type="bullet">
/// <item>withhold anything but the author, and the content of that capture goes as well;</item>
/// <item>withhold the author, and that capture's journal goes whole, with the journals of the parties that no other capture needs. The
/// shared proof is folded down to the leaves that stay, so that nothing names what went.</item>
/// </list>
/// Where an entry does not say which capture brought it, every capture is treated as that one. What cannot be checked any more is said
/// by the verifier.
/// </remarks>
public static class BundleRedaction
{
    /// <param name="bundle">Stays as it is.</param>
    /// <param name="groups">Which groups go.</param>
    /// <param name="state">What is said of them: withheld or erased. What was erased before stays erased.</param>
    /// <param name="entries">Which entries of the subject lose them, by sequence; null means all.</param>
    /// <param name="redacted">What is left.</param>
    /// <param name="error">Why there is none, when the answer is false: the bundle's shared proof is not one of its leaves.</param>
    /// <exception cref="ArgumentException">The state is disclosed: what is gone cannot be brought back.</exception>
    public static bool TryRedact(
        Bundle bundle,
        IReadOnlyCollection<FieldGroup> groups,
        GroupState state,
        IReadOnlySet<long>? entries,
        [NotNullWhen(true)] out Bundle? redacted,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(groups);
        if (state == GroupState.Disclosed)
        {
            throw new ArgumentException("A redaction withholds or erases.", nameof(state));
        }

        if (bundle.Subject.Entity.Kind == SignedCapture.EntityKind && groups.Count > 0)
        {
            // The one entry of a capture holds the document and names its author in the same content.
            groups = [.. groups.Append(FieldGroup.Content).Distinct()];
        }

        var subject = bundle.Subject with
        {
            Entries = [.. bundle.Subject.Entries.Select((entry, i) => entries?.Contains(i) == false ? entry : Without(entry, groups, state))],
        };
        var touched = bundle.Subject.Entries.Where((_, i) => entries?.Contains(i) != false).ToList();
        var captures = CapturesOf(bundle, touched);
        var others = bundle.Journals.Skip(1);
        if (groups.Contains(FieldGroup.Author))
        {
            others = WithoutCaptures(others, captures);
        }
        else if (groups.Count > 0)
        {
            others = others.Select(journal => captures.Contains(journal.Entity)
                ? journal with { Entries = [.. journal.Entries.Select(entry => Without(entry, [FieldGroup.Content], state))] }
                : journal);
        }

        var journals = others
            .Select(journal => entries is null && !IsAuthorship(journal.Entity)
                ? journal with { Entries = [.. journal.Entries.Select(entry => Without(entry, groups, state))] }
                : journal)
            .Prepend(subject)
            .ToList();
        return TryFold(bundle, journals, out redacted, out error);
    }

    private static bool IsAuthorship(EntityId entity) => entity.Kind is SignedCapture.EntityKind or PartyEntry.EntityKind;

    /// <summary>The captures that the entries rest on; all of them, if one entry does not say.</summary>
    private static HashSet<EntityId> CapturesOf(Bundle bundle, List<BundleEntry> touched)
    {
        var known = new HashSet<EntityId>();
        foreach (var entry in touched)
        {
            if (entry.Groups[(int)FieldGroup.Author - 1] is not { State: GroupState.Disclosed } author
                || !Payload.TryDecodePair(author.Content.Span, out _, out var request))
            {
                return [.. bundle.Journals.Skip(1).Select(journal => journal.Entity).Where(entity => entity.Kind == SignedCapture.EntityKind)];
            }

            if (EntityId.TryCreate(SignedCapture.EntityKind, request, out var capture, out _))
            {
                known.Add(capture);
            }
        }

        return known;
    }

    private static List<BundleJournal> WithoutCaptures(IEnumerable<BundleJournal> journals, HashSet<EntityId> captures)
    {
        var left = journals.Where(journal => !captures.Contains(journal.Entity)).ToList();
        var parties = new HashSet<EntityId>();
        foreach (var entry in left.Where(journal => journal.Entity.Kind == SignedCapture.EntityKind).SelectMany(journal => journal.Entries))
        {
            if (entry.Groups[^1] is { State: GroupState.Disclosed } content
                && SignedCapture.TryParse(content.Content, out var signed, out _)
                && EntityId.TryCreate(PartyEntry.EntityKind, signed.Request.PartyId, out var party, out _))
            {
                parties.Add(party);
            }
        }

        left.RemoveAll(journal => journal.Entity.Kind == PartyEntry.EntityKind && !parties.Contains(journal.Entity));
        return left;
    }

    private static BundleEntry Without(BundleEntry entry, IReadOnlyCollection<FieldGroup> groups, GroupState state)
    {
        return entry with { Groups = [.. entry.Groups.Select((group, i) => groups.Contains((FieldGroup)(i + 1)) ? Gone(group, (FieldGroup)(i + 1)) : group)] };

        DisclosedGroup Gone(DisclosedGroup group, FieldGroup number) => group.State == GroupState.Erased ? group
            : state == GroupState.Erased ? DisclosedGroup.Erased(group.DigestAs(number))
            : DisclosedGroup.Withheld(group.DigestAs(number));
    }

    private static bool TryFold(
        Bundle bundle, List<BundleJournal> journals, [NotNullWhen(true)] out Bundle? redacted, [NotNullWhen(false)] out string? error)
    {
        redacted = bundle with { Journals = journals };
        error = null;
        if (journals.Count == bundle.Journals.Count)
        {
            return true;
        }

        redacted = null;
        if (!BlockContent.TryParse(bundle.Block.Content.Span, out var block, out error))
        {
            return false;
        }

        var leaves = LeavesOf(bundle, bundle.Journals);
        if (!MultiProof.TryReduce(
            [.. leaves.Select(leaf => (leaf.Key, leaf.Value))],
            block.TreeSizeAfter,
            bundle.Nodes as Hash256[] ?? [.. bundle.Nodes],
            [.. LeavesOf(bundle, journals).Keys],
            out var nodes,
            out error))
        {
            return false;
        }

        redacted = bundle with { Journals = journals, Nodes = nodes };
        return true;
    }

    /// <summary>All that the shared proof proves, as the verifier collects it.</summary>
    private static SortedDictionary<long, Hash256> LeavesOf(Bundle bundle, IEnumerable<BundleJournal> journals)
    {
        var leaves = new SortedDictionary<long, Hash256>();
        foreach (var block in (BundleBlock[])[bundle.FirstBlock, bundle.Block])
        {
            if (BlockContent.TryParse(block.Content.Span, out var content, out _))
            {
                leaves[content.BlockLeafIndex] = MerkleHash.Leaf(block.Header.Span);
            }
        }

        foreach (var entry in journals.SelectMany(journal => journal.Entries))
        {
            leaves[entry.LeafIndex] = MerkleHash.Leaf(entry.Header.Span);
        }

        return leaves;
    }
}
