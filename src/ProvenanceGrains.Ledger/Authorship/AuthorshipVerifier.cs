namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>A <c>capture.signed</c> entry whose place in the log is proven.</summary>
/// <param name="Content">Its content group.</param>
/// <param name="AuthorKeyId">The key id of its author group.</param>
/// <param name="TimeMs">The time of its header.</param>
/// <param name="LeafIndex">Its place in the log.</param>
public sealed record SignedEntry(ReadOnlyMemory<byte> Content, string AuthorKeyId, long TimeMs, long LeafIndex);

/// <summary>An entry of a party's journal whose place in the log is proven.</summary>
/// <param name="EntryType">Of its type group.</param>
/// <param name="Content">Its content group.</param>
/// <param name="TimeMs">The time of its header.</param>
/// <param name="LeafIndex">Its place in the log.</param>
public sealed record PartyLogEntry(string EntryType, ReadOnlyMemory<byte> Content, long TimeMs, long LeafIndex);

/// <summary>Who said it.</summary>
/// <param name="IsValid">The party that is named did sign what the entry holds.</param>
/// <param name="Reason">In words; names the part that is wrong if it is not valid.</param>
/// <param name="Party">The party at that time; null if not valid.</param>
/// <param name="KeyId">The key; null if not valid.</param>
/// <param name="CreatedMs">When it was signed; null if not valid.</param>
/// <param name="RevokedLaterMs">When the key was revoked afterwards; null if it is not: what was signed before stays valid.</param>
/// <param name="Body">The signed body; empty if not valid.</param>
public sealed record AuthorshipVerdict(
    bool IsValid,
    string Reason,
    PartyRecord? Party,
    string? KeyId,
    long? CreatedMs,
    long? RevokedLaterMs,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>The time of the capture's own entry: every entry that it brought has this one, or its journal's last if that was later.</summary>
    public long RecordedMs { get; init; }
}

/// <summary>Says, from entries of the log alone, who said what a capture brought (guarantee G10).</summary>
public static class AuthorshipVerifier
{
    /// <summary>Verifies a signed capture.</summary>
    /// <param name="capture">The capture's entry.</param>
    /// <param name="journal">
    /// The journal of the party that the caller asks about, in order, proven to be complete as far as it matters: whoever may leave
    /// entries out may leave out a revocation. Entries of other types are passed over.
    /// </param>
    /// <remarks>
    /// Steps: (1) read the kept request; (2) the party as of the capture's place in the log, not of any clock: an entry behind
    /// it had not been said yet; (3) key, time and signature, with the capture's own time as now; (4) the body; (5) the entry's author.
    /// </remarks>
    public static AuthorshipVerdict Verify(SignedEntry capture, IReadOnlyList<PartyLogEntry> journal) =>
        Verify(capture, journal, new SignedRequestVerifier(SignatureWindow.Widest));

    internal static AuthorshipVerdict Verify(
        SignedEntry capture, IReadOnlyList<PartyLogEntry> journal, SignedRequestVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(capture);
        ArgumentNullException.ThrowIfNull(journal);

        // 1. The request.
        if (!SignedCapture.TryParse(capture.Content, out var kept, out var error))
        {
            return Invalid($"The entry holds no signed request: {error}.");
        }

        // 2. The party then, and now.
        if (!TryFold(journal.Where(entry => entry.LeafIndex < capture.LeafIndex), out var then, out error)
            || !TryFold(journal, out var now, out error))
        {
            return Invalid(error!);
        }

        // 3 to 5. Revocations by their place in the log: `then` has those that came before.
        if (Check(kept, capture.AuthorKeyId, then, capture.TimeMs, verifier) is { } fault)
        {
            return Invalid($"{fault.Part}: {fault.Message}");
        }

        var revoked = now!.FindKey(kept.Request.KeyId)?.RevokedMs;
        return new AuthorshipVerdict(
            true,
            $"Signed by {then!.Name} ({then.Id}) at {PartyEntry.FormatTime(kept.Request.CreatedMs)}"
                + (revoked is { } at ? $"; the key was revoked later, at {PartyEntry.FormatTime(at)}." : "."),
            then,
            kept.Request.KeyId,
            kept.Request.CreatedMs,
            revoked,
            kept.Body)
        {
            RecordedMs = capture.TimeMs,
        };
    }

    /// <summary>Judges an entry that is not in the log yet as <see cref="Verify(SignedEntry, IReadOnlyList{PartyLogEntry})"/> will once it is.</summary>
    /// <param name="content">Of the entry, as it will be kept.</param>
    /// <param name="authorKeyId">Of its author group.</param>
    /// <param name="timeMs">Of its header.</param>
    /// <param name="party">As of the entry's place in the log: whoever asks sees to it that nothing of the party comes between.</param>
    /// <returns>Why the log must not take it; null if it may.</returns>
    public static SignatureFault? Foresee(ReadOnlyMemory<byte> content, string authorKeyId, long timeMs, PartyRecord? party) =>
        SignedCapture.TryParse(content, out var kept, out var error)
            ? Check(kept, authorKeyId, party, timeMs, new SignedRequestVerifier(SignatureWindow.Widest))
            : new SignatureFault("signature", $"The request cannot be kept so that it can be verified: {error}.");

    private static SignatureFault? Check(
        SignedCapture kept, string authorKeyId, PartyRecord? party, long timeMs, SignedRequestVerifier verifier) =>
        // 3 and 4. The signature and the body.
        !verifier.TryVerify(kept.Request, party, timeMs, out var fault)
        || !verifier.TryVerifyBody(kept.Request, kept.Body.Span, out fault) ? fault
        // 5. The author that the entry itself names.
        : authorKeyId != kept.Request.KeyId
            ? new SignatureFault("keyid", $"The entry names the key '{authorKeyId}', the signature '{kept.Request.KeyId}'.")
        : null;

    private static bool TryFold(IEnumerable<PartyLogEntry> journal, out PartyRecord? party, out string? error)
    {
        party = null;
        error = null;
        foreach (var one in journal.Where(entry => PartyEntry.IsPartyType(entry.EntryType)).OrderBy(entry => entry.LeafIndex))
        {
            if (!PartyEntry.TryParse(one.EntryType, one.Content, out var entry, out error)
                || !PartyRecord.TryApply(party, entry, one.TimeMs, out party, out error))
            {
                error = $"The party's entry at leaf {one.LeafIndex} is wrong: {error}.";
                return false;
            }
        }

        return true;
    }

    private static AuthorshipVerdict Invalid(string reason) => new(false, reason, null, null, null, null, default);
}
