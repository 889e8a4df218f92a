using System.Security.Cryptography;
using System.Text;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>What happened in a run, in order, folded into a hash: two runs of one seed have the same.</summary>
internal sealed class SimulationTrace(bool keepsLines) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> _lines = [];
    private int _count;

    /// <summary>The lines, if the run was told to keep them.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public int Count => _count;

    public void Add(string line)
    {
        _count++;
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
        _hash.AppendData("\n"u8);
        if (keepsLines)
        {
            _lines.Add(line);
        }
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
