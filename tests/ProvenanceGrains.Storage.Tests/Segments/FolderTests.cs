using System.Diagnostics;
using ProvenanceGrains.Storage.Segments;
using ProvenanceGrains.Storage.Tests.Faults;

namespace ProvenanceGrains.Storage.Tests.Segments;

public sealed class FolderTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_process_is_kept_out_even_where_the_runtime_locks_no_files()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var store = await _folder.OpenAsync();
        Assert.Equal(AppendProcess.Refused, await AppendAsync("dotnet"));
    }

    [StraceFact]
    public async Task Where_the_file_system_has_no_locks_the_folder_is_not_opened()
    {
        Assert.Equal(
            AppendProcess.Refused,
            await AppendAsync("/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=flock:error=EOPNOTSUPP", "dotnet"));
        Assert.Equal(0, await AppendAsync("dotnet"));
    }

    [Fact]
    public async Task Only_the_owner_can_enter_the_folders_of_segments_and_index()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var store = await _folder.OpenAsync();
        foreach (var name in new[] { "segments", "index" })
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Path.Combine(_folder.Path, name)));
        }
    }

    [Fact]
    public async Task Damage_that_a_reader_meets_is_remembered()
    {
        await using (var store = await _folder.OpenAsync())
        {
            foreach (var unit in AppendProcess.Units().Take(5))
            {
                await store.AppendAsync(unit, null, default);
            }
        }

        await using var reopened = await _folder.OpenAsync();
        Assert.Null(reopened.ReadMetrics().Damage);
        var bytes = await File.ReadAllBytesAsync(_folder.Segment(0));
        await using (var file = new FileStream(_folder.Segment(0), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = bytes.Length - 1;
            file.WriteByte((byte)(bytes[^1] ^ 1));
        }

        var damage = await Assert.ThrowsAsync<StoreDamagedException>(
            async () => await reopened.ReadEntryAsync(reopened.Committed - 1, default));
        Assert.Equal(damage.Message, reopened.ReadMetrics().Damage);
    }

    private async Task<int> AppendAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Append(typeof(AppendProcess).Assembly.Location).Append(_folder.Path).Append("1"))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await errors;
        return process.ExitCode;
    }
}
