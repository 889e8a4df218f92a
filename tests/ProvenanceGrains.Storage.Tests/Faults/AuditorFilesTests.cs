using System.Diagnostics;
using ProvenanceGrains.Cli;
using ProvenanceGrains.Storage.Tests.Segments;

namespace ProvenanceGrains.Storage.Tests.Faults;

/// <summary>What the auditor says it has written stays written: as the kernel saw it.</summary>
public sealed class AuditorFilesTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly DirectoryInfo _kept = Directory.CreateTempSubdirectory("provenance-kept-");

    public void Dispose()
    {
        _folder.Dispose();
        _kept.Delete(recursive: true);
    }

    [StraceFact]
    public async Task A_file_is_synced_then_renamed_and_then_its_folder_is_synced()
    {
        Assert.Equal(0, await SealingProcess.RunAsync(_folder.Path, 4));
        foreach (var name in (string[])["state", "report"])
        {
            var calls = await TraceAsync(Path.Combine(_folder.Path, "log"), Path.Combine(_kept.FullName, name), name == "state" ? "--state" : "--json");
            var renamed = calls.FindIndex(call => call.Contains($"{name}.tmp\"", StringComparison.Ordinal) && call.Contains("rename", StringComparison.Ordinal));
            var content = calls.FindIndex(call => call.Contains("fsync(", StringComparison.Ordinal) && call.Contains($"/{name}.tmp>", StringComparison.Ordinal));
            var folder = calls.FindLastIndex(call => call.Contains("fsync(", StringComparison.Ordinal) && call.Contains($"{_kept.FullName}>", StringComparison.Ordinal));
            Assert.True(content >= 0 && content < renamed && renamed < folder, string.Join('\n', calls));
        }
    }

    private async Task<List<string>> TraceAsync(string log, string file, string option)
    {
        var trace = Path.Combine(_kept.FullName, "trace");
        var start = new ProcessStartInfo("/usr/bin/strace") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            ["-f", "-qq", "-y", "-o", trace, "-e", "trace=fsync,rename,renameat,renameat2",
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            typeof(ProvenanceTool).Assembly.Location, "audit", log, "--key", SealingProcess.Key.Verifier.ToString(), option, file])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors + await output);
        return [.. await File.ReadAllLinesAsync(trace)];
    }
}
