namespace ProvenanceGrains.Bench.Measuring;

/// <summary>Order statistics of a set of measurements.</summary>
internal sealed class Samples
{
    private readonly double[] _sorted;

    public Samples(IEnumerable<double> values)
    {
        _sorted = [.. values];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    public double Median => Percentile(0.5);

    public double Min => Percentile(0);

    public double Max => Percentile(1);

    /// <summary>The smallest value that at least this share of all values does not exceed (nearest rank).</summary>
    /// <param name="share">0 to 1.</param>
    /// <returns>NaN if there are no values.</returns>
    public double Percentile(double share)
    {
        if (_sorted.Length == 0)
        {
            return double.NaN;
        }

        var rank = (int)Math.Ceiling(share * _sorted.Length) - 1;
        return _sorted[Math.Clamp(rank, 0, _sorted.Length - 1)];
    }
}
