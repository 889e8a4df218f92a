using System.Globalization;
using System.Runtime.InteropServices;

namespace ProvenanceGrains.Bench.Measuring;

/// <summary>The machine that measures, in words: without it a figure means nothing.</summary>
internal static class Machine
{
    /// <summary>Processor, memory, file system under <paramref name="folder"/>, kernel, runtime, and how busy it is.</summary>
    public static string Describe(string folder)
    {
        var processor = Find("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        var drive = DriveInfo.GetDrives()
            .Where(drive => Path.GetFullPath(folder).StartsWith(drive.Name, StringComparison.Ordinal))
            .MaxBy(drive => drive.Name.Length);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores of {processor}, {memory:0} GiB, {drive?.DriveFormat ?? "unknown file system"}, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; load average {LoadAverage()} before the run");
    }

    /// <summary>Processes that wanted to run, on average over the last minute.</summary>
    public static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string? Find(string path, string name) => File.Exists(path)
        ? File.ReadLines(path)
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault()
        : null;
}
