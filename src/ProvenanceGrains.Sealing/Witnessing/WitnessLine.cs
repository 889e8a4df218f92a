using System.Buffers.Text;
using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>A committed checkpoint while witnesses are asked about it.</summary>
internal sealed record Candidate(CommittedCheckpoint Committed, SignedNote Note, Checkpoint Checkpoint)
{
    public long Size => Checkpoint.Size;
}

/// <summary>The conversation with one witness: one request at a time, and the size that it is believed to have.</summary>
internal sealed class WitnessLine(
    PolicyWitness witness,
    VerifierKey logKey,
    IWitnessClient client,
    LogTree tree,
    TimeSpan timeLimit,
    WitnessingStatus status,
    TimeProvider time,
    Action<WitnessOpinion.Contradiction> contradicted)
{
    // A first request with a wrong size, and another with the size that the witness named: a third means that it does not keep its word.
    private const int MaxRequests = 2;

    // Requests follow one another, so only one at a time touches what the witness is believed to have.
    private Task _busy = Task.CompletedTask;
    private long _known;

    public string Name => witness.Name;

    /// <summary>Before the first request: the size of a checkpoint that it is known to have cosigned.</summary>
    public void Assume(long size) => _known = size;

    /// <summary>Asks about a checkpoint, once an earlier request has ended. Calls must not overlap; what they return may.</summary>
    /// <param name="candidate">The checkpoint.</param>
    /// <param name="round">Ends the waiting for an earlier request; a request that is under way runs on.</param>
    /// <param name="stopping">Ends everything.</param>
    public Task<WitnessOpinion> AskAsync(Candidate candidate, CancellationToken round, CancellationToken stopping)
    {
        var before = _busy;
        var asking = AskAfterAsync(before, candidate, round, stopping);

        // Not the new one alone: it gives up waiting while the one before still runs.
        _busy = before.IsCompleted ? asking : Task.WhenAll(before, asking);
        return asking;
    }

    private async Task<WitnessOpinion> AskAfterAsync(
        Task before, Candidate candidate, CancellationToken round, CancellationToken stopping)
    {
        try
        {
            await before.WaitAsync(round);
        }
        catch (OperationCanceledException)
        {
            return new WitnessOpinion.None(Name);
        }

        return await AskWithinLimitAsync(candidate, stopping);
    }

    private async Task<WitnessOpinion> AskWithinLimitAsync(Candidate candidate, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(timeLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            var opinion = await RequestAsync(candidate, both.Token);
            if (opinion is WitnessOpinion.Cosigned)
            {
                status.Answered(Name, candidate.Size);
            }

            return opinion;
        }
        catch (OperationCanceledException)
        {
            return stopping.IsCancellationRequested
                ? new WitnessOpinion.None(Name)
                : Fail($"No answer within {timeLimit.TotalSeconds:0.#} s.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException)
        {
            return Fail(failure.InnerException is { } inner ? $"{failure.Message} {inner.Message}" : failure.Message);
        }
    }

    private async Task<WitnessOpinion> RequestAsync(Candidate candidate, CancellationToken cancellation)
    {
        for (var request = 0; request < MaxRequests; request++)
        {
            var old = Math.Min(_known, candidate.Size);
            var proof = await tree.ConsistencyAsync(old, candidate.Size, cancellation);
            var body = AddCheckpointRequest.Encode(old, proof, candidate.Note);
            var reply = await client.AddCheckpointAsync(witness.Url!, body, cancellation);
            switch (reply.Status)
            {
                case 200:
                    return TakeCosignature(candidate, reply);
                case 409 when !TryReadSize(reply.Body.Span, out var size) || size == old:
                    return Fail("It answers 409 without another size.");
                case 409 when TryReadSize(reply.Body.Span, out var size) && size > candidate.Size:
                    return await JudgeAsync(
                        candidate, $"It says that it cosigned size {size}, but this log is at {candidate.Size}.", cancellation);
                case 409 when TryReadSize(reply.Body.Span, out var size):
                    _known = size;
                    break;
                case 422:
                    return await JudgeAsync(
                        candidate, $"It says that size {candidate.Size} does not extend the size {old} that it cosigned.", cancellation);
                default:
                    return Fail($"It answers {reply.Status}: {FirstLine(reply.Body.Span)}");
            }
        }

        return Fail("Each of its answers names another size.");
    }

    private WitnessOpinion TakeCosignature(Candidate candidate, WitnessReply reply)
    {
        if (!SignedNote.TryParse([.. candidate.Note.ToArray(), .. reply.Body.Span], out var note, out var error))
        {
            return Fail($"Its answer holds no signature lines: {error}");
        }

        foreach (var signature in note.Signatures.Skip(candidate.Note.Signatures.Count))
        {
            if (signature.KeyName == witness.Key.Name
                && signature.KeyId == witness.Key.Id
                && witness.Key.Verify(candidate.Note.Text, signature.Signature.Span, out var timestamp)
                && timestamp > 0)
            {
                _known = candidate.Size;
                return new WitnessOpinion.Cosigned(Name, signature);
            }
        }

        return Fail("Its answer holds no valid cosignature of this checkpoint by its key.");
    }

    /// <summary>
    /// A witness that speaks against this log is believed if it shows a checkpoint that this log's own key has signed; a bare
    /// claim counts as no answer, or any one witness could stop the log.
    /// </summary>
    private async Task<WitnessOpinion> JudgeAsync(Candidate candidate, string claim, CancellationToken cancellation)
    {
        var reply = await client.ReadLatestAsync(
            witness.Url!, WitnessedLog.OriginHash(candidate.Checkpoint.Origin), cancellation);
        if (reply.Status != 200
            || !OpenedNote.TryOpen(reply.Body.Span, [logKey], out var shown, out _)
            || !Checkpoint.TryParse(shown.Note.Text, out var checkpoint, out _)
            || checkpoint.Origin != candidate.Checkpoint.Origin)
        {
            return Fail(claim + " It shows no checkpoint of this log that would prove it.");
        }

        var evidence = Encoding.UTF8.GetString(reply.Body.Span);
        if (checkpoint.Size > candidate.Size)
        {
            return Contradict($"this log signed size {checkpoint.Size} before and is now at {candidate.Size}: it was set back", evidence);
        }

        var root = await tree.RootAsync(checkpoint.Size, cancellation);
        return root == checkpoint.Root
            ? Fail(claim + " But the checkpoint that it shows is one that this log continues.")
            : Contradict($"this log signed root {checkpoint.Root} for size {checkpoint.Size} and now has {root}: it has two histories", evidence);
    }

    private WitnessOpinion.Contradiction Contradict(string reason, string evidence)
    {
        status.Unanswered(Name, reason);
        var contradiction = new WitnessOpinion.Contradiction(Name, reason, evidence);
        contradicted(contradiction);
        return contradiction;
    }

    private WitnessOpinion.None Fail(string reason)
    {
        status.Unanswered(Name, reason);
        return new WitnessOpinion.None(Name);
    }

    /// <summary>A decimal size and a newline.</summary>
    private static bool TryReadSize(ReadOnlySpan<byte> body, out long size)
    {
        size = 0;
        return body.Length is > 1 and <= 20
            && body[^1] == '\n'
            && body[0] is >= (byte)'0' and <= (byte)'9'
            && Utf8Parser.TryParse(body[..^1], out size, out var read)
            && read == body.Length - 1;
    }

    private static string FirstLine(ReadOnlySpan<byte> body)
    {
        const int Most = 200;
        var end = body.IndexOfAnyInRange((byte)0, (byte)31);
        var line = end < 0 ? body : body[..end];
        return Encoding.UTF8.GetString(line[..Math.Min(Most, line.Length)]);
    }
}
