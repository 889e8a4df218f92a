using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage;
using ProvenanceGrains.TestKit.Sealing;
using ProvenanceGrains.TestKit.Simulation;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Simulation.Tests;

/// <summary>
/// Each write x {failed, failed but persisted} x {the same process tries again, another does}, then a reload and the full check. The
/// writes are counted in a run without faults, so that the matrix is complete whatever the protocol comes to be.
/// </summary>
public sealed class CrashMatrixTests
{
    private static readonly SignerKey Key =
        SignerKey.Create("log.example/matrix", NoteSignatureType.Ed25519, new byte[32]);

    [Fact]
    public async Task Sealing_survives_every_write_that_goes_wrong()
    {
        var writes = await CountSealWritesAsync();
        var cells = 0;
        for (var write = 0; write < writes; write++)
        {
            foreach (var mode in Enum.GetValues<FaultMode>())
            {
                foreach (var retrySame in (bool[])[true, false])
                {
                    await SealAsync(write, mode, retrySame);
                    cells++;
                }
            }
        }

        // Drop (of nothing), then stage, swap, apply, publish and drop, for the first block and for the second.
        Assert.Equal(1 + (2 * 5), writes);
        Assert.Equal(writes * 4, cells);
    }

    [Fact]
    public async Task The_journal_survives_every_file_call_that_goes_wrong()
    {
        var calls = await CountJournalCallsAsync();
        Assert.True(calls > 25, $"Only {calls} calls: the units are to fill several segments.");
        for (var call = 0; call < calls; call++)
        {
            foreach (var persisted in (bool[])[false, true])
            {
                foreach (var losesPower in (bool[])[false, true])
                {
                    await AppendAsync(call, persisted, losesPower);
                }
            }
        }
    }

    private static async Task<int> CountSealWritesAsync()
    {
        // Armed far away, the fault comes nearer by one with each write.
        for (var far = 1; ; far++)
        {
            var rig = await SealRig.MakeAsync();
            rig.Store.Arm(far, FaultMode.Failed);
            await rig.SealTwiceAsync(retrySame: true);
            if (rig.Store.IsArmed)
            {
                return far;
            }
        }
    }

    private static async Task SealAsync(int write, FaultMode mode, bool retrySame)
    {
        var rig = await SealRig.MakeAsync();
        rig.Store.Arm(write, mode);
        await rig.SealTwiceAsync(retrySame);
        Assert.False(rig.Store.IsArmed);

        // Reload: a third process finds everything in order, and has nothing to do.
        Assert.Equal(0, (await rig.NewSealer().SealAsync(default)).Sealed);
        var sealedEntries = await rig.Observer.CheckAsync(rig.Memory);
        Assert.Equal((await StoreChecker.CheckAsync(rig.Journal)).Select(entry => entry.Header), sealedEntries);
    }

    private static async Task<int> CountJournalCallsAsync()
    {
        for (var far = 0; ; far++)
        {
            var run = new JournalRun(far, persisted: false, (ulong)far);
            await run.LiveAsync();
            if (!run.HasFailed)
            {
                return far;
            }
        }
    }

    private static async Task AppendAsync(int call, bool persisted, bool losesPower)
    {
        var run = new JournalRun(call, persisted, (ulong)call);
        await run.LiveAsync();
        Assert.True(run.HasFailed);
        if (losesPower)
        {
            run.Disk.CutPower();
        }

        // The same data in a second life: it goes on; and a third, after a power loss, has all that either acknowledged.
        await run.LiveAsync();
        run.Disk.CutPower();
        await run.CheckAsync();
    }

    /// <summary>A journal with entries, a seal store that fails, and an observer.</summary>
    private sealed class SealRig
    {
        private readonly SupplyChainUnits _units = new(5);
        private readonly JournalBook _book = new();

        private SealRig() => Store = new FaultySealStore(Memory);

        public Storage.Memory.MemoryStore Journal { get; } = new(TextMatterProjector.Instance);

        public MemorySealStore Memory { get; } = new();

        public FaultySealStore Store { get; }

        public LogChecker Observer { get; } = new(Key.Verifier);

        public static async Task<SealRig> MakeAsync()
        {
            var rig = new SealRig();
            await rig.AppendAsync();
            return rig;
        }

        public ChainSealer NewSealer() => new(Journal, Store, Key, HashedEntityIndex.Instance, new SimulatedTime());

        public async Task SealTwiceAsync(bool retrySame)
        {
            var sealer = NewSealer();
            for (var block = 0; block < 2; block++)
            {
                for (var done = false; !done;)
                {
                    try
                    {
                        done = (await sealer.SealAsync(default)).NextOrdinal == Journal.Committed;
                    }
                    catch (IOException)
                    {
                        sealer = retrySame ? sealer : NewSealer();
                    }

                    await Observer.CheckAsync(Memory);
                }

                await AppendAsync(block == 0 ? 3 : 0);
            }
        }

        private async Task AppendAsync(int count = 4)
        {
            for (var i = 0; i < count; i++)
            {
                Assert.IsType<AppendOutcome.Committed>(await Journal.AppendAsync(_units.Next(_book, 5), null, default));
            }
        }
    }
}
