namespace ProvenanceGrains.Storage.Admission;

/// <summary>A number that only grows, and those who wait for it.</summary>
/// <remarks>One thread advances it; any may wait.</remarks>
internal sealed class CommitSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _pulse = NewPulse();
    private long _value;
    private Exception? _failure;

    public long Value => Volatile.Read(ref _value);

    public void Advance(long value) => Change(() => Volatile.Write(ref _value, value));

    /// <summary>It will not grow any more: those who wait get <paramref name="failure"/>.</summary>
    public void Fail(Exception failure) => Change(() => _failure ??= failure);

    /// <summary>Completes when <see cref="Value"/> is over <paramref name="ordinal"/>.</summary>
    public async Task WaitOverAsync(long ordinal, CancellationToken cancellation)
    {
        while (true)
        {
            Task pulse;
            lock (_gate)
            {
                if (_value > ordinal)
                {
                    return;
                }

                if (_failure is not null)
                {
                    throw new StoreUnavailableException(_failure.Message, _failure);
                }

                pulse = _pulse.Task;
            }

            await pulse.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource pulse;
        lock (_gate)
        {
            change();
            pulse = _pulse;
            _pulse = NewPulse();
        }

        pulse.TrySetResult();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
