namespace ProvenanceGrains.Bench.Processes;

/// <summary>The checkout that this tool was built from, or is run in.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    /// <exception cref="BenchException">This tool does not run from a checkout.</exception>
    public static string Root => Find();

    private static string Find()
    {
        foreach (var start in (string[])[AppContext.BaseDirectory, Directory.GetCurrentDirectory()])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "ProvenanceGrains.sln")))
                {
                    return folder.FullName;
                }
            }
        }

        throw new BenchException("Run this tool from a checkout: no folder above holds ProvenanceGrains.sln.");
    }
}

/// <summary>A measurement that could not be made, or a check that failed. The message is for a person.</summary>
internal sealed class BenchException(string message) : Exception(message);
