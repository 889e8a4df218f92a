using System.Diagnostics;
using System.Globalization;
using ProvenanceGrains.Storage.Tests.Segments;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Faults;

/// <summary>
/// The kernel itself says no: what a disk in the process cannot show, as the runtime may lose the error on the way.
/// </summary>
public sealed class SystemCallTests : IDisposable
{
    private const int Count = 12;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [StraceTheory]
    [InlineData("fsync", "EIO", 2)]
    [InlineData("fsync", "EIO", 5)]
    [InlineData("fsync", "ENOSPC", 8)]
    [InlineData("pwrite64,pwritev,pwritev2", "ENOSPC", 2)]
    [InlineData("pwrite64,pwritev,pwritev2", "EIO", 6)]
    public async Task After_a_failing_call_nothing_is_acknowledged_and_a_restart_holds_what_was(string call, string error, int when)
    {
        var (exit, acknowledged, errors) = await RunAsync($"inject={call}:error={error}:when={when}+");
        Assert.True(exit == AppendProcess.Refused, $"exit {exit}, {acknowledged.Count} acknowledged, {errors}");

        // The first calls make the segment itself; each unit takes one of either kind.
        Assert.InRange(acknowledged.Count, 0, when - 1);
        await CheckAsync(acknowledged);
    }

    [StraceFact]
    public async Task An_interrupted_fsync_is_called_again()
    {
        var (exit, acknowledged, errors) = await RunAsync("inject=fsync:error=EINTR:when=2+2");
        Assert.True(exit == 0, errors);
        Assert.Equal(Count, acknowledged.Count);
        await CheckAsync(acknowledged);
    }

    [StraceFact]
    public async Task Without_a_fault_every_unit_is_acknowledged()
    {
        var (exit, acknowledged, errors) = await RunAsync("trace=fsync");
        Assert.True(exit == 0, errors);
        Assert.Equal(Count, acknowledged.Count);
        await CheckAsync(acknowledged);
    }

    private async Task CheckAsync(List<(int Number, long First)> acknowledged)
    {
        await using var store = await _folder.OpenAsync();
        var entries = await StoreChecker.CheckAsync(store);
        var units = AppendProcess.Units().Take(Count).ToList();
        Assert.All(acknowledged, ack => StoreChecker.Holds(entries, units[ack.Number], ack.First));
    }

    private async Task<(int Exit, List<(int Number, long First)> Acknowledged, string Errors)> RunAsync(string expression)
    {
        // The segment is made first, so that the path filter finds its file.
        await using (await _folder.OpenAsync())
        {
        }

        var start = new ProcessStartInfo("/usr/bin/strace")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[]
            {
                "-f", "-qq", "-o", "/dev/null", "-P", _folder.Segment(0), "-e", expression,
                Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
                typeof(AppendProcess).Assembly.Location, _folder.Path, Count.ToString(CultureInfo.InvariantCulture),
            })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var acknowledged = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith("ack ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .Select(f => (int.Parse(f[1], CultureInfo.InvariantCulture), long.Parse(f[2], CultureInfo.InvariantCulture)))
            .ToList();
        return (process.ExitCode, acknowledged, await errors);
    }
}
