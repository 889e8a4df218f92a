using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>What the head map says of a journal, compared with what a bundle holds of it.</summary>
internal enum HeadState
{
    /// <summary>It is not asked, or there is no map.</summary>
    Unknown,

    /// <summary>The bundle holds all of it.</summary>
    Whole,

    /// <summary>The bundle holds the first entries only.</summary>
    Shorter,

    /// <summary>There is no such journal.</summary>
    None,
}

/// <summary>Verifies one journal of a bundle: link by link, and its end against the head map.</summary>
internal sealed class JournalVerifier(VerdictBuilder verdict, BundleJournal journal, IndexRule rule)
{
    private const string IndexCheck = "index";
    private const string HeadersCheck = "headers";
    private const string EntityCheck = "entity";
    private const string SequenceCheck = "sequence";
    private const string ChainCheck = "chain";
    private const string TimeCheck = "time";
    private const string OrderCheck = "leaf order";
    private const string CompletenessCheck = "completeness";

    private EntityIndex? _index;
    private EntryHeader? _last;

    public void CheckLinks()
    {
        if (IndexVerifier.TryCompute(rule, journal.Entity, journal.IndexProof, out var index, out var error))
        {
            _index = index;
        }
        else
        {
            verdict.Fail(IndexCheck, $"{journal.Entity}: {error}");
        }

        for (var i = 0; i < journal.Entries.Count; i++)
        {
            var entry = journal.Entries[i];
            if (!EntryHeader.TryParse(entry.Header.Span, out var header, out error))
            {
                verdict.Fail(HeadersCheck, Link(i, error));
                _last = null;
                continue;
            }

            CheckLink(i, header);
            CheckPayload(i, header, entry.Groups);
            _last = header;
        }
    }

    /// <param name="block">The last block; its head map root is proven.</param>
    /// <param name="blockHeader">That block's header.</param>
    /// <param name="origin">The log's, which names the one journal that the map leaves out: the sealer's own.</param>
    public HeadState CheckHead(in BlockContent block, in EntryHeader blockHeader, string origin)
    {
        if (_index is not { } index)
        {
            return HeadState.Unknown;
        }

        if (journal.Entity.Kind == BlockContent.EntityKind && journal.Entity.Key == origin)
        {
            return Compare(new EntityHead(block.Height + 1, blockHeader.LeafHash()));
        }

        if (journal.Head is not { } proof || block.HeadMapRoot.IsZero)
        {
            verdict.Skip(
                CompletenessCheck,
                block.HeadMapRoot.IsZero
                    ? "The last block names no head map: whether the log holds more is not proven."
                    : $"{journal.Entity}: whether the log holds more entries is not proven here, and nothing rests on it.");
            return HeadState.Unknown;
        }

        if (!HeadMapVerifier.TryVerify(block.HeadMapRoot, index, proof, out var head, out var error))
        {
            verdict.Fail(CompletenessCheck, $"{journal.Entity}: {error}");
            return HeadState.Unknown;
        }

        return Compare(head);
    }

    /// <summary>Closes the checks that were made link by link, over all journals.</summary>
    public static void Close(VerdictBuilder verdict)
    {
        verdict.Close(IndexCheck, "Every index is the one that the log's rule gives for the entity.");
        verdict.Close(HeadersCheck, "All headers can be read.");
        verdict.Close(EntityCheck, "All headers stand for the entity of their journal.");
        verdict.Close(SequenceCheck, "The entries are numbered from 0 without a gap.");
        verdict.Close(ChainCheck, "Every entry names the leaf hash of the one before.");
        verdict.Close(TimeCheck, "Time never goes back.");
        verdict.Close(OrderCheck, "The leaves stand in the order of the entries.");
        verdict.Close(PayloadVerifier.Commitment, "Every payload is what its header commits to.");
        verdict.Close(PayloadVerifier.Entity, "Every disclosed payload names the entity.");
    }

    private HeadState Compare(EntityHead? proven)
    {
        var count = journal.Entries.Count;
        if (proven is not { } head)
        {
            if (count == 0)
            {
                verdict.Pass(CompletenessCheck, $"Nothing was ever recorded about {journal.Entity}.");
                return HeadState.None;
            }

            verdict.Fail(CompletenessCheck, $"The head map proves that there is no journal of {journal.Entity}, but {count} entries are shown.");
            return HeadState.Unknown;
        }

        if (count > head.Length)
        {
            verdict.Fail(CompletenessCheck, $"{journal.Entity} has {head.Length} entries by the head map, but {count} are shown.");
            return HeadState.Unknown;
        }

        if (count < head.Length)
        {
            verdict.Skip(CompletenessCheck, $"{journal.Entity} has {head.Length} entries by the head map, and the first {count} are shown: {head.Length - count} are missing.");
            return HeadState.Shorter;
        }

        if (_last?.LeafHash() != head.LastLeafHash)
        {
            verdict.Fail(CompletenessCheck, $"{journal.Entity}: the head map names {head.LastLeafHash} as the last entry, which is another than the last one shown.");
            return HeadState.Unknown;
        }

        verdict.Pass(CompletenessCheck, $"The {count} entries are all that the log holds about {journal.Entity}.");
        return HeadState.Whole;
    }

    private void CheckLink(int i, in EntryHeader header)
    {
        if (_index is { } index && header.Index != index)
        {
            verdict.Fail(EntityCheck, Link(i, "bytes 1 to 32 of the header stand for another entity."));
        }

        if (header.Sequence != i)
        {
            verdict.Fail(SequenceCheck, Link(i, $"bytes 33 to 40 of the header give sequence {header.Sequence}."));
        }

        if (i > 0 && _last is null)
        {
            verdict.Fail(ChainCheck, Link(i, "the link before cannot be read."));
        }
        else if (header.Previous != (_last?.LeafHash() ?? Hash256.Zero))
        {
            verdict.Fail(ChainCheck, Link(i, "bytes 41 to 72 of the header do not name the leaf hash of the link before."));
        }

        if (_last is { } before && header.TimeMs < before.TimeMs)
        {
            verdict.Fail(TimeCheck, Link(i, $"bytes 73 to 80 of the header go back from {before.TimeMs} to {header.TimeMs} ms."));
        }

        if (i > 0 && journal.Entries[i].LeafIndex <= journal.Entries[i - 1].LeafIndex)
        {
            verdict.Fail(OrderCheck, Link(i, $"leaf {journal.Entries[i].LeafIndex} does not come after leaf {journal.Entries[i - 1].LeafIndex}."));
        }
    }

    private void CheckPayload(int i, in EntryHeader header, IReadOnlyList<DisclosedGroup> groups)
    {
        foreach (var (check, reason) in PayloadVerifier.Verify(header, groups, CheckEntity))
        {
            verdict.Fail(check, Link(i, reason));
        }
    }

    // The header's index is compared on its own.
    private string? CheckEntity(EntityId entity, EntityIndex index) => entity == journal.Entity ? null : $"The journal is of {journal.Entity}.";

    private string Link(int i, string reason) => $"{journal.Entity}, link {i}: {reason}";
}
