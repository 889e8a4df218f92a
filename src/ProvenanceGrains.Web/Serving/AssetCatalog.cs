using System.Collections.Frozen;
using System.Security.Cryptography;

namespace ProvenanceGrains.Web.Serving;

/// <summary>One file that the pages load.</summary>
/// <param name="Name">Its name under the versioned folder, e.g. <c>page.js</c>.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">Its bytes; the holder must not change them.</param>
internal sealed record Asset(string Name, string ContentType, byte[] Content);

/// <summary>
/// The embedded files, under one folder named after the hash of them all: the modules import each other by relative
/// names, and a browser can keep them forever.
/// </summary>
internal static class AssetCatalog
{
    private static readonly FrozenDictionary<string, Asset> Assets = Load();

    /// <summary>The first 16 hex digits of the SHA-256 over all names and contents.</summary>
    public static string Version { get; } = ComputeVersion();

    public static Asset? Find(string name) => Assets.GetValueOrDefault(name);

    /// <summary>The path from the root of the site, e.g. <c>/assets/0123456789abcdef/page.js</c>.</summary>
    public static string Path(string name) => $"/assets/{Version}/{Assets[name].Name}";

    private static FrozenDictionary<string, Asset> Load()
    {
        const string Prefix = "assets/";
        var assembly = typeof(AssetCatalog).Assembly;
        var assets = new List<Asset>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var name = resource[Prefix.Length..];
            assets.Add(new Asset(name, ContentType(name), content));
        }

        return assets.ToFrozenDictionary(a => a.Name, StringComparer.Ordinal);
    }

    private static string ContentType(string name) => System.IO.Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".json" => "application/json; charset=utf-8",
        ".svg" => "image/svg+xml; charset=utf-8",
        var other => throw new InvalidOperationException($"No content type is known for an asset that ends in '{other}'."),
    };

    private static string ComputeVersion()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var asset in Assets.Values.OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            hash.AppendData(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(asset.Name)));
            hash.AppendData(SHA256.HashData(asset.Content));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
