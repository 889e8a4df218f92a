using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Policies;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>
/// Verifies a history link by link against its one checkpoint. That the ends of a chain are in the log proves nothing
/// of what lies between: every link has to be a leaf itself.
/// </summary>
internal static class HistoryVerifier
{
    private const string Headers = "headers";
    private const string IndexProofs = "index proof";
    private const string Entity = "entity";
    private const string Sequence = "sequence";
    private const string Chain = "chain";
    private const string Time = "time";
    private const string Order = "leaf order";
    private const string Inclusion = "inclusion";

    /// <summary>
    /// Steps: 1. the checkpoint's signatures, and the proof of the entity's index; 2. for each link: header, entity, sequence, chain, time, order of leaves,
    /// inclusion, payload; 3. what cannot be known from a history.
    /// </summary>
    public static Verdict Verify(History history, LogPolicy policy, IndexRule rule)
    {
        var verdict = new VerdictBuilder($"The history of {history.Entity}: {history.Entries.Count} entries");

        // 1.
        var checkpoint = ReceiptVerifier.OpenCheckpoint(verdict, history.Checkpoint.ToArray(), policy);
        if (history.VkeyHint is { } hint && checkpoint is not null && hint != checkpoint.LogKey.ToString())
        {
            verdict.Skip("key hint", "The document names another key than the one that is trusted; it was passed over.");
        }

        if (history.Entries.Count == 0)
        {
            verdict.Fail(Headers, "The history has no entry.");
            return verdict.Build();
        }

        var expectedIndex = ProveIndex(verdict, history, rule);

        // 2.
        EntryHeader? previous = null;
        var hidden = 0;
        for (var i = 0; i < history.Entries.Count; i++)
        {
            var entry = history.Entries[i];
            if (!EntryHeader.TryParse(entry.Header.Span, out var header, out var error))
            {
                verdict.Fail(Headers, $"Link {i}: {error}");
                previous = null;
                continue;
            }

            CheckLink(verdict, i, header, previous, expectedIndex);
            CheckPlace(verdict, i, history.Entries, header, checkpoint);
            foreach (var (check, reason) in PayloadVerifier.Verify(header, entry.Groups, CheckIndex))
            {
                verdict.Fail(check, $"Link {i}: {reason}");
            }

            hidden += entry.Groups.Count(group => group.State != GroupState.Disclosed);
            previous = header;
        }

        Close(verdict, history, checkpoint is not null, hidden);
        return verdict.Build();

        // Proving takes a thousand times as long as hashing, so it is done once, and for the history's own entity alone.
        string? CheckIndex(EntityId entity, EntityIndex index)
        {
            var known = rule is IndexRule.Hashed ? HashedEntityIndex.Instance.Compute(entity)
                : entity == history.Entity ? expectedIndex
                : null;
            return known == index ? null : $"The index of {entity} is {known?.ToString() ?? "not known"}.";
        }
    }

    /// <summary>The entity's index, which every header has to have.</summary>
    /// <returns>Null if the document does not prove one: then no header stands for the entity.</returns>
    private static EntityIndex? ProveIndex(VerdictBuilder verdict, History history, IndexRule rule)
    {
        if (!IndexVerifier.TryCompute(rule, history.Entity, history.IndexProof, out var index, out var error))
        {
            verdict.Fail(IndexProofs, error);
            return null;
        }

        if (history.IndexProof is not null)
        {
            verdict.Pass(IndexProofs, $"The VRF proof gives the index of {history.Entity}.");
        }

        return index;
    }

    private static void CheckLink(
        VerdictBuilder verdict, int i, in EntryHeader header, EntryHeader? previous, EntityIndex? expectedIndex)
    {
        if (header.Index != expectedIndex)
        {
            verdict.Fail(Entity, $"Link {i}: bytes 1 to 32 of the header stand for another entity.");
        }

        if (header.Sequence != i)
        {
            verdict.Fail(Sequence, $"Link {i}: bytes 33 to 40 of the header give sequence {header.Sequence}.");
        }

        if (i > 0 && previous is null)
        {
            verdict.Fail(Chain, $"Link {i}: the link before cannot be read.");
        }
        else if (header.Previous != (previous?.LeafHash() ?? Hash256.Zero))
        {
            verdict.Fail(Chain, $"Link {i}: bytes 41 to 72 of the header do not name the leaf hash of the link before.");
        }

        if (previous is { } before && header.TimeMs < before.TimeMs)
        {
            verdict.Fail(Time, $"Link {i}: bytes 73 to 80 of the header go back from {before.TimeMs} to {header.TimeMs} ms.");
        }
    }

    private static void CheckPlace(
        VerdictBuilder verdict, int i, IReadOnlyList<HistoryEntry> entries, in EntryHeader header, TrustedCheckpoint? checkpoint)
    {
        if (i > 0 && entries[i].LeafIndex <= entries[i - 1].LeafIndex)
        {
            verdict.Fail(Order, $"Link {i}: leaf {entries[i].LeafIndex} does not come after leaf {entries[i - 1].LeafIndex}.");
        }

        if (checkpoint is not null && !MerkleVerifier.TryVerifyInclusion(
            entries[i].LeafIndex,
            checkpoint.Checkpoint.Size,
            header.LeafHash(),
            entries[i].Proof.ToArray(),
            checkpoint.Checkpoint.Root,
            out var error))
        {
            verdict.Fail(Inclusion, $"Link {i}: {error}");
        }
    }

    private static void Close(VerdictBuilder verdict, History history, bool trusted, int hidden)
    {
        var count = history.Entries.Count;
        verdict.Close(Headers, $"All {count} headers can be read.");
        verdict.Close(Entity, $"All headers stand for {history.Entity}.");
        verdict.Close(Sequence, $"The entries are numbered from 0 to {count - 1} without a gap.");
        verdict.Close(Chain, "Every entry names the leaf hash of the one before.");
        verdict.Close(Time, "Time never goes back.");
        verdict.Close(Order, "The leaves stand in the order of the entries.");
        if (trusted)
        {
            verdict.Close(Inclusion, $"Every one of the {count} entries is itself a leaf of the checkpoint's tree.");
        }
        else
        {
            verdict.Skip(Inclusion, "There is no trusted checkpoint to be included in.");
        }

        verdict.Close(PayloadVerifier.Commitment, "Every payload is what its header commits to.");
        verdict.Close(PayloadVerifier.Entity, "Every disclosed payload names the entity.");
        if (hidden > 0)
        {
            verdict.Skip(PayloadVerifier.Disclosure, $"{hidden} field groups are withheld or erased: their content is not known.");
        }

        // 3.
        if (history.Total is { } total && total != count)
        {
            verdict.Fail("total", $"The exporter says that the journal has {total} entries, but the document holds {count}.");
        }

        verdict.Skip("completeness", $"Whether the log holds entries after {count - 1} is not proven by a history.");
    }
}
