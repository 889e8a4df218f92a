using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>
/// What a stranger needs to verify a receipt or an exported history: the file, and a verifier key or policy had from
/// elsewhere. Never throws for bad input and needs no network, clock or file system.
/// </summary>
public static class OfflineVerifier
{
    /// <summary>Verifies a receipt.</summary>
    /// <param name="receipt">The receipt file: <c>tlog-proof@v1</c>.</param>
    /// <param name="trust">A vkey or a tlog-policy file.</param>
    /// <param name="header">The header that is expected, 113 bytes; empty to take the one that the receipt carries.</param>
    public static Verdict VerifyReceipt(ReadOnlySpan<byte> receipt, ReadOnlySpan<byte> trust, ReadOnlySpan<byte> header = default) =>
        TryReadTrust(trust, out var policy, out var error)
            ? ReceiptVerifier.Verify(receipt, header, policy)
            : Refused("A receipt", "trust", error);

    /// <summary>Verifies an exported history.</summary>
    /// <param name="json">The document: <c>provenancegrains-history/v1</c>.</param>
    /// <param name="trust">A vkey or a tlog-policy file.</param>
    /// <param name="rule">The log's index rule; null for the open one.</param>
    public static Verdict VerifyHistory(ReadOnlySpan<byte> json, ReadOnlySpan<byte> trust, IndexRule? rule = null)
    {
        if (!TryReadTrust(trust, out var policy, out var error))
        {
            return Refused("A history", "trust", error);
        }

        return HistoryJson.TryParse(json, out var history, out error)
            ? HistoryVerifier.Verify(history, policy, rule ?? IndexRule.Hash)
            : Refused("A history", "format", error);
    }

    /// <summary>Verifies a bundle.</summary>
    /// <param name="json">The document: <c>provenancegrains-bundle/v1</c>.</param>
    /// <param name="trust">A vkey or a tlog-policy file.</param>
    public static BundleVerdict VerifyBundle(ReadOnlySpan<byte> json, ReadOnlySpan<byte> trust)
    {
        if (!TryReadTrust(trust, out var policy, out var error))
        {
            return new BundleVerdict(BundleState.Untrusted, Refused("A bundle", "trust", error), null, [], 0);
        }

        return BundleJson.TryParse(json, out var bundle, out error)
            ? BundleVerifier.Verify(bundle, policy)
            : new BundleVerdict(BundleState.Forged, Refused("A bundle", "format", error), null, [], policy.Witnesses.Count);
    }

    /// <summary>Verifies a payload, as far as it is disclosed, against the header that commits to it.</summary>
    /// <param name="header">The header.</param>
    /// <param name="groups">The four groups in the order of their numbers.</param>
    /// <param name="rule">The log's index rule; null for the open one.</param>
    /// <param name="proof">Proves the entity's index, where the rule asks for a proof.</param>
    public static Verdict VerifyPayload(
        EntryHeader header, IReadOnlyList<DisclosedGroup> groups, IndexRule? rule = null, IndexProof? proof = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        var verdict = new VerdictBuilder($"The payload of entry {header.Sequence} of journal {header.Index}");
        foreach (var (check, reason) in PayloadVerifier.Verify(header, groups, CheckIndex))
        {
            verdict.Fail(check, $"Entry {header.Sequence}: {reason}");
        }

        verdict.Close(PayloadVerifier.Commitment, "The groups are what the header commits to.");
        if (groups.Count == Payload.GroupCount && !verdict.HasFailed(PayloadVerifier.Commitment))
        {
            for (var i = 0; i < groups.Count; i++)
            {
                if (groups[i].State != GroupState.Disclosed)
                {
                    verdict.Skip(PayloadVerifier.Disclosure, $"The group {(FieldGroup)(i + 1)} is {groups[i].State}: its content is not known.");
                }
            }

            if (groups[0].State == GroupState.Disclosed)
            {
                verdict.Close(PayloadVerifier.Entity, "The payload names the entity that the header stands for.");
            }
        }

        return verdict.Build();

        string? CheckIndex(EntityId entity, EntityIndex index) =>
            IndexVerifier.TryVerify(rule ?? IndexRule.Hash, entity, index, proof, out var error) ? null : error;
    }

    /// <summary>Reads a vkey, or else a policy file.</summary>
    /// <param name="trust">Its bytes. A vkey may be followed by a newline.</param>
    /// <param name="policy">For a vkey: that log is trusted and no witness asked for.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryReadTrust(
        ReadOnlySpan<byte> trust, [NotNullWhen(true)] out LogPolicy? policy, [NotNullWhen(false)] out string? error)
    {
        // A policy's definitions have spaces, which a vkey cannot have.
        if (trust.IndexOfAny((byte)' ', (byte)'\t') >= 0)
        {
            return LogPolicy.TryParse(trust, out policy, out error);
        }

        policy = null;
        if (trust.Length > VerifierKey.MaxLength || !Utf8.IsValid(trust))
        {
            error = "What is to be trusted is neither a verifier key nor a policy.";
            return false;
        }

        if (!VerifierKey.TryParse(Encoding.UTF8.GetString(trust).Trim(), out var key, out error))
        {
            return false;
        }

        error = key.CanVerify ? null : $"Signatures of type {key.Type} cannot be verified here.";
        policy = error is null ? LogPolicy.TrustLog(key) : null;
        return error is null;
    }

    private static Verdict Refused(string subject, string check, string reason) =>
        new(subject, [new Check(check, CheckOutcome.Failed, reason)]);
}
