namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>A clock that the run moves, also backwards, as a machine's clock may be set.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public void Move(TimeSpan by) => _now += by;
}
