namespace ProvenanceGrains.Epcis.Samples;

/// <summary>SplitMix64: the same numbers from the same seed in every version of the runtime. Not for secrets.</summary>
internal sealed class SeededSequence(ulong seed)
{
    private ulong _state = seed;

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

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both possible.</summary>
    public int Between(int low, int high) => low + (int)(Next() % (ulong)(high - low + 1));

    /// <summary>Tenths, as a decimal: <c>Tenths(180, 240)</c> is 18.0 to 24.0.</summary>
    public decimal Tenths(int low, int high) => Between(low, high) / 10m;
}
