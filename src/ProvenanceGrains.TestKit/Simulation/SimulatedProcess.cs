namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>One life of the engine's process: everything that awaits in it goes on here, one step at a time, in an order that the seed decides.</summary>
/// <remarks>
/// It is a synchronization context. Code that leaves it (<c>ConfigureAwait(false)</c>, a thread of its own) would make a run
/// depend on the machine: such code is reported by <see cref="CheckThread"/>. A killed process runs nothing any more, so what
/// was in the middle of something stays there.
/// </remarks>
internal sealed class SimulatedProcess : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether something ran or tried to run elsewhere.</summary>
    public bool HasEscaped { get; private set; }

    /// <summary>How many continuations could run now.</summary>
    public int Ready => _ready.Count;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            HasEscaped = true;
        }
        else if (IsAlive)
        {
            _ready.Add((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nothing in the engine waits for another thread.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs one continuation.</summary>
    public void Step(SeededRandom random)
    {
        var at = random.Next(_ready.Count);
        var (callback, state) = _ready[at];
        _ready[at] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Run(() => callback(state));
    }

    /// <summary>Runs something as code of this process, up to its first await.</summary>
    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Kill()
    {
        IsAlive = false;
        _ready.Clear();
    }

    /// <summary>Called wherever the engine meets the simulated world.</summary>
    public void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            HasEscaped = true;
            throw new InvalidOperationException("The engine left the simulated thread.");
        }
    }
}
