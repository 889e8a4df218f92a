using System.Buffers.Binary;
using System.Security.Cryptography;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Journals;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>Salts of the operating system's generator.</summary>
internal sealed class SystemSalts : ISaltSource
{
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}

/// <summary>Request ids of the operating system's generator: 128 bits that nobody can guess.</summary>
internal sealed class SystemRequestIds : IRequestIds
{
    public UInt128 Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
