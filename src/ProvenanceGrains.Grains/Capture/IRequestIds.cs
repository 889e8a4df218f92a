namespace ProvenanceGrains.Grains.Capture;

/// <summary>Where ids of requests come from: 128 bits, never the same twice.</summary>
/// <remarks>Production takes them from the operating system's generator; the simulator from a seed.</remarks>
public interface IRequestIds
{
    UInt128 Next();
}
