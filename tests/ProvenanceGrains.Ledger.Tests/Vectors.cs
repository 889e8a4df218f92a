using System.Text.Json;

namespace ProvenanceGrains.Ledger.Tests;

/// <summary>A test over the standards' conformance data, which is read in place. Absent data skips it, but fails it in CI.</summary>
internal sealed class VectorFactAttribute : FactAttribute
{
    public VectorFactAttribute()
    {
        if (!Directory.Exists(Vectors.Root) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"No vectors at {Vectors.Root}; set PROVENANCE_VECTORS to their folder.";
        }
    }
}

/// <summary>Finds and reads the conformance data.</summary>
internal static class Vectors
{
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    public static string Root { get; } = Environment.GetEnvironmentVariable("PROVENANCE_VECTORS") is { Length: > 0 } set
        ? set
        : Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "vectors"));

    public static string PathOf(string name) => Path.Combine(Root, "tlog", name);

    public static JsonElement ReadJson(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(PathOf(name)));
        return document.RootElement.Clone();
    }

    /// <summary>Runs a check over every line of a file and reports all that fail, by what <paramref name="check"/> returns.</summary>
    /// <param name="name">The file below <c>tlog</c>.</param>
    /// <param name="check">Null if the case is as it should be, else what is wrong.</param>
    public static void ForEach(string name, Func<JsonElement, string?> check)
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var line in File.ReadLines(PathOf(name)).Where(line => line.Length > 0))
        {
            count++;
            using var document = JsonDocument.Parse(line);
            if (check(document.RootElement) is { } failure)
            {
                failures.Add($"{Label(document.RootElement, count)}: {failure}");
            }
        }

        Assert.True(count > 0, $"{name} holds no case.");
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} in {name}:\n{string.Join('\n', failures)}");
    }

    /// <summary>Compares a verdict with the <c>expect</c> of a case.</summary>
    public static string? Expect(JsonElement vector, bool accepted, string? error) => vector.GetProperty("expect").GetString() switch
    {
        "ok" => accepted ? null : $"refused: {error}",
        "error" => accepted ? "accepted" : string.IsNullOrEmpty(error) ? "refused without a reason" : null,
        "either" => null,
        var other => $"unknown expectation {other}",
    };

    public static byte[] Base64(this JsonElement vector, string name) => vector.GetProperty(name).GetBytesFromBase64();

    public static Hash256 Hash(this JsonElement vector, string name) => new(vector.Base64(name));

    public static Hash256[] Hashes(this JsonElement vector, string name) =>
        vector.GetProperty(name) is { ValueKind: JsonValueKind.Array } array
            ? [.. array.EnumerateArray().Select(hash => new Hash256(hash.GetBytesFromBase64()))]
            : [];

    private static string Label(JsonElement vector, int line) =>
        $"line {line} ({(vector.TryGetProperty("desc", out var desc) ? desc.ToString() : "")})";

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ProvenanceGrains.sln")))
            {
                return folder.FullName;
            }
        }

        // The build's output may lie outside the repository; then the sources say where it is.
        return SourceRoot();
    }

    private static string SourceRoot([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
