using System.Text;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Forks;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Verify;

/// <summary>What became of the verification of one file.</summary>
/// <param name="Kind"><c>receipt</c>, <c>history</c>, <c>bundle</c>, <c>fork</c> or <c>incarnation</c>.</param>
/// <param name="Subject">What was verified, in words.</param>
/// <param name="Checks">Every check that was made, or could not be.</param>
/// <param name="Facts">What is proven; empty unless sound.</param>
internal sealed record FileVerification(
    string Kind, string Subject, IReadOnlyList<Check> Checks, IReadOnlyList<ProvenFact> Facts)
{
    /// <summary>Of a bundle; null for anything else.</summary>
    public BundleVerdict? Bundle { get; init; }

    /// <summary>Of a bundle: the origin of its log, as its checkpoint says.</summary>
    public string? Origin { get; init; }

    public bool IsSound => Checks.Any(check => check.Outcome == CheckOutcome.Passed)
        && Checks.All(check => check.Outcome != CheckOutcome.Failed)
        && Bundle?.State is null or BundleState.Complete or BundleState.Absent;

    /// <summary>Verifies a file of any kind.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="trust">A verifier key or a policy.</param>
    /// <param name="payload">With a receipt: a history that shows the entry's payload; null for none.</param>
    /// <param name="entity">With a history or bundle: whose it has to be; null for anybody's.</param>
    /// <param name="rule">With a history or a payload: the log's index rule; null for the open one. A bundle carries it.</param>
    /// <exception cref="UnusableException">It is none of the kinds.</exception>
    public static FileVerification Of(byte[] file, byte[] trust, byte[]? payload, string? entity = null, IndexRule? rule = null)
    {
        if (file.AsSpan().StartsWith("c2sp.org/tlog-proof@"u8))
        {
            return OfReceipt(file, trust, payload, rule);
        }

        if (IncarnationLink.IsLink(file))
        {
            return OfIncarnation(file, trust);
        }

        return JsonFormat.Of(file) switch
        {
            Ledger.Bundles.Bundle.Format => OfBundle(file, trust, entity),
            History.Format => OfHistory(file, trust, entity, rule),
            ForkEvidence.Format => OfFork(file, trust),
            null => throw new UnusableException($"The file is neither a receipt ('{TlogProof.Header}') nor JSON that names its format."),
            var format => throw new UnusableException($"The file's format '{format}' is none that this can verify."),
        };
    }

    private static FileVerification OfIncarnation(byte[] file, byte[] trust)
    {
        const string Name = "incarnation";
        var key = TakeKey(trust, "An incarnation note");
        return IncarnationLink.TryOpen(file, key, out var link, out var error)
            ? new FileVerification(
                Name,
                $"{link.NewOrigin} goes on from {link.OldOrigin}",
                [
                    new Check(Name, CheckOutcome.Passed, $"One key has signed it under both names. {link.OldOrigin} was last known with {link.OldSize} leaves, root {link.OldRoot.ToBase64()}."),
                    new Check("vkey", CheckOutcome.Passed, $"{link.NewOrigin} is verified with {VerifierKey.Create(link.NewOrigin, key.Type, key.PublicKey)}."),
                ],
                [])
            : new FileVerification(Name, "An incarnation note", [new Check(Name, CheckOutcome.Failed, error)], []);
    }

    private static VerifierKey TakeKey(byte[] trust, string what) => VerifierKey.TryParse(Encoding.UTF8.GetString(trust), out var key, out _)
        ? key
        : throw new UnusableException($"{what} is verified with --key: it is about one log's key.");

    /// <summary>Here "sound" means that the evidence holds: the fork is proven.</summary>
    private static FileVerification OfFork(byte[] file, byte[] trust)
    {
        const string Name = "fork";
        var key = TakeKey(trust, "Evidence of a fork");
        string? finding = null;
        if (ForkEvidenceJson.TryParse(file, out var evidence, out var error))
        {
            ForkVerifier.TryVerify(evidence, key, out finding, out error);
        }

        return finding is not null
            ? new FileVerification("fork", $"FORK PROVEN: two checkpoints of {key.Name} do not fit", [new Check(Name, CheckOutcome.Passed, finding)], [])
            : new FileVerification("fork", "FORK NOT PROVEN", [new Check(Name, CheckOutcome.Failed, error!)], []);
    }

    private static FileVerification OfBundle(byte[] file, byte[] trust, string? entity)
    {
        var verdict = OfflineVerifier.VerifyBundle(file, trust);
        if (!BundleJson.TryParse(file, out var bundle, out _))
        {
            return new FileVerification("bundle", verdict.Verdict.Subject, verdict.Verdict.Checks, []) { Bundle = verdict };
        }

        var authored = new AuthoredEntries(bundle, verdict.Authors).Check();
        var isForged = authored.Any(check => check.Outcome == CheckOutcome.Failed);
        var facts = verdict.Verdict.IsSound && !isForged ? ProvenFact.Of(bundle) : [];
        Check[] checks = [.. verdict.Verdict.Checks, .. authored, .. CheckEntity(bundle.Subject.Entity, entity)];
        return new FileVerification("bundle", verdict.Verdict.Subject, checks, facts)
        {
            Bundle = isForged ? verdict with { State = BundleState.Forged } : verdict,
            Origin = Checkpoint.TryParse(bundle.Checkpoint.Text, out var checkpoint, out _) ? checkpoint.Origin : null,
        };
    }

    private static FileVerification OfHistory(byte[] file, byte[] trust, string? entity, IndexRule? rule)
    {
        var verdict = OfflineVerifier.VerifyHistory(file, trust, rule);
        if (!HistoryJson.TryParse(file, out var history, out _))
        {
            return new FileVerification("history", verdict.Subject, verdict.Checks, []);
        }

        var facts = verdict.IsSound ? ProvenFact.Of(history) : [];
        return new FileVerification("history", verdict.Subject, [.. verdict.Checks, .. CheckEntity(history.Entity, entity)], facts);
    }

    /// <summary>A sound file about something else is how a swapped one would look.</summary>
    private static IEnumerable<Check> CheckEntity(EntityId found, string? expected)
    {
        if (expected is not null)
        {
            yield return found.ToString() == expected
                ? new Check("asked entity", CheckOutcome.Passed, $"The file is about {found}, as was asked.")
                : new Check("asked entity", CheckOutcome.Failed, $"The file is about {found}, not about {expected}.");
        }
    }

    private static FileVerification OfReceipt(byte[] file, byte[] trust, byte[]? payload, IndexRule? rule)
    {
        var verdict = OfflineVerifier.VerifyReceipt(file, trust);
        var checks = new List<Check>(verdict.Checks);
        IReadOnlyList<DisclosedGroup> groups = [];
        if (TlogProof.TryParse(file, out var receipt, out _))
        {
            checks.Add(CheckForm(file, receipt));
            if (payload is not null)
            {
                groups = TakePayload(receipt, payload, rule, checks);
            }
        }

        var result = new FileVerification("receipt", verdict.Subject, checks, []);
        return result.IsSound ? result with { Facts = ProvenFact.Of(receipt!, groups) } : result;
    }

    /// <summary>
    /// The format lets bits of base64 that mean nothing vary. A receipt that was kept as it came has none of those, so here a
    /// changed byte is a changed byte.
    /// </summary>
    private static Check CheckForm(byte[] file, TlogProof receipt)
    {
        var same = file.AsSpan().CommonPrefixLength(receipt.ToArray());
        return same == file.Length
            ? new Check("form", CheckOutcome.Passed, "Every byte is as a log writes it.")
            : new Check("form", CheckOutcome.Failed, $"Byte {same} is not as a log writes it: the file was changed after it was made.");
    }

    private static IReadOnlyList<DisclosedGroup> TakePayload(
        TlogProof receipt, byte[] payload, IndexRule? rule, List<Check> checks)
    {
        if (!HistoryJson.TryParse(payload, out var history, out var error))
        {
            checks.Add(new Check("payload", CheckOutcome.Failed, error));
            return [];
        }

        var header = receipt.Extra ?? ReadOnlyMemory<byte>.Empty;
        var entry = history.Entries.FirstOrDefault(entry => entry.Header.Span.SequenceEqual(header.Span));
        if (entry is null || !EntryHeader.TryParse(header.Span, out var parsed, out _))
        {
            checks.Add(new Check("payload", CheckOutcome.Failed, "The payload file has no entry with the receipt's header."));
            return [];
        }

        checks.AddRange(OfflineVerifier.VerifyPayload(parsed, entry.Groups, rule, history.IndexProof).Checks);
        return entry.Groups;
    }
}
