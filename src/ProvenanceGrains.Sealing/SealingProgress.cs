using ProvenanceGrains.Grains.Contracts.Sealing;

namespace ProvenanceGrains.Sealing;

/// <summary>The counts that writers wait for. The sealing service advances the first, the publication the second.</summary>
public sealed class SealingProgress : ISealingProgress
{
    private readonly Watermark _sealed = new();
    private readonly Watermark _witnessed = new();

    public bool HasWitnesses { get; init; }

    public long SealedEntries => _sealed.Value;

    public long WitnessedEntries => _witnessed.Value;

    public Task WaitSealedAsync(long entries, CancellationToken cancellation) => _sealed.WaitAsync(entries, cancellation);

    public Task WaitWitnessedAsync(long entries, CancellationToken cancellation) => _witnessed.WaitAsync(entries, cancellation);

    internal void Sealed(long entries) => _sealed.Advance(entries);

    internal void Witnessed(long entries) => _witnessed.Advance(entries);

    /// <summary>A number that only grows, and those who wait for it.</summary>
    private sealed class Watermark
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _pulse = NewPulse();
        private long _value;

        public long Value => Volatile.Read(ref _value);

        public void Advance(long value)
        {
            TaskCompletionSource pulse;
            lock (_gate)
            {
                if (value <= _value)
                {
                    return;
                }

                Volatile.Write(ref _value, value);
                pulse = _pulse;
                _pulse = NewPulse();
            }

            pulse.TrySetResult();
        }

        public async Task WaitAsync(long value, CancellationToken cancellation)
        {
            while (true)
            {
                Task pulse;
                lock (_gate)
                {
                    if (_value >= value)
                    {
                        return;
                    }

                    pulse = _pulse.Task;
                }

                await pulse.WaitAsync(cancellation);
            }
        }

        private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
