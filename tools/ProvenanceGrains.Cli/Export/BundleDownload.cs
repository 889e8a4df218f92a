using System.Net;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger.Bundles;

namespace ProvenanceGrains.Cli.Export;

/// <summary>Fetches the bundle of an entity.</summary>
internal static class BundleDownload
{
    /// <returns>As the server wrote it, for a verifier to judge; that it can be read was checked.</returns>
    /// <exception cref="UnusableException">The server does not answer with a bundle.</exception>
    public static async Task<byte[]> RunAsync(Uri server, string entity, CancellationToken cancellation)
    {
        if (server.AbsolutePath.EndsWith("/log/", StringComparison.Ordinal))
        {
            server = new Uri(server, "../");
        }

        var path = string.Join('/', entity.Split('/').Select(Uri.EscapeDataString));
        var address = new Uri(server, $"entities/{path}/bundle");
        using var http = HttpLogSource.CreateClient(Bundle.MaxBytes);
        using var answer = await http.GetAsync(address, cancellation);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
        if (answer.StatusCode == HttpStatusCode.RequestEntityTooLarge)
        {
            throw new UnusableException($"{entity} has too many entries for one bundle. Take its history: --history.");
        }

        if (!answer.IsSuccessStatusCode)
        {
            throw new UnusableException($"{address}: the server answers {(int)answer.StatusCode}.");
        }

        return BundleJson.TryParse(bytes, out _, out var error)
            ? bytes
            : throw new UnusableException($"{address}: the answer is no bundle. {error}");
    }
}
