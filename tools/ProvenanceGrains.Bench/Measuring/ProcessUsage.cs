using System.Globalization;

namespace ProvenanceGrains.Bench.Measuring;

/// <summary>What the kernel says of a process (proc(5)). Linux only.</summary>
internal static class ProcessUsage
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system time of a process, all its threads, without its children's.</summary>
    public static TimeSpan CpuTime(int processId) => Fields(processId.ToString(CultureInfo.InvariantCulture), 14, 15);

    /// <summary>User and system time of the children of this process that have ended and were waited for.</summary>
    public static TimeSpan EndedChildren() => Fields("self", 16, 17);

    /// <summary>A line of <c>/proc/PID/status</c> in bytes, e.g. <c>VmRSS</c>, <c>RssAnon</c>.</summary>
    public static long StatusBytes(int processId, string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        var number = line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(number, CultureInfo.InvariantCulture) * 1024;
    }

    /// <remarks>The process's name, in parentheses, may hold blanks: fields are counted from behind it, where the third begins.</remarks>
    private static TimeSpan Fields(string process, int first, int second)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[first - 3], CultureInfo.InvariantCulture) + long.Parse(fields[second - 3], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
