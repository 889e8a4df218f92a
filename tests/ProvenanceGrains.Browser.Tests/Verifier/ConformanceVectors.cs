using ProvenanceGrains.Browser.Tests.Chromium;

namespace ProvenanceGrains.Browser.Tests.Verifier;

/// <summary>The standards' conformance data, read in place.</summary>
internal static class ConformanceVectors
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("PROVENANCE_VECTORS") is { Length: > 0 } set
        ? set
        : Path.GetFullPath(Path.Combine(RepositoryRoot(), "..", "shared", "vectors"));

    /// <summary>A file of JSON lines below <c>tlog</c> as one JSON array.</summary>
    public static string ReadLines(string name) =>
        "[" + string.Join(',', File.ReadLines(Path.Combine(Root, "tlog", name)).Where(line => line.Length > 0)) + "]";

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ProvenanceGrains.sln")))
            {
                return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}

/// <summary>A test that needs the conformance data and Chromium. Where either is absent it is skipped, but fails in CI.</summary>
public sealed class VectorTheoryAttribute : TheoryAttribute
{
    public VectorTheoryAttribute()
    {
        if (!Directory.Exists(ConformanceVectors.Root) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"No vectors at {ConformanceVectors.Root}; set PROVENANCE_VECTORS to their folder.";
        }

        Skip ??= ChromiumBinary.SkipReason();
    }
}
