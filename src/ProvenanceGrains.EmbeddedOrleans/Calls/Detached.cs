namespace ProvenanceGrains.EmbeddedOrleans.Calls;

/// <summary>Work of the runtime's own, which must not carry the execution context of whoever happened to cause it.</summary>
internal static class Detached
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>A timer that is not set yet.</summary>
    public static ITimer Timer(TimeProvider time, TimerCallback callback, object state)
    {
        using (Flow())
        {
            return time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A turn that is not started yet.</summary>
    public static Task Turn(Action<object?> action, object state)
    {
        using (Flow())
        {
            return new Task(action, state);
        }
    }

    /// <summary>A time that a timer takes: from zero to 49 days.</summary>
    public static TimeSpan Clamp(TimeSpan due) =>
        due < TimeSpan.Zero ? TimeSpan.Zero : due > Longest ? Longest : due;

    private static AsyncFlowControl? Flow() =>
        ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
}
