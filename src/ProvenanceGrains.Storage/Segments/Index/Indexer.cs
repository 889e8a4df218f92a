using ProvenanceGrains.Storage.Admission;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>The thread that follows the log: takes durable units in order and adds them to the index, many at once.</summary>
/// <remarks>
/// A transaction costs as much as dozens of rows, so without hurry it waits a little for company; it hurries when somebody waits for
/// the index or a batch is full. Whoever hands units over waits when the index lags too far, so memory stays bounded.
/// </remarks>
internal sealed class Indexer(
    IndexWriter writer, HeadTable heads, SegmentStoreOptions options, TimeProvider time, Action<Exception> failed)
{
    private const int BatchEntries = 12_000;

    private readonly object _gate = new();
    private readonly List<CommittedUnit> _waiting = [];
    private int _waitingEntries;
    private long _waitingBytes;
    private int _askers;
    private bool _closed;
    private Exception? _failure;
    private long _transactions;
    private long _ticks;

    /// <summary>The number of entries that the index holds.</summary>
    public CommitSignal Indexed { get; } = new();

    public long Transactions => Volatile.Read(ref _transactions);

    public TimeSpan Time => new(Volatile.Read(ref _ticks));

    /// <summary>Hands over durable units, in order. Waits while the index lags too far.</summary>
    public void Put(IReadOnlyList<CommittedUnit> units)
    {
        lock (_gate)
        {
            foreach (var unit in units)
            {
                _waiting.Add(unit);
                _waitingEntries += unit.Admitted.Unit.Entries.Count;
                _waitingBytes += unit.Admitted.Length;
            }

            if (_waitingEntries >= BatchEntries || _askers > 0 || _waiting.Count == units.Count)
            {
                Monitor.PulseAll(_gate);
            }

            while ((_waitingEntries > options.MaxIndexLagEntries || _waitingBytes > options.MaxIndexLagBytes)
                && _failure is null)
            {
                Monitor.Wait(_gate);
            }

            if (_failure is { } failure)
            {
                throw new StoreUnavailableException($"The index has stopped: {failure.Message}", failure);
            }
        }
    }

    /// <summary>Completes when the index holds everything below <paramref name="ordinal"/>.</summary>
    public async Task CatchUpAsync(long ordinal, CancellationToken cancellation)
    {
        if (Indexed.Value >= ordinal)
        {
            return;
        }

        lock (_gate)
        {
            _askers++;
            Monitor.PulseAll(_gate);
        }

        try
        {
            await Indexed.WaitOverAsync(ordinal - 1, cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _askers--;
            }
        }
    }

    /// <summary>A unit that is durable but not indexed, by an ordinal in it; null if it is indexed or not committed.</summary>
    public CommittedUnit? FindWaiting(long ordinal)
    {
        lock (_gate)
        {
            var low = 0;
            var high = _waiting.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_waiting[middle].EndOrdinal <= ordinal)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low < _waiting.Count && _waiting[low].FirstOrdinal <= ordinal ? _waiting[low] : null;
        }
    }

    /// <summary>The thread's body: ends after <see cref="Close"/>, when everything is indexed, or with a failure.</summary>
    public void Run()
    {
        try
        {
            while (Take() is { } batch)
            {
                Add(batch);
                lock (_gate)
                {
                    _waiting.RemoveRange(0, batch.Count);
                    foreach (var unit in batch)
                    {
                        _waitingEntries -= unit.Admitted.Unit.Entries.Count;
                        _waitingBytes -= unit.Admitted.Length;
                    }

                    Monitor.PulseAll(_gate);
                }
            }
        }
#pragma warning disable CA1031 // Whatever it is: reads that need the index must not wait for ever.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            lock (_gate)
            {
                _failure = failure;
                Monitor.PulseAll(_gate);
            }

            Indexed.Fail(failure);
            failed(failure);
        }
    }

    /// <summary>Adds units on the caller's thread; for the start, before the thread runs.</summary>
    public void Add(IReadOnlyList<CommittedUnit> batch)
    {
        var start = time.GetTimestamp();
        var last = batch[^1];
        writer.Add(batch, new IndexPosition(last.EndOrdinal, last.Segment, last.FrameEnd));

        // In this order: what leaves the table of heads must be found in the index.
        heads.Indexed(batch, last.EndOrdinal);
        Indexed.Advance(last.EndOrdinal);
        Volatile.Write(ref _transactions, _transactions + 1);
        Volatile.Write(ref _ticks, _ticks + time.GetElapsedTime(start).Ticks);
    }

    /// <summary>Ends the thread once it has caught up.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private List<CommittedUnit>? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            if (_askers == 0 && _waitingEntries < BatchEntries && !_closed)
            {
                Monitor.Wait(_gate, options.IndexDelay);
            }

            var count = 0;
            for (var entries = 0; count < _waiting.Count && entries < BatchEntries; count++)
            {
                entries += _waiting[count].Admitted.Unit.Entries.Count;
            }

            return _waiting.GetRange(0, count);
        }
    }
}
