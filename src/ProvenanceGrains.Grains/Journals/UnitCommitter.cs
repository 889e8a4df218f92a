using ProvenanceGrains.Grains.Contracts.Journals;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Journals;

/// <summary>
/// Turns a draft into a committed unit: asks each entity's grain once to number and chain its entries, then hands the whole to
/// the journal writer.
/// </summary>
/// <remarks>
/// <para>Order. Two units that share two journals must be chained in the same order in both, or neither can commit. Within a
/// silo <see cref="_gate"/> sees to it: chaining and queueing are one step. Waiting for the fsync happens outside of it, so units
/// are pipelined. Between silos nothing does: the store refuses, and both retry.</para>
/// <para>Retry. A refused unit means that grains believed in a tail that is not in the store. The second attempt therefore
/// keeps the gate until its outcome is known, after everything queued before has been decided: nothing of this silo is under
/// way then, the grains read the store's tail, and the attempt can fail only if another silo is faster.</para>
/// <para>Crash. Before the writer has committed, nothing is left behind. After it, everything is.</para>
/// </remarks>
public sealed class UnitCommitter(IGrainFactory grains, IJournalWriter writer, ISaltSource salts) : IDisposable
{
    /// <summary>How often a unit is numbered anew before the caller is told to come back later.</summary>
    public const int MaxAttempts = 8;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The unit that was queued last; the writer decides in order, so it is decided after all others. Written under the gate.</summary>
    private Task _last = Task.CompletedTask;

    public void Dispose() => _gate.Dispose();

    /// <summary>Commits a draft.</summary>
    /// <returns>
    /// <see cref="AppendOutcome.Committed"/> or <see cref="AppendOutcome.Taken"/>; null if the draft's condition does not hold.
    /// </returns>
    /// <exception cref="StoreBusyException">The queue is full, or other silos were faster too often. Nothing was written.</exception>
    /// <exception cref="StoreUnavailableException">The store has stopped.</exception>
    public async Task<AppendOutcome?> CommitAsync(UnitDraft draft, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var prepared = PreparedUnit.From(draft, salts);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var outcome = attempt == 1 && !draft.IsAlone
                ? await AppendAsync(prepared, draft.Condition, cancellation)
                : await AppendAloneAsync(prepared, draft.Condition, cancellation);
            if (outcome is not AppendOutcome.Fenced)
            {
                return outcome;
            }
        }

        throw new StoreBusyException($"Other writers were faster {MaxAttempts} times.");
    }

    private async Task<AppendOutcome?> AppendAsync(
        PreparedUnit prepared, Func<CancellationToken, ValueTask<bool>>? condition, CancellationToken cancellation)
    {
        Task<AppendOutcome> pending;
        await _gate.WaitAsync(cancellation);
        try
        {
            if (condition is not null && !await condition(cancellation))
            {
                return null;
            }

            pending = await ChainAndQueueAsync(prepared);
        }
        finally
        {
            _gate.Release();
        }

        return await DecideAsync(prepared, pending);
    }

    private async Task<AppendOutcome?> AppendAloneAsync(
        PreparedUnit prepared, Func<CancellationToken, ValueTask<bool>>? condition, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            await _last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (condition is not null && !await condition(cancellation))
            {
                return null;
            }

            await ForgetAsync(prepared);
            var pending = await ChainAndQueueAsync(prepared);
            return await DecideAsync(prepared, pending);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <remarks>Under the gate. The writer's place in the order is taken when AppendAsync is called, not when it completes.</remarks>
    private async Task<Task<AppendOutcome>> ChainAndQueueAsync(PreparedUnit prepared)
    {
        try
        {
            var journals = prepared.Journals;
            var chaining = new Task<ChainedEntries>[journals.Count];
            for (var i = 0; i < journals.Count; i++)
            {
                chaining[i] = GrainOf(journals[i].Entity).ChainAsync(prepared.RequestFor(i));
            }

            var unit = prepared.Complete(await Task.WhenAll(chaining));
            var pending = writer.AppendAsync(unit, prepared.Projections, CancellationToken.None).AsTask();
            _last = pending;
            return pending;
        }
        catch
        {
            // The grains have moved on past entries that nobody queued.
            await ForgetAsync(prepared);
            throw;
        }
    }

    private async Task<AppendOutcome> DecideAsync(PreparedUnit prepared, Task<AppendOutcome> pending)
    {
        AppendOutcome outcome;
        try
        {
            outcome = await pending;
        }
        catch
        {
            await ForgetAsync(prepared);
            throw;
        }

        if (outcome is not AppendOutcome.Committed)
        {
            await ForgetAsync(prepared);
        }

        return outcome;
    }

    private Task ForgetAsync(PreparedUnit prepared) =>
        Task.WhenAll(prepared.Journals.Select(journal => GrainOf(journal.Entity).ForgetAsync()));

    private IJournalGrain GrainOf(EntityId entity) => entity.Kind == LotGrain.Kind
        ? grains.GetGrain<ILotGrain>(entity.Key)
        : grains.GetGrain<IOtherJournalGrain>(entity.ToString());
}
