namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>SplitMix64: the same numbers from the same seed on every machine and with every version of the runtime.</summary>
/// <remarks>One thread. Parts of a run that must not disturb each other take a <see cref="Fork"/> each.</remarks>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to <paramref name="below"/> - 1.</summary>
    public int Next(int below) => (int)(NextBits() % (uint)below);

    /// <summary>True once in <paramref name="times"/>, on average; never for 0.</summary>
    public bool OneIn(int times) => times > 0 && Next(times) == 0;

    public T Pick<T>(IReadOnlyList<T> from) => from[Next(from.Count)];

    public SeededRandom Fork() => new(NextBits());

    public void Fill(Span<byte> destination)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)(NextBits() & 0xff);
        }
    }

    public ulong NextBits()
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
}
