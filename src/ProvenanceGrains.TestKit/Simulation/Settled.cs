namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>Results of calls that end before they return: checks read the simulated stores directly, where nothing waits.</summary>
internal static class Settled
{
    public static T Result<T>(ValueTask<T> call) => Result(call.AsTask());

    /// <exception cref="InvalidOperationException">It waits for something.</exception>
    public static T Result<T>(Task<T> call) => call.IsCompleted
        ? call.GetAwaiter().GetResult()
        : throw new InvalidOperationException("A call that a check made waits for something.");
}
