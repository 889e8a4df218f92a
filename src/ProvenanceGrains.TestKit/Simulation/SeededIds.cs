using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Journals;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>Ids of requests and salts out of the seed.</summary>
internal sealed class SeededIds(SeededRandom random) : IRequestIds, ISaltSource
{
    public UInt128 Next() => new(random.NextBits(), random.NextBits());

    public void Fill(Span<byte> destination) => random.Fill(destination);
}
