namespace ProvenanceGrains.Storage.Segments;

/// <summary>The bounded queue before the committer. Any thread puts in; one takes out.</summary>
internal sealed class WaitingQueue(int maxUnits, long maxBytes)
{
    private readonly object _gate = new();
    private readonly Queue<WaitingUnit> _units = new();
    private long _bytes;
    private int _count;
    private bool _closed;
    private Exception? _failure;

    /// <summary>Units that have not been answered yet.</summary>
    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Room for a unit is what matters, so it is asked before the work of encoding it.</summary>
    /// <returns>False if the queue is full. One unit always fits into an empty queue.</returns>
    /// <exception cref="StoreUnavailableException">The store has stopped.</exception>
    public bool TryReserve(int bytes)
    {
        lock (_gate)
        {
            ThrowIfStopped();
            if (_count >= maxUnits || (_count > 0 && _bytes + bytes > maxBytes))
            {
                return false;
            }

            _count++;
            _bytes += bytes;
            return true;
        }
    }

    /// <summary>Puts in a unit that room was reserved for.</summary>
    public void Put(WaitingUnit unit)
    {
        lock (_gate)
        {
            ThrowIfStopped();
            _units.Enqueue(unit);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Gives room back, after the unit was answered or could not be encoded.</summary>
    public void Release(int bytes)
    {
        lock (_gate)
        {
            _count--;
            _bytes -= bytes;
        }
    }

    /// <summary>Waits for units and takes as many as fit into a batch, at least one.</summary>
    /// <returns>False when the queue is closed and empty, or failed.</returns>
    public bool TakeBatch(List<WaitingUnit> batch, int maxBatchBytes)
    {
        lock (_gate)
        {
            while (_units.Count == 0)
            {
                if (_closed || _failure is not null)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            long bytes = 0;
            while (_units.TryPeek(out var next) && (batch.Count == 0 || bytes + next.FrameLength <= maxBatchBytes))
            {
                bytes += next.FrameLength;
                batch.Add(_units.Dequeue());
            }

            return true;
        }
    }

    /// <summary>Takes no more; what is in it will still be taken out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Stops for good. Those who wait get the failure.</summary>
    public void Fail(Exception failure)
    {
        List<WaitingUnit> waiting;
        lock (_gate)
        {
            _failure ??= failure;
            waiting = [.. _units];
            _units.Clear();
            Monitor.PulseAll(_gate);
        }

        foreach (var unit in waiting)
        {
            Release(unit.FrameLength);
            unit.ReturnBuffer();
            unit.Done.TrySetException(new StoreUnavailableException(failure.Message, failure));
        }
    }

    private void ThrowIfStopped()
    {
        if (_failure is { } failure)
        {
            throw new StoreUnavailableException($"The store has stopped: {failure.Message}", failure);
        }

        ObjectDisposedException.ThrowIf(_closed, typeof(SegmentStore));
    }
}
