using System.Collections.Concurrent;

namespace ProvenanceGrains.Grains.Tests.Semantics;

/// <summary>
/// What tests and their grains share: gates that are opened once, a log, and a little storage. A wait that no one ends
/// fails after real time, so that a broken runtime fails the suite and does not hang it.
/// </summary>
internal sealed class Probe
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _log = new();
    private int _now;
    private int _most;

    public ConcurrentDictionary<string, int> Stored { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Log => [.. _log];

    /// <summary>The most calls that were between <see cref="Enter"/> and <see cref="Leave"/> at one time.</summary>
    public int MostAtOnce => _most;

    public void Note(string text) => _log.Enqueue(text);

    public void Open(string gate) => Gate(gate).TrySetResult();

    public bool IsOpen(string gate) => Gate(gate).Task.IsCompleted;

    public Task WaitAsync(string gate) => Gate(gate).Task.WaitAsync(Patience);

    public void Enter()
    {
        var now = Interlocked.Increment(ref _now);
        int most;
        while (now > (most = Volatile.Read(ref _most)))
        {
            _ = Interlocked.CompareExchange(ref _most, now, most);
        }
    }

    public void Leave() => Interlocked.Decrement(ref _now);

    private TaskCompletionSource Gate(string name) => _gates.GetOrAdd(
        name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>A service with the life of an activation.</summary>
internal sealed class ScopedThing(Probe probe) : IDisposable
{
    public void Dispose() => probe.Note("scope disposed");
}
