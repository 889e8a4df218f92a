namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>What one input gave.</summary>
/// <param name="Accepted">Whether the parser took it.</param>
/// <param name="Allocated">Bytes allocated on the way.</param>
/// <param name="Failure">What is wrong with the parser; null if nothing is.</param>
public readonly record struct FuzzResult(bool Accepted, long Allocated, string? Failure);

/// <summary>Makes inputs and runs them. An input follows from target, seed and number alone.</summary>
public static class FuzzRun
{
    /// <summary>Stack of the thread that fuzzes, in bytes: a parser whose recursion follows the input's nesting runs out of it.</summary>
    public const int StackBytes = 512 * 1024;

    public static byte[] Input(FuzzTarget target, ulong seed, long number)
    {
        ArgumentNullException.ThrowIfNull(target);
        var random = FuzzRandom.Of(seed, number);
        var input = Mutator.Make(target, random);
        return target.Mend is { } mend && !random.OneIn(4) ? mend(input) : input;
    }

    public static FuzzResult Check(FuzzTarget target, byte[] input)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(input);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var accepted = target.Run(input);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            var allowed = target.AllocationBase + ((long)target.AllocationFactor * input.Length);
            return new FuzzResult(
                accepted, allocated, allocated <= allowed ? null : $"{allocated} bytes allocated for {input.Length}; at most {allowed} are due.");
        }
        catch (Exception failure)
        {
            return new FuzzResult(false, GC.GetAllocatedBytesForCurrentThread() - before, failure.ToString());
        }
    }

    /// <summary>Runs the corpus once: what is set up at the first use does not count as an input's cost.</summary>
    public static void WarmUp(FuzzTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        foreach (var sample in target.Corpus.Take(20))
        {
            Check(target, sample);
        }
    }
}
