namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>SplitMix64: the same numbers for a seed under every version of the runtime, so that a seed in a report stays good.</summary>
public sealed class FuzzRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The generator of one input: neighbouring numbers share nothing.</summary>
    public static FuzzRandom Of(ulong seed, long number) =>
        new(unchecked(new FuzzRandom(seed).Next() ^ ((ulong)number * 0xD1342543DE82EF95)));

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1; 0 if the bound is 0.</summary>
    public int Below(int bound) => bound <= 1 ? 0 : (int)(Next() % (ulong)bound);

    public bool OneIn(int times) => Below(times) == 0;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(Next() >> 56);
        }

        return bytes;
    }
}
