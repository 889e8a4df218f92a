using ProvenanceGrains.Cli;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.Storage.Tests.Segments;
using ProvenanceGrains.TestKit.Sealing;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Faults;

/// <summary>
/// Each kind of system call of the write path (segments, index, seal store) fails from its n-th time on, with each error; then a
/// start without faults, one more seal, and the auditor over the whole data folder: nothing acknowledged may be missing.
/// </summary>
public abstract class SystemCallMatrix : IDisposable
{
    private const int Units = 6;

    /// <summary>The kinds, each with the calls that do the same.</summary>
    private static readonly string[] Kinds =
    [
        "write,writev", "pwrite64,pwritev,pwritev2", "fsync", "fdatasync", "syncfs", "openat", "rename,renameat,renameat2",
        "ftruncate,truncate,fallocate", "unlink,unlinkat,rmdir", "mkdir,mkdirat", "link,linkat,copy_file_range,sendfile",
    ];

    /// <summary>A run without faults: which calls there are, and on what files.</summary>
    private static readonly Lazy<Task<TracedRun>> Sound = new(async () =>
    {
        using var folder = new StoreFolder();
        return await TracedRun.RunAsync(folder.Path, Units, paths: null, inject: null);
    });

    private readonly StoreFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Kinds by the n-th call.</summary>
    protected static TheoryData<string, int> Cells(params int[] when)
    {
        var cells = new TheoryData<string, int>();
        foreach (var kind in Kinds)
        {
            foreach (var n in when)
            {
                cells.Add(kind, n);
            }
        }

        return cells;
    }

    /// <summary>A run without faults acknowledges everything, passes the audit, and makes no call that the matrix leaves out.</summary>
    protected static async Task CheckSoundAsync()
    {
        var sound = await Sound.Value;
        Assert.True(sound.Exit == 0, sound.Errors);
        Assert.Equal(Units, sound.Acknowledged.Count);
        Assert.Empty(sound.Calls.Keys.Except(Kinds.SelectMany(kind => kind.Split(','))));
        Assert.True(sound.Calls.GetValueOrDefault("fsync") > 3 && sound.Calls.GetValueOrDefault("openat") > 3);
    }

    /// <summary>One cell.</summary>
    protected async Task FailAsync(string calls, string error, int when)
    {
        var sound = await Sound.Value;
        if (!calls.Split(',').Any(sound.Calls.ContainsKey))
        {
            // The write path makes no such call: there is nothing to fail.
            return;
        }

        var run = await TracedRun.RunAsync(_folder.Path, Units, sound.Paths, $"inject={calls}:error={error}:when={when}+");
        Assert.True(run.Exit is 0 or AppendProcess.Refused, $"exit {run.Exit}: {run.Errors}");
        Assert.True(run.Injected > 0 || run.Exit == 0, run.Errors);
        Assert.True(when > 1 || run.Injected > 0, $"No call of {calls} was failed.");
        await RestartAsync(run.Acknowledged);
    }

    private async Task RestartAsync(IReadOnlyList<(int Number, long First)> acknowledged)
    {
        var units = AppendProcess.Units().Take(Units).ToList();
        await using (var store = await SealingProcess.OpenAsync(_folder.Path))
        {
            var entries = await StoreChecker.CheckAsync(store);
            Assert.All(acknowledged, ack => StoreChecker.Holds(entries, units[ack.Number], ack.First));
            using var seals = new FileSealStore(_folder.Path, BlockRecord.SizeOf(IndexRule.Hash));
            await SealingProcess.NewSealer(store, seals).SealAsync(default);
            var log = await new LogChecker(SealingProcess.Key.Verifier).CheckAsync(seals);
            Assert.Equal(entries.Select(entry => entry.Header), log);
            if (entries.Count == 0)
            {
                // The fault came before the first entry: there is no log to audit.
                return;
            }
        }

        var output = new StringWriter();
        var code = await ProvenanceTool.RunAsync(
            ["audit", _folder.Path, "--key", SealingProcess.Key.Verifier.ToString()],
            new Terminal(output, output, interactive: false, color: false, TimeProvider.System),
            CancellationToken.None);
        Assert.True(code == 0, output.ToString());
    }
}

public sealed class SystemCallsThatFailWithInputOutputErrorTests : SystemCallMatrix
{
    public static TheoryData<string, int> Cases() => Cells(1, 5);

    [StraceFact]
    public Task Without_a_fault_all_is_acknowledged_and_the_matrix_knows_every_call() => CheckSoundAsync();

    [StraceTheory]
    [MemberData(nameof(Cases))]
    public Task Nothing_acknowledged_is_missing(string calls, int when) => FailAsync(calls, "EIO", when);
}

public sealed class SystemCallsThatFailWithAFullDiskTests : SystemCallMatrix
{
    public static TheoryData<string, int> Cases() => Cells(1, 3);

    [StraceTheory]
    [MemberData(nameof(Cases))]
    public Task Nothing_acknowledged_is_missing(string calls, int when) => FailAsync(calls, "ENOSPC", when);
}
