using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ProvenanceGrains.Epcis.Tests.Identifiers;

/// <summary>A test over GS1's and others' vectors, read in place. Absent data skips it, but fails it in CI.</summary>
internal sealed class IdentifierVectorFactAttribute : FactAttribute
{
    public IdentifierVectorFactAttribute()
    {
        if (!Directory.Exists(IdentifierVectors.Root) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"No vectors at {IdentifierVectors.Root}; set PROVENANCE_VECTORS to their folder.";
        }
    }
}

internal static class IdentifierVectors
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("PROVENANCE_VECTORS") is { Length: > 0 } set
        ? set
        : Path.GetFullPath(Path.Combine(RepositoryRoot(AppContext.BaseDirectory), "..", "shared", "vectors"));

    /// <summary>Runs a check over every element of a JSON array and reports all that fail.</summary>
    /// <param name="name">The file below <c>epcis</c>.</param>
    /// <param name="check">Null if the case is as it should be, else what is wrong.</param>
    public static void ForEach(string name, Func<JsonElement, string?> check)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "epcis", name)));
        var failures = new List<string>();
        var count = 0;
        foreach (var vector in document.RootElement.EnumerateArray())
        {
            count++;
            if (check(vector) is { } failure)
            {
                failures.Add(failure);
            }
        }

        Assert.True(count > 0, $"{name} holds no case.");
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} in {name}:\n{string.Join('\n', failures)}");
    }

    public static string? Text(this JsonElement vector, string name) =>
        vector.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    public static int? Number(this JsonElement vector, string name) =>
        vector.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;

    private static string RepositoryRoot(string start, [CallerFilePath] string source = "")
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ProvenanceGrains.sln")))
            {
                return folder.FullName;
            }
        }

        // The build's output may lie outside the repository; then the sources say where it is.
        return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", ".."));
    }
}
