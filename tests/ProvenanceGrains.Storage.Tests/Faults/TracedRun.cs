using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ProvenanceGrains.Storage.Tests.Faults;

/// <summary>What a traced process did.</summary>
/// <param name="Exit">Its exit code.</param>
/// <param name="Acknowledged">The units that it acknowledged.</param>
/// <param name="Injected">How many calls were failed.</param>
/// <param name="Calls">Names of the calls on files of the folder, with how many there were.</param>
/// <param name="Paths">The files and folders that they were about, relative to the folder.</param>
/// <param name="Errors">What it said.</param>
internal sealed record TracedRun(
    int Exit,
    IReadOnlyList<(int Number, long First)> Acknowledged,
    int Injected,
    IReadOnlyDictionary<string, int> Calls,
    IReadOnlyList<string> Paths,
    string Errors)
{
    /// <summary>Every call that can change what is on a disk.</summary>
    public const string Changing = "write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,syncfs,openat,rename,renameat,renameat2,"
        + "ftruncate,truncate,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,fallocate,copy_file_range,sendfile";

    /// <summary>Runs the write path over a folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="units">How many units it is to write.</param>
    /// <param name="paths">Only calls on these are looked at, relative; null for all calls on the folder's files.</param>
    /// <param name="inject">E.g. <c>inject=fsync:error=EIO:when=2+</c>; null for none.</param>
    public static async Task<TracedRun> RunAsync(string folder, int units, IReadOnlyList<string>? paths, string? inject)
    {
        var trace = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("/usr/bin/strace") { RedirectStandardOutput = true, RedirectStandardError = true };
            string[] filter = paths is null ? [] : [.. paths.SelectMany(path => new[] { "-P", Path.Combine(folder, path) })];
            foreach (var argument in (string[])
                ["-f", "-qq", "-y", "-s", "0", "-o", trace, .. filter, "-e", $"trace={Changing}",
                .. inject is null ? (string[])[] : ["-e", inject],
                Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
                typeof(AppendProcess).Assembly.Location, folder, units.ToString(CultureInfo.InvariantCulture), "seal"])
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return Read(folder, process.ExitCode, output, await File.ReadAllLinesAsync(trace), await errors);
        }
        finally
        {
            File.Delete(trace);
        }
    }

    private static TracedRun Read(string folder, int exit, string output, string[] trace, string errors)
    {
        var acknowledged = output.Split('\n')
            .Where(line => line.StartsWith("ack ", StringComparison.Ordinal)).Select(line => line.Split(' '))
            .Select(f => (int.Parse(f[1], CultureInfo.InvariantCulture), long.Parse(f[2], CultureInfo.InvariantCulture)))
            .ToList();
        var here = trace.Where(line => line.Contains(folder, StringComparison.Ordinal)).ToList();
        var calls = here.Select(line => Regex.Match(line, @"^\d+\s+(\w+)\("))
            .Where(match => match.Success).GroupBy(match => match.Groups[1].Value).ToDictionary(g => g.Key, g => g.Count());
        var paths = here.SelectMany(line => Regex.Matches(line, Regex.Escape(folder) + "(?:/([^\">,]*))?").Select(match => match.Groups[1].Value))
            .Distinct().Order(StringComparer.Ordinal).ToList();
        return new TracedRun(
            exit, acknowledged, trace.Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal)), calls, paths, errors);
    }
}
