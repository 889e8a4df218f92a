using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.Grains.Tests.Sealing;

/// <summary>G1, G3 for the sealer: what is committed is sealed, once, in order, whatever breaks in between.</summary>
public sealed class ChainSealerTests
{
    private static readonly SignerKey Key =
        SignerKey.Create("log.example/test", NoteSignatureType.Ed25519, new byte[32]);

    private readonly SealedEntries _journal = new();

    [Fact]
    public async Task Nothing_to_seal_publishes_nothing()
    {
        var store = new MemorySealStore();
        var report = await NewSealer(store).SealAsync(default);
        Assert.Equal(0, report.Sealed);
        Assert.Null(await store.ReadCheckpointAsync(default));
    }

    [Fact]
    public async Task G3_every_checkpoint_extends_the_one_before()
    {
        var store = new MemorySealStore();
        var sealer = NewSealer(store);
        var checker = new LogChecker(Key.Verifier);
        for (var round = 0; round < 40; round++)
        {
            await WriteAsync(1 + (round * 7 % 300));
            var report = await sealer.SealAsync(default);
            Assert.False(report.More);
            Assert.Equal(_journal.Written, await checker.CheckAsync(store));
        }
    }

    [Fact]
    public async Task A_new_process_goes_on_where_the_last_one_stopped()
    {
        var store = new MemorySealStore();
        var checker = new LogChecker(Key.Verifier);
        foreach (var count in (int[])[1, 254, 1, 1, 255, 256, 512, 3, 700])
        {
            await WriteAsync(count);
            await NewSealer(store).SealAsync(default);
            Assert.Equal(_journal.Written, await checker.CheckAsync(store));
        }
    }

    [Fact]
    public async Task Time_never_goes_back_when_the_clock_does()
    {
        var store = new MemorySealStore();
        var checker = new LogChecker(Key.Verifier);
        var sealer = NewSealer(store);
        await WriteAsync(3);
        await sealer.SealAsync(default);
        _journal.Time.Now -= TimeSpan.FromHours(3);
        await WriteAsync(3);
        await sealer.SealAsync(default);
        Assert.Equal(_journal.Written, await checker.CheckAsync(store));
    }

    /// <summary>Each write of a sealing × {failed, failed but persisted} × {retry by the same sealer, by a new process}, twice over.</summary>
    [Theory]
    [InlineData(FaultMode.Failed, true)]
    [InlineData(FaultMode.Failed, false)]
    [InlineData(FaultMode.FailedButPersisted, true)]
    [InlineData(FaultMode.FailedButPersisted, false)]
    public async Task A_write_that_goes_wrong_costs_nothing_and_doubles_nothing(FaultMode mode, bool sameSealer)
    {
        for (var first = 0; first < 5; first++)
        {
            for (var second = 0; second < 6; second++)
            {
                await RunWithFaultsAsync(mode, sameSealer, first, second);
            }
        }
    }

    [Fact]
    public async Task Of_two_sealers_one_stands_back()
    {
        var store = new MemorySealStore();
        var first = NewSealer(store);
        var second = NewSealer(store);
        await WriteAsync(5);
        await first.SealAsync(default);
        await WriteAsync(5);
        await second.SealAsync(default);
        await WriteAsync(5);
        await Assert.ThrowsAnyAsync<Exception>(async () => await first.SealAsync(default));
        await first.SealAsync(default);
        Assert.Equal(_journal.Written, await new LogChecker(Key.Verifier).CheckAsync(store));
    }

    [Fact]
    public async Task A_journal_that_lost_sealed_entries_is_refused()
    {
        var store = new MemorySealStore();
        await WriteAsync(5);
        await NewSealer(store).SealAsync(default);
        var emptied = new ChainSealer(new SealedEntries().Store, store, Key, HashedEntityIndex.Instance, _journal.Time);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await emptied.SealAsync(default));
    }

    [Fact]
    public async Task Another_logs_checkpoint_is_refused()
    {
        var store = new MemorySealStore();
        await WriteAsync(5);
        await NewSealer(store).SealAsync(default);
        var other = SignerKey.Create("log.example/other", NoteSignatureType.Ed25519, new byte[32]);
        var sealer = new ChainSealer(_journal.Store, store, other, HashedEntityIndex.Instance, _journal.Time);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await sealer.SealAsync(default));
    }

    [Fact]
    public async Task G3_a_chain_that_was_set_back_signs_no_second_history()
    {
        using var folder = new SealFolder();
        await WriteAsync(3);
        await folder.SealAsync(NewSealer);
        folder.Save("chain");
        await WriteAsync(3);
        await folder.SealAsync(NewSealer);
        var published = folder.Checkpoint;
        folder.Restore("chain");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => folder.SealAsync(NewSealer));
            Assert.Equal(published, folder.Checkpoint);
        }
    }

    [Fact]
    public async Task G3_a_log_whose_files_are_gone_does_not_begin_anew()
    {
        using var folder = new SealFolder();
        await WriteAsync(3);
        await folder.SealAsync(NewSealer);
        folder.Delete("chain");
        folder.Delete("log");
        await Assert.ThrowsAsync<InvalidDataException>(() => folder.SealAsync(NewSealer));
        Assert.Null(folder.Checkpoint);
    }

    [Fact]
    public async Task More_than_fits_one_block_is_sealed_by_the_next_call()
    {
        var store = new MemorySealStore();
        var sealer = NewSealer(store);
        await WriteAsync(ChainSealer.MaxEntriesPerBlock + 10);
        var report = await sealer.SealAsync(default);
        Assert.True(report.More);
        Assert.Equal(ChainSealer.MaxEntriesPerBlock, report.Sealed);
        Assert.Equal(10, (await sealer.SealAsync(default)).Sealed);
    }

    private async Task RunWithFaultsAsync(FaultMode mode, bool sameSealer, int first, int second)
    {
        var memory = new MemorySealStore();
        var store = new FaultySealStore(memory);
        var checker = new LogChecker(Key.Verifier);
        var sealer = NewSealer(store);
        await sealer.SealAsync(default);
        await WriteAsync(130);
        if (_journal.Written.Count > 130)
        {
            await sealer.SealAsync(default);
        }

        foreach (var at in (int[])[first, second])
        {
            await WriteAsync(77);
            store.Arm(at, mode);
            for (var attempt = 0; attempt < 4; attempt++)
            {
                try
                {
                    await sealer.SealAsync(default);
                }
                catch (IOException)
                {
                    sealer = sameSealer ? sealer : NewSealer(store);
                }

                await checker.CheckAsync(store);
            }

            store.Disarm();
            Assert.Equal(_journal.Written, await checker.CheckAsync(store));
        }
    }

    private ChainSealer NewSealer(ISealStore store) => new(_journal.Store, store, Key, HashedEntityIndex.Instance, _journal.Time);

    private Task WriteAsync(int count) => _journal.WriteAsync(count);
}
