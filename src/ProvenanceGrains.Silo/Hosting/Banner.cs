using ProvenanceGrains.Api.Operation;
using ProvenanceGrains.Api.Parties;
using ProvenanceGrains.Silo.Demo;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>What a silo says on standard output when it is up; with <c>--demo</c>, what to try.</summary>
internal static class Banner
{
    public static async Task PrintAsync(SiloHost silo, SiloOptions options, SiloRoles roles, string data, CancellationToken cancellation)
    {
        var identity = silo.Services.GetRequiredService<SiloIdentity>();
        var address = Reachable(silo.Addresses.Count > 0 ? silo.Addresses[0] : "http://127.0.0.1:8080");
        Console.WriteLine($"ProvenanceGrains {identity.Version} - actor runtime: {identity.Runtime}");
        Console.WriteLine($"log      {identity.Origin}");
        Console.WriteLine($"data     {data}");
        Console.WriteLine($"roles    {roles}");
        Console.WriteLine($"listens  {string.Join(", ", silo.Addresses)}");
        if (options.Demo)
        {
            await Demonstration.RunAsync(silo, data, address, cancellation);
        }
        else if (roles.HasFlag(SiloRoles.Ingest) && silo.Services.GetRequiredService<ApiKeys>().Count == 0)
        {
            Console.WriteLine("Nobody can write yet: --api-key KEY registers a key, --demo makes one and loads sample data.");
        }

        Console.WriteLine("Ready. Ctrl+C stops it.");
    }

    /// <summary>An address that a person can open: a wildcard stands for this machine.</summary>
    private static string Reachable(string address) => address
        .Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal)
        .Replace("//[::]:", "//127.0.0.1:", StringComparison.Ordinal);
}
