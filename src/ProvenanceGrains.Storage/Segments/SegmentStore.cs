using Microsoft.Extensions.Logging;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage.Admission;
using ProvenanceGrains.Storage.Files;
using ProvenanceGrains.Storage.Segments.Index;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>
/// The embedded store: an append-only log of segment files, which alone is the truth, and a SQLite index that is derived from it.
/// </summary>
/// <remarks>
/// <para>Threads: callers check and encode their units; one committer writes and syncs; one indexer follows.</para>
/// <para>After a failed write or fsync the store takes no more until it is opened again (<see cref="StoreUnavailableException"/>).</para>
/// <para>What an attacker who controls the files gains: they can destroy data and, as the checks have no secret, change it; the log's
/// proofs show the change.</para>
/// </remarks>
public sealed partial class SegmentStore : IJournalWriter, IJournalReader, IMatterIndex, IAsyncDisposable
{
    private readonly IMatterProjector _projector;
    private readonly EntityIndexCache _entityIndex;
    private readonly ILogger _logger;
    private readonly FolderLock _lock;
    private readonly SegmentFiles _files;
    private readonly IndexDatabase _index;
    private readonly HeadTable _heads;
    private readonly HeaderRing _headers;
    private readonly LogReader _log;
    private readonly WaitingQueue _queue;
    private readonly SegmentWriter _writer;
    private readonly Committer _committer;
    private readonly Indexer _indexer;
    private readonly CommitSignal _committed = new();
    private readonly Thread _commitThread;
    private readonly Thread _indexThread;
    private long _busy;
    private string? _damage;
    private int _disposed;

    private SegmentStore(
        SegmentStoreOptions options, IMatterProjector projector, TimeProvider time, ILogger logger, OpenedFolder folder)
    {
        _projector = projector;
        _entityIndex = new EntityIndexCache(options.EntityIndex);
        _logger = logger;
        _lock = folder.Lock;
        _files = folder.Files;
        _index = folder.Index;
        _heads = new HeadTable(options.CachedHeads);
        _headers = new HeaderRing(options.CachedHeaders);
        _queue = new WaitingQueue(options.MaxQueueUnits, options.MaxQueueBytes);
        _writer = new SegmentWriter(options, folder.SegmentFolder, folder.Tail, _files, time);
        _indexer = new Indexer(_index.Writer, _heads, options, time, OnFailure);
        _log = new LogReader(_files, _index, _indexer, _heads, _headers, _entityIndex);
        _committer = new Committer(_queue, _writer, _log, Publish, OnFailure, options.MaxBatchBytes);
        _commitThread = new Thread(_committer.Run) { IsBackground = true, Name = "journal committer" };
        _indexThread = new Thread(_indexer.Run) { IsBackground = true, Name = "journal indexer" };
        _committed.Advance(folder.Tail.NextOrdinal);
    }

    public long Committed => _committed.Value;

    /// <summary>Opens a data folder, or makes it; mends what a crash left behind; brings the index up to the log.</summary>
    /// <param name="options">Where, and how large.</param>
    /// <param name="projector">Asked about matters when the index is rebuilt, and where a writer brings no projections.</param>
    /// <param name="time">For measuring; nothing is decided by it.</param>
    /// <param name="logger">Told about everything that was mended.</param>
    /// <param name="mustHoldOrdinal">Every ordinal below it is known to be durable, e.g. sealed: the log must hold it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreDamagedException">The folder does not hold what it must.</exception>
    /// <exception cref="StoreUnavailableException">Another process has it open.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static Task<SegmentStore> OpenAsync(
        SegmentStoreOptions options,
        IMatterProjector projector,
        TimeProvider time,
        ILogger logger,
        long mustHoldOrdinal,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(projector);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        return Task.Run(() => Open(options, projector, time, logger, mustHoldOrdinal, cancellation), cancellation);
    }

    public Task WaitForCommitAsync(long ordinal, CancellationToken cancellation) =>
        _committed.WaitOverAsync(ordinal, cancellation);

    public ValueTask<AppendOutcome> AppendAsync(
        CommitUnit unit, IReadOnlyList<MatterProjection?>? projections, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var admitted = AdmittedUnit.Admit(unit, projections, _projector, _entityIndex);
        var length = FrameHeader.Size + admitted.Length;
        if (!_queue.TryReserve(length))
        {
            Interlocked.Increment(ref _busy);
            throw new StoreBusyException(
                $"The store's queue is full: {_queue.Count} units, {_queue.Bytes} bytes. Nothing was written.");
        }

        WaitingUnit waiting;
        try
        {
            waiting = new WaitingUnit(admitted);
            _queue.Put(waiting);
        }
        catch
        {
            _queue.Release(length);
            throw;
        }

        return new ValueTask<AppendOutcome>(
            cancellation.CanBeCanceled ? waiting.Done.Task.WaitAsync(cancellation) : waiting.Done.Task);
    }

    public ValueTask<JournalHead> GetHeadAsync(EntityId entity, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Watch(() => _log.FindHead(_entityIndex.Compute(entity), entity)));
    }

    public ValueTask<IReadOnlyList<EntryHeader>> ReadHeadersAsync(long first, int max, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return ValueTask.FromResult(Watch(() => _log.ReadHeaders(first, Math.Min(first + max, Committed), cancellation)));
    }

    public ValueTask<StoredEntry?> ReadEntryAsync(long ordinal, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ordinal >= 0 && ordinal < Committed ? Watch(() => _log.ReadEntry(ordinal)) : null);
    }

    public ValueTask<IReadOnlyList<StoredEntry>> ReadEntriesAsync(long first, int count, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, UnitLimits.MaxEntries);
        var end = Math.Min(first + count, Committed);
        return ValueTask.FromResult(first < end ? Watch(() => _log.ReadEntries(first, end, cancellation)) : []);
    }

    public async ValueTask<IReadOnlyList<StoredEntry>> ReadJournalAsync(
        EntityId entity, long fromSequence, int max, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromSequence);
        MatterFilter.CheckPage(max, nameof(max));
        await CatchUpAsync(cancellation).ConfigureAwait(false);
        return Watch(() => _log.ReadJournal(entity, fromSequence, max, cancellation));
    }

    public async ValueTask<StoredUnit?> FindUnitAsync(UInt128 id, CancellationToken cancellation)
    {
        await CatchUpAsync(cancellation).ConfigureAwait(false);
        return Watch(() => _log.FindUnit(id));
    }

    public ValueTask<StoredMatter?> FindByClaimAsync(Hash256 name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Watch(() => _log.TryFindClaim(name, out var ordinal) ? _log.ReadMatter(ordinal) : null));
    }

    public ValueTask<IReadOnlyDictionary<Hash256, long>> FindClaimsAsync(
        IReadOnlyCollection<Hash256> names, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(names);
        var found = new Dictionary<Hash256, long>();
        foreach (var name in names)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Watch(() => _log.TryFindClaim(name, out var ordinal) ? ordinal : (long?)null) is { } first)
            {
                found[name] = first;
            }
        }

        return ValueTask.FromResult<IReadOnlyDictionary<Hash256, long>>(found);
    }

    public async ValueTask<IReadOnlyList<StoredMatter>> QueryAsync(MatterQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        MatterFilter.CheckPage(query.Limit, nameof(query));
        await CatchUpAsync(cancellation).ConfigureAwait(false);
        return Watch(() => _log.Query(query, cancellation));
    }

    public async ValueTask<IReadOnlyList<Participation>> FindRelatedAsync(
        IReadOnlyCollection<EntityId> entities,
        IReadOnlyCollection<string> ownRoles,
        IReadOnlyCollection<string> otherRoles,
        int limit,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entities);
        ArgumentNullException.ThrowIfNull(ownRoles);
        ArgumentNullException.ThrowIfNull(otherRoles);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await CatchUpAsync(cancellation).ConfigureAwait(false);
        return Watch(() => _log.FindRelated(entities, ownRoles, otherRoles, limit, cancellation));
    }

    /// <summary>The counters of this moment.</summary>
    public StoreMetrics ReadMetrics() => new(
        _committer.Units,
        _committer.Entries,
        _committer.Bytes,
        _committer.Refused,
        Interlocked.Read(ref _busy),
        _writer.Syncs,
        _writer.SyncTime,
        _queue.Count,
        _queue.Bytes,
        _indexer.Transactions,
        _indexer.Time,
        Math.Max(0, Committed - _indexer.Indexed.Value),
        Committed,
        _queue.Failure is not null,
        Volatile.Read(ref _damage));

    /// <summary>Commits what waits, brings the index up to date, and releases the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await Task.Run(() =>
        {
            _queue.Close();
            _commitThread.Join();
            _indexer.Close();
            _indexThread.Join();
        }).ConfigureAwait(false);
        _committed.Fail(new ObjectDisposedException(nameof(SegmentStore)));
        _writer.Dispose();
        _index.Dispose();
        _files.Dispose();
        _lock.Dispose();
    }

    private static SegmentStore Open(
        SegmentStoreOptions options,
        IMatterProjector projector,
        TimeProvider time,
        ILogger logger,
        long mustHoldOrdinal,
        CancellationToken cancellation)
    {
        var folder = OpenedFolder.Open(options, mustHoldOrdinal, logger);
        SegmentStore store;
        try
        {
            store = new SegmentStore(options, projector, time, logger, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        try
        {
            new IndexCatchUp(options, projector, store._files, store._indexer, logger)
                .Run(folder.Position, folder.Tail, cancellation);
        }
        catch (Exception failure)
        {
            if (failure is IndexException { IsDamage: true })
            {
                folder.Index.MarkDamaged();
            }

            store._writer.Dispose();
            folder.Dispose();
            if (failure is IndexException)
            {
                throw new StoreUnavailableException($"{folder.Index.DatabasePath}: {failure.Message}", failure);
            }

            throw;
        }

        store._commitThread.Start();
        store._indexThread.Start();
        return store;
    }

    // Damage that a reader met concerns the operator, not only whoever asked.
    private T Watch<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (StoreDamagedException damage)
        {
            Volatile.Write(ref _damage, damage.Message);
            throw;
        }
    }

    // No read-after-write gap: whatever was acknowledged before the call is in what it sees.
    private Task CatchUpAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _indexer.CatchUpAsync(Committed, cancellation);
    }

    // On the committer's thread. The heads first: whoever sees the new Committed must find them.
    private void Publish(IReadOnlyList<CommittedUnit> units)
    {
        foreach (var unit in units)
        {
            _heads.Commit(unit);
            _headers.Add(unit);
        }

        _indexer.Put(units);
        _committed.Advance(units[^1].EndOrdinal);
    }

    private void OnFailure(Exception failure)
    {
        if (failure is IndexException { IsDamage: true })
        {
            _index.MarkDamaged();
        }

        LogStopped(failure);
        _queue.Fail(failure);
        _committed.Fail(failure);
    }

    [LoggerMessage(2002, LogLevel.Critical, "The store takes no more writes until it is opened again")]
    private partial void LogStopped(Exception failure);
}
