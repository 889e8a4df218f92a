using Microsoft.Extensions.Logging;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>
/// Publishes committed checkpoints with the cosignatures of their witnesses, beside the sealer: sealing never waits for it.
/// </summary>
/// <remarks>
/// The steps for one checkpoint, and what a crash after each leaves behind. What is committed decides: the next process's recovery
/// offers it again.
/// <list type="number">
/// <item>Take the newest committed checkpoint: nothing.</item>
/// <item>Ask all witnesses at a time: some have cosigned what is not public. Asked again, they name that size and cosign it anew.</item>
/// <item>Join the cosignatures and check the quorum by the policy itself: the same.</item>
/// <item>Publish, atomically: done; the witnessed count is found again from what is published.</item>
/// </list>
/// In <see cref="WitnessMode.Hold"/> nothing without quorum ever replaces what is published.
/// </remarks>
internal sealed partial class WitnessedPublication : ICheckpointPublication
{
    private readonly ISealStore _store;
    private readonly LogPolicy _policy;
    private readonly WitnessingOptions _options;
    private readonly SealingProgress _progress;
    private readonly WitnessingStatus _status;
    private readonly TimeProvider _time;
    private readonly ILogger<WitnessedPublication> _logger;
    private readonly WitnessPanel _panel;
    private readonly Lock _gate = new();

    // Under the lock: the newest offer, and the pulse of the next one.
    private CommittedCheckpoint? _newest;
    private TaskCompletionSource _offered = NewPulse();

    // The loop's own: what is public with its quorum, whether an earlier process's work was taken up, and whether anyone was asked.
    private CommittedCheckpoint? _done;
    private bool _recovered;
    private bool _asked;

    /// <param name="store">Where checkpoints are published, and the tiles that proofs are made of.</param>
    /// <param name="policy">Names the witnesses and the quorum. Witnesses without URL, or of a key type that cannot be checked, are not asked.</param>
    /// <param name="logKey">The log's key: what it signed is evidence.</param>
    /// <param name="client">The way to the witnesses.</param>
    /// <param name="options">Mode and time limits.</param>
    /// <param name="progress">Told what is witnessed.</param>
    /// <param name="status">Told everything else.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets a line when something changes, not for each checkpoint.</param>
    public WitnessedPublication(
        ISealStore store,
        LogPolicy policy,
        VerifierKey logKey,
        IWitnessClient client,
        WitnessingOptions options,
        SealingProgress progress,
        WitnessingStatus status,
        TimeProvider time,
        ILogger<WitnessedPublication> logger)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(status);
        (_store, _policy, _options, _progress, _status, _time, _logger) = (store, policy, options, progress, status, time, logger);
        _panel = new WitnessPanel(policy, logKey, client, new LogTree(store), options, status, time, Halt);
        status.WitnessChanged = (name, problem) =>
        {
            if (problem is null)
            {
                LogWitnessBack(name);
            }
            else
            {
                LogWitnessLost(name, problem);
            }
        };
    }

    public ValueTask OfferAsync(CommittedCheckpoint checkpoint, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        TaskCompletionSource pulse;
        lock (_gate)
        {
            if (_newest is not null && _newest.Note.Span.SequenceEqual(checkpoint.Note.Span))
            {
                return ValueTask.CompletedTask;
            }

            _newest = checkpoint;
            pulse = _offered;
            _offered = NewPulse();
        }

        _status.Update(state => state with { CommittedBlocks = checkpoint.Blocks });
        pulse.TrySetResult();
        return ValueTask.CompletedTask;
    }

    /// <summary>Publishes until it is told to stop, or until the log turns out to contradict itself.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (_status.Publication.Halted is null)
            {
                await OfferedAsync(stopping);
                if (!await StepAsync(stopping))
                {
                    await Task.Delay(_options.RetryAfter, _time, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end that was asked for.
        }
    }

    /// <summary>Tries once to get the newest offer cosigned and public. Calls must not overlap.</summary>
    /// <returns>Whether nothing is left to do: else it is to be called again after a while.</returns>
    public async Task<bool> StepAsync(CancellationToken stopping)
    {
        if (_status.Publication.Halted is not null)
        {
            return false;
        }

        if (Waiting() is not { } next)
        {
            return true;
        }

        try
        {
            _recovered = _recovered || await RecoverAsync(stopping);
            if (await PublishAsync(next, stopping))
            {
                _done = next;
            }

            _status.Update(state => state with { Failure = null });
            return _done == next;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _status.Update(state => state with { Failure = failure.Message });
            LogFailed(failure);
            return false;
        }
    }

    /// <summary>The newest offer, if it is not public yet.</summary>
    private CommittedCheckpoint? Waiting()
    {
        lock (_gate)
        {
            return _newest == _done ? null : _newest;
        }
    }

    private async Task OfferedAsync(CancellationToken stopping)
    {
        while (true)
        {
            Task pulse;
            lock (_gate)
            {
                if (_newest != _done)
                {
                    return;
                }

                pulse = _offered.Task;
            }

            await pulse.WaitAsync(stopping);
        }
    }

    /// <summary>Takes up what an earlier process published: the counts, and what the witnesses on it have.</summary>
    private async Task<bool> RecoverAsync(CancellationToken stopping)
    {
        if (await _store.ReadCheckpointAsync(stopping) is not { } published)
        {
            return true;
        }

        if (!SignedNote.TryParse(published, out var note, out var error)
            || !Checkpoint.TryParse(note.Text, out var checkpoint, out error))
        {
            throw new InvalidDataException($"log/checkpoint cannot be read: {error}");
        }

        var (blocks, entries) = await CountAsync(checkpoint.Size, stopping);
        _status.Update(state => state with { PublishedSize = checkpoint.Size, PublishedBlocks = blocks });
        if (_policy.TryOpenCheckpoint(published, out var trusted, out _))
        {
            _progress.Witnessed(entries);
            _panel.Assume(trusted.CosignedBy, checkpoint.Size);
        }

        return true;
    }

    /// <summary>Blocks and entries that a tree of a size holds, by the block records.</summary>
    private async Task<(long Blocks, long Entries)> CountAsync(long size, CancellationToken stopping)
    {
        var blocks = await LogReading.FirstBlockAsync(
            _store.BlockCount, _store.ReadBlockRecordAsync, content => content.TreeSizeAfter > size, stopping);
        return (blocks, blocks == 0 ? 0 : (await _store.ReadBlockRecordAsync(blocks - 1, stopping)).Content.NextOrdinal);
    }

    /// <summary>Gets one checkpoint cosigned and public.</summary>
    /// <returns>Whether it is public with the quorum: else it is tried again, or the one that has taken its place.</returns>
    private async Task<bool> PublishAsync(CommittedCheckpoint committed, CancellationToken stopping)
    {
        // 1. Take.
        if (!SignedNote.TryParse(committed.Note.Span, out var note, out var error)
            || !Checkpoint.TryParse(note.Text, out var checkpoint, out error))
        {
            throw new InvalidDataException($"chain/checkpoint cannot be read: {error}");
        }

        // A process asks at least once, even if all of this is public: only the witnesses know whether the folder was set back.
        var published = await _store.ReadCheckpointAsync(stopping);
        if (_asked
            && published is not null
            && _policy.TryOpenCheckpoint(published, out var there, out _)
            && there.Note.Note.Text.SequenceEqual(note.Text))
        {
            Reached(committed, checkpoint.Size, 0);
            return true;
        }

        // 2. Ask.
        var cosigned = await _panel.AskAsync(new Candidate(committed, note, checkpoint), stopping);
        _asked = true;
        if (_status.Publication.Halted is not null)
        {
            return false;
        }

        // 3. Join.
        var joined = cosigned.Count == 0 ? note : note.With(cosigned.Values);
        var bytes = joined.ToArray();
        if (_policy.TryOpenCheckpoint(bytes, out _, out error))
        {
            // 4. Publish.
            await _store.PublishAsync(bytes, stopping);
            Reached(committed, checkpoint.Size, 1);
            return true;
        }

        Unreached(error);
        if (_options.Mode == WitnessMode.Publish && !IsNoBetter(joined, published))
        {
            await _store.PublishAsync(bytes, stopping);
            _status.Update(state => state with
            {
                PublishedSize = checkpoint.Size,
                PublishedBlocks = committed.Blocks,
                Published = state.Published + 1,
            });
        }

        return false;
    }

    /// <summary>The same checkpoint with as many signatures is public already.</summary>
    private static bool IsNoBetter(SignedNote note, byte[]? published) =>
        published is not null
        && SignedNote.TryParse(published, out var there, out _)
        && there.Text.SequenceEqual(note.Text)
        && there.Signatures.Count >= note.Signatures.Count;

    private void Reached(CommittedCheckpoint committed, long size, int published)
    {
        var lost = _status.Publication.QuorumLostSince is not null;
        _status.Update(state => state with
        {
            PublishedSize = size,
            PublishedBlocks = committed.Blocks,
            QuorumLostSince = null,
            Published = state.Published + published,
        });
        _progress.Witnessed(committed.Entries);
        if (lost)
        {
            LogQuorumBack(size);
        }
    }

    private void Unreached(string reason)
    {
        var lost = _status.Publication.QuorumLostSince is null;
        _status.Update(state => state with
        {
            QuorumLostSince = state.QuorumLostSince ?? _time.GetUtcNow(),
            Unreached = state.Unreached + 1,
        });
        if (lost)
        {
            LogQuorumLost(reason, _options.Mode);
        }
    }

    /// <remarks>Called from any request, also one that its round no longer waits for.</remarks>
    private void Halt(WitnessOpinion.Contradiction contradiction)
    {
        var reason = $"Witness '{contradiction.Witness}' holds proof that {contradiction.Reason}. Nothing is published any more. If a backup "
            + "was restored, stop this silo and restore what was there before, or begin a new log that names the old one's head with "
            + "--new-incarnation; otherwise somebody else has the log's key. Do not change the policy to get around it: whoever has the "
            + "earlier checkpoint can prove two histories.";
        _status.Update(state => state with { Halted = reason });
        LogHalted(reason, contradiction.Evidence);
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
