using System.Globalization;

namespace ProvenanceGrains.Bench.Processes;

/// <summary>A folder for one measurement, gone afterwards.</summary>
internal sealed class WorkFolder : IDisposable
{
    private static int _made;

    private bool _keep;

    /// <param name="parent">On the disk that is to be measured.</param>
    public WorkFolder(string parent)
    {
        Path = System.IO.Path.Combine(parent, string.Create(
            CultureInfo.InvariantCulture, $"provenance-bench-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}"));
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>Where a measurement is made unless it is told otherwise.</summary>
    public static string DefaultParent => System.IO.Path.GetTempPath();

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Leaves the folder there, for a person to look at.</summary>
    public void Keep() => _keep = true;

    /// <summary>Bytes of all files below a folder.</summary>
    public static long SizeOf(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : 0;

    public void Dispose()
    {
        if (!_keep && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
