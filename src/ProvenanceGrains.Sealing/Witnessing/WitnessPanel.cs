using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;

namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>All witnesses of a policy that can be asked.</summary>
internal sealed class WitnessPanel
{
    private readonly LogPolicy _policy;
    private readonly WitnessingOptions _options;
    private readonly WitnessingStatus _status;
    private readonly TimeProvider _time;
    private readonly List<WitnessLine> _lines;

    /// <param name="policy">Witnesses without URL, or of a key type that cannot be checked, are not asked.</param>
    /// <param name="logKey">The log's key: what it signed is evidence.</param>
    /// <param name="client">The way to the witnesses.</param>
    /// <param name="tree">What proofs are made of.</param>
    /// <param name="options">Time limits.</param>
    /// <param name="status">Told what each witness does.</param>
    /// <param name="time">The clock.</param>
    /// <param name="contradicted">Called at once when a witness proves that the log contradicts itself, whoever still waits for it.</param>
    public WitnessPanel(
        LogPolicy policy,
        VerifierKey logKey,
        IWitnessClient client,
        LogTree tree,
        WitnessingOptions options,
        WitnessingStatus status,
        TimeProvider time,
        Action<WitnessOpinion.Contradiction> contradicted)
    {
        (_policy, _options, _status, _time) = (policy, options, status, time);
        _lines =
        [
            .. policy.Witnesses.Where(witness => witness.Url is not null && witness.Key.CanVerify)
                .Select(witness => new WitnessLine(witness, logKey, client, tree, options.TimeLimit, status, time, contradicted)),
        ];
    }

    /// <summary>Before the first question: witnesses that are known to have cosigned a size.</summary>
    public void Assume(IReadOnlySet<string> names, long size)
    {
        foreach (var line in _lines.Where(line => names.Contains(line.Name)))
        {
            line.Assume(size);
        }
    }

    /// <summary>
    /// Asks all witnesses at a time, until the quorum is reached (and a moment longer), or all have ended. Calls must not overlap; a request that is
    /// not waited for any more runs on by itself.
    /// </summary>
    /// <returns>The verified cosignatures by the witnesses' names.</returns>
    public async Task<Dictionary<string, NoteSignature>> AskAsync(Candidate candidate, CancellationToken stopping)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var cosigned = new Dictionary<string, NoteSignature>(StringComparer.Ordinal);
        var ailing = _status.Witnesses.Where(witness => witness.Problem is not null).Select(witness => witness.Name).ToHashSet();
        var asked = _lines.ToDictionary(line => line.AskAsync(candidate, round.Token, stopping), line => line.Name);
        Task? grace = null;
        while (asked.Count > 0)
        {
            if (grace is null && _policy.IsQuorum(cosigned.Keys.ToHashSet(StringComparer.Ordinal)))
            {
                grace = Task.Delay(_options.Grace, _time, round.Token);
            }

            // Nobody waits for a witness that is not needed and did not answer last time.
            if (grace is not null && asked.Values.All(ailing.Contains))
            {
                break;
            }

            var ended = await Task.WhenAny(grace is null ? asked.Keys : asked.Keys.Append(grace));
            if (ended == grace)
            {
                break;
            }

            var answer = (Task<WitnessOpinion>)ended;
            asked.Remove(answer);
            if (await answer is WitnessOpinion.Cosigned(var name, var signature))
            {
                cosigned[name] = signature;
            }

            if (_status.Publication.Halted is not null)
            {
                break;
            }
        }

        await round.CancelAsync();
        stopping.ThrowIfCancellationRequested();
        return cosigned;
    }
}
