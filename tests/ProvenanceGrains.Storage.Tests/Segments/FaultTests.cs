using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Segments;

public sealed class FaultTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly FaultyDisk _disk = new();
    private readonly SupplyChainUnits _units = new(3);
    private readonly JournalBook _book = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(300)]
    [InlineData(1000)]
    public async Task A_write_that_fails_after_some_bytes_acknowledges_nothing_and_a_restart_is_sound(int bytes)
    {
        var (acknowledged, waiting) = await FailAsync(() => _disk.FailWritesAfter(bytes));
        await RestartAsync(acknowledged, waiting);
    }

    [Fact]
    public async Task A_failed_fsync_acknowledges_nothing_and_a_restart_is_sound()
    {
        var (acknowledged, waiting) = await FailAsync(_disk.FailSyncs);
        await RestartAsync(acknowledged, waiting);
    }

    [Fact]
    public async Task A_failure_while_a_new_segment_begins_is_survived()
    {
        for (var budget = 0; budget < 400; budget += 20)
        {
            using var folder = new StoreFolder();
            var disk = new FaultyDisk();
            var options = folder.Options with { SegmentBytes = 2_000, Disk = disk };
            var units = new SupplyChainUnits(4);
            var book = new JournalBook();
            var acknowledged = new List<(CommitUnit Unit, long First)>();
            var store = await StoreFolder.OpenAsync(options);
            disk.FailWritesAfter(4_000 + budget);
            try
            {
                while (true)
                {
                    var unit = units.Next(book, 5);
                    var outcome = await store.AppendAsync(unit, null, default);
                    acknowledged.Add((unit, Assert.IsType<AppendOutcome.Committed>(outcome).FirstOrdinal));
                }
            }
            catch (StoreUnavailableException)
            {
                await store.DisposeAsync();
            }

            await using var reopened = await folder.OpenAsync();
            var entries = await StoreChecker.CheckAsync(reopened);
            Assert.All(acknowledged, a => StoreChecker.Holds(entries, a.Unit, a.First));
        }
    }

    [Fact]
    public async Task A_full_queue_turns_units_away_and_takes_them_again_later()
    {
        await using var store = await StoreFolder.OpenAsync(_folder.Options with { Disk = _disk, MaxQueueUnits = 3 });
        _disk.Hold();
        var lots = Enumerable.Range(0, 5).Select(SupplyChainUnits.Lot).ToList();
        var units = lots.ConvertAll(lot => _book.Write((UInt128)(uint)(lots.IndexOf(lot) + 1), 1000, _units.MatterOf(lot)));
        var tasks = new List<Task<AppendOutcome>> { store.AppendAsync(units[0], null, default).AsTask() };
        await _disk.Held.Task;
        tasks.Add(store.AppendAsync(units[1], null, default).AsTask());
        tasks.Add(store.AppendAsync(units[2], null, default).AsTask());
        await Assert.ThrowsAsync<StoreBusyException>(async () => await store.AppendAsync(units[3], null, default));
        Assert.Equal(1, store.ReadMetrics().BusyUnits);
        _disk.Release();
        Assert.All(await Task.WhenAll(tasks), o => Assert.IsType<AppendOutcome.Committed>(o));
        Assert.IsType<AppendOutcome.Committed>(await store.AppendAsync(units[3], null, default));
        Assert.Equal(4, (await StoreChecker.CheckAsync(store)).Count);
    }

    [Fact]
    public async Task Nothing_is_visible_before_it_is_durable()
    {
        await using var store = await StoreFolder.OpenAsync(_folder.Options with { Disk = _disk });
        _disk.Hold();
        var draft = _units.MatterOf(SupplyChainUnits.Lot(1));
        var task = store.AppendAsync(_book.Write(1, 1000, draft), null, default).AsTask();
        await _disk.Held.Task;
        Assert.False(task.IsCompleted);
        Assert.Equal(0, store.Committed);
        Assert.Equal(JournalHead.Empty, await store.GetHeadAsync(SupplyChainUnits.Lot(1), default));
        Assert.Null(await store.FindByClaimAsync(draft.Claims[0], default));
        Assert.Empty(await store.QueryAsync(new MatterQuery { Limit = 10 }, default));
        _disk.Release();
        await task;
        Assert.Equal(1, store.Committed);
    }

    [Fact]
    public async Task Disposal_commits_what_waits()
    {
        var store = await StoreFolder.OpenAsync(_folder.Options with { Disk = _disk });
        var tasks = Enumerable.Range(0, 50)
            .Select(_ => store.AppendAsync(_units.Next(_book, 30), null, default).AsTask()).ToList();
        await store.DisposeAsync();
        Assert.All(await Task.WhenAll(tasks), o => Assert.IsType<AppendOutcome.Committed>(o));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await store.AppendAsync(_units.Next(_book, 30), null, default));
        await using var reopened = await _folder.OpenAsync();
        await StoreChecker.CheckAsync(reopened);
    }

    private async Task<(List<(CommitUnit Unit, long First)> Acknowledged, List<CommitUnit> Waiting)> FailAsync(Action fault)
    {
        var store = await StoreFolder.OpenAsync(_folder.Options with { Disk = _disk });
        var acknowledged = new List<(CommitUnit, long)>();
        for (var i = 0; i < 5; i++)
        {
            var unit = _units.Next(_book, 5);
            var outcome = await store.AppendAsync(unit, null, default);
            acknowledged.Add((unit, Assert.IsType<AppendOutcome.Committed>(outcome).FirstOrdinal));
        }

        var commitWait = store.WaitForCommitAsync(1_000_000, default);
        fault();
        var waiting = Enumerable.Range(0, 4).Select(_ => _units.Next(_book, 5)).ToList();
        foreach (var unit in waiting)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.AppendAsync(unit, null, default));
        }

        await Assert.ThrowsAsync<StoreUnavailableException>(() => commitWait);
        Assert.True(store.ReadMetrics().Failed);
        Assert.Equal(acknowledged.Count, store.ReadMetrics().CommittedUnits);
        await store.DisposeAsync();
        return (acknowledged, waiting);
    }

    private async Task RestartAsync(List<(CommitUnit Unit, long First)> acknowledged, List<CommitUnit> waiting)
    {
        await using var store = await _folder.OpenAsync();
        var entries = await StoreChecker.CheckAsync(store);
        Assert.All(acknowledged, a => StoreChecker.Holds(entries, a.Unit, a.First));

        // What was not acknowledged is whole or absent, and only from the front on.
        var next = acknowledged.Sum(a => a.Unit.Entries.Count);
        foreach (var unit in waiting.TakeWhile(_ => next < entries.Count))
        {
            StoreChecker.Holds(entries, unit, next);
            next += unit.Entries.Count;
        }

        Assert.Equal(next, entries.Count);
    }
}
