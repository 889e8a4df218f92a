using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using Xunit;

namespace ProvenanceGrains.TestKit.Storage;

/// <summary>What every store must do, whatever it is made of. A store's tests derive from this class.</summary>
public abstract partial class JournalStoreContract : IAsyncLifetime
{
    private readonly List<OpenStore> _open = [];

    private OpenStore Store => _open[^1];

    public virtual async Task InitializeAsync() => _open.Add(await OpenAsync());

    public virtual async Task DisposeAsync() => await Store.CloseAsync();

    /// <summary>Opens the store under test: an empty one at first, later whatever is there after a close.</summary>
    protected abstract Task<OpenStore> OpenAsync();

    [Fact]
    public async Task An_empty_store_answers_with_nothing()
    {
        Assert.Equal(0, Store.Reader.Committed);
        Assert.Equal(JournalHead.Empty, await Store.Reader.GetHeadAsync(SupplyChainUnits.Lot(1), default));
        Assert.Null(await Store.Reader.ReadEntryAsync(0, default));
        Assert.Empty(await Store.Reader.ReadHeadersAsync(0, 10, default));
        Assert.Empty(await Store.Reader.ReadJournalAsync(SupplyChainUnits.Lot(1), 0, 10, default));
        Assert.Null(await Store.Reader.FindUnitAsync(1, default));
        Assert.Null(await Store.Index.FindByClaimAsync(SupplyChainUnits.NameOf("x"), default));
        Assert.Empty(await Store.Index.QueryAsync(new MatterQuery { Limit = 10 }, default));
        Assert.Empty(await Store.Index.FindRelatedAsync([SupplyChainUnits.Lot(1)], ["epc"], ["epc"], 10, default));
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_reopening()
    {
        var units = new SupplyChainUnits(1);
        var book = new JournalBook();
        var written = new List<(CommitUnit Unit, long First)>();
        for (var i = 0; i < 40; i++)
        {
            if (i % 10 == 9)
            {
                await ReopenAsync();
            }

            var unit = units.Next(book, 12);
            written.Add((unit, await CommitAsync(unit)));
        }

        await ReopenAsync();
        var entries = await StoreChecker.CheckAsync(Store.Reader);
        Assert.Equal(written.Sum(w => w.Unit.Entries.Count), entries.Count);
        Assert.All(written, w => StoreChecker.Holds(entries, w.Unit, w.First));
    }

    [Fact]
    public async Task Ordinals_follow_the_order_of_the_calls_without_a_gap()
    {
        var units = new SupplyChainUnits(2);
        var book = new JournalBook();
        var calls = Enumerable.Range(0, 200).Select(_ => units.Next(book, 500)).ToList();
        var tasks = calls.ConvertAll(unit => Store.Writer.AppendAsync(unit, null, default).AsTask());
        long next = 0;
        for (var i = 0; i < calls.Count; i++)
        {
            Assert.Equal(new AppendOutcome.Committed(next), await tasks[i]);
            next += calls[i].Entries.Count;
        }

        Assert.Equal(next, Store.Reader.Committed);
    }

    [Fact]
    public async Task Units_continue_journals_from_units_that_are_not_acknowledged_yet()
    {
        var units = new SupplyChainUnits(3);
        var book = new JournalBook();
        var lot = SupplyChainUnits.Lot(1);
        var tasks = Enumerable.Range(0, 100)
            .Select(i => book.Write((UInt128)(uint)(i + 1), 1000 + i, units.MatterOf(lot)))
            .Select(unit => Store.Writer.AppendAsync(unit, null, default).AsTask()).ToList();
        Assert.All(await Task.WhenAll(tasks), outcome => Assert.IsType<AppendOutcome.Committed>(outcome));
        Assert.Equal(100, (await Store.Reader.GetHeadAsync(lot, default)).Length);
        await StoreChecker.CheckAsync(Store.Reader);
    }

    [Fact]
    public async Task Entries_read_together_are_those_read_one_by_one()
    {
        var units = new SupplyChainUnits(19);
        var book = new JournalBook();
        for (var i = 0; i < 40; i++)
        {
            if (i == 20)
            {
                await ReopenAsync();
            }

            await CommitAsync(units.Next(book, 12));
        }

        // At once those that wait for the index, and once more when it holds them.
        await CheckTogetherAsync();
        await Store.Reader.ReadJournalAsync(SupplyChainUnits.Lot(1), 0, 1, default);
        await CheckTogetherAsync();
        var end = Store.Reader.Committed;
        Assert.Empty(await Store.Reader.ReadEntriesAsync(end, 5, default));
        Assert.Empty(await Store.Reader.ReadEntriesAsync(end + 100, 5, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.Reader.ReadEntriesAsync(-1, 5, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.Reader.ReadEntriesAsync(0, 0, default));
    }

    private async Task CheckTogetherAsync()
    {
        var end = Store.Reader.Committed;
        foreach (var (first, count) in new[] { (0L, (int)end), (0L, 1), (3L, 17), (end / 2, 30), (end - 1, 1), (end - 4, 100) })
        {
            var together = await Store.Reader.ReadEntriesAsync(first, count, default);
            Assert.Equal(Math.Min(count, end - first), together.Count);
            for (var i = 0; i < together.Count; i++)
            {
                var alone = await Store.Reader.ReadEntryAsync(first + i, default);
                Assert.Equal(alone!.Ordinal, together[i].Ordinal);
                Assert.Equal(alone.Header, together[i].Header);
                Assert.Equal(alone.Entity, together[i].Entity);
                Assert.Equal((alone.EntitySalt, alone.EntryType, alone.Role, alone.TypeSalt, alone.UnitId),
                    (together[i].EntitySalt, together[i].EntryType, together[i].Role, together[i].TypeSalt, together[i].UnitId));
                Assert.Equal(alone.Author.Bytes.ToArray(), together[i].Author.Bytes.ToArray());
                Assert.Equal(alone.Content.Bytes.ToArray(), together[i].Content.Bytes.ToArray());
            }
        }
    }

    [Fact]
    public async Task A_stale_head_is_fenced_and_nothing_of_the_unit_is_written()
    {
        var units = new SupplyChainUnits(4);
        var first = new JournalBook();
        await CommitAsync(first.Write(1, 1000, units.MatterOf(SupplyChainUnits.Lot(1))));
        var second = first.Copy();
        await CommitAsync(first.Write(2, 1001, units.MatterOf(SupplyChainUnits.Lot(1))));

        var late = second.Write(
            3, 1002, units.MatterOf(SupplyChainUnits.Lot(2)), units.MatterOf(SupplyChainUnits.Lot(1)));
        var outcome = await Store.Writer.AppendAsync(late, null, default);

        var fenced = Assert.IsType<AppendOutcome.Fenced>(outcome);
        Assert.Equal([SupplyChainUnits.Lot(1)], fenced.Entities);
        Assert.Equal(2, Store.Reader.Committed);
        Assert.Equal(JournalHead.Empty, await Store.Reader.GetHeadAsync(SupplyChainUnits.Lot(2), default));
        Assert.Null(await Store.Reader.FindUnitAsync(3, default));
    }

    [Fact]
    public async Task A_right_sequence_with_a_wrong_previous_hash_is_fenced()
    {
        var units = new SupplyChainUnits(5);
        var book = new JournalBook();
        var lot = SupplyChainUnits.Lot(1);
        await CommitAsync(book.Write(1, 1000, units.MatterOf(lot)));
        var other = new JournalBook();
        other.SetHead(lot, book.HeadOf(lot) with { LastLeafHash = Hash256.Sha256("elsewhere"u8) });

        var outcome = await Store.Writer.AppendAsync(other.Write(2, 1001, units.MatterOf(lot)), null, default);

        Assert.IsType<AppendOutcome.Fenced>(outcome);
        await StoreChecker.CheckAsync(Store.Reader);
    }

    [Fact]
    public async Task Of_two_activations_one_wins_each_round_and_the_journal_never_forks()
    {
        var units = new SupplyChainUnits(6);
        var lot = SupplyChainUnits.Lot(1);
        for (var round = 0; round < 30; round++)
        {
            var head = await Store.Reader.GetHeadAsync(lot, default);
            var tasks = Enumerable.Range(0, 2).Select(activation =>
            {
                var book = new JournalBook();
                book.SetHead(lot, head);
                var unit = book.Write((UInt128)(uint)((round * 2) + activation + 1), 1000 + round, units.MatterOf(lot));
                return Task.Run(() => Store.Writer.AppendAsync(unit, null, default).AsTask());
            });
            var outcomes = await Task.WhenAll(tasks);
            Assert.Single(outcomes, o => o is AppendOutcome.Committed);
            Assert.Single(outcomes, o => o is AppendOutcome.Fenced);
        }

        Assert.Equal(30, (await StoreChecker.CheckAsync(Store.Reader)).Count);
    }

    [Fact]
    public async Task A_unit_behind_a_refused_one_is_refused_with_it()
    {
        var units = new SupplyChainUnits(7);
        var book = new JournalBook();
        var lot = SupplyChainUnits.Lot(1);
        await CommitAsync(book.Write(1, 1000, units.MatterOf(lot)));
        var stale = new JournalBook();
        var a = Store.Writer.AppendAsync(stale.Write(2, 1001, units.MatterOf(lot)), null, default).AsTask();
        var b = Store.Writer.AppendAsync(stale.Write(3, 1002, units.MatterOf(lot)), null, default).AsTask();
        Assert.IsType<AppendOutcome.Fenced>(await a);
        Assert.IsType<AppendOutcome.Fenced>(await b);
        Assert.Equal(1, Store.Reader.Committed);
    }

    [Fact]
    public async Task A_claimed_name_is_taken_for_every_later_matter()
    {
        var units = new SupplyChainUnits(8);
        var book = new JournalBook();
        var first = units.MatterOf(SupplyChainUnits.Lot(1));
        var second = units.MatterOf(SupplyChainUnits.Lot(2));
        await CommitAsync(book.Write(1, 1000, first, second));
        for (var round = 0; round < 2; round++)
        {
            var copy = book.Copy();
            var repeated = copy.Write(
                2, 1001, units.MatterOf(SupplyChainUnits.Lot(3)), second with { Parts = first.Parts });
            var outcome = await Store.Writer.AppendAsync(repeated, null, default);
            var taken = Assert.IsType<AppendOutcome.Taken>(outcome);
            Assert.Equal([(new Claim(second.Claims[0], 1), 1L)], taken.Claims);
            Assert.Equal(2, Store.Reader.Committed);
            await ReopenAsync();
        }
    }

    [Fact]
    public async Task A_name_claimed_by_a_waiting_unit_is_taken_too()
    {
        var units = new SupplyChainUnits(9);
        var book = new JournalBook();
        var matter = units.MatterOf(SupplyChainUnits.Lot(1));
        var a = Store.Writer.AppendAsync(book.Write(1, 1000, matter), null, default).AsTask();
        var b = Store.Writer.AppendAsync(book.Write(2, 1000, matter), null, default).AsTask();
        Assert.IsType<AppendOutcome.Committed>(await a);
        Assert.IsType<AppendOutcome.Taken>(await b);
    }

    [Fact]
    public async Task A_malformed_unit_is_an_argument_error_and_changes_nothing()
    {
        var units = new SupplyChainUnits(10);
        var sound = new JournalBook().Write(
            1, 1000, units.MatterOf(SupplyChainUnits.Lot(1)), units.MatterOf(SupplyChainUnits.Lot(2)));
        CommitUnit[] malformed =
        [
            sound with { Entries = [] },
            sound with { Entries = [sound.Entries[1], sound.Entries[0]] },
            sound with { Entries = [sound.Entries[0]] },
            sound with { TimeMs = -1 },
            sound with { Claims = [sound.Claims[0], sound.Claims[0]] },
            sound with { Claims = [new Claim(Hash256.Zero, 2)] },
            sound with { Entries = [sound.Entries[0] with { Entity = default }, sound.Entries[1]] },
            sound with { Entries = [sound.Entries[0] with { Entity = SupplyChainUnits.Lot(3) }, sound.Entries[1]] },
            sound with { Entries = [sound.Entries[0] with { EntryType = "" }, sound.Entries[1]] },
            sound with { Entries = [sound.Entries[0] with { Role = "\uD800" }, sound.Entries[1]] },
        ];
        foreach (var unit in malformed)
        {
            await Assert.ThrowsAsync<ArgumentException>(
                async () => await Store.Writer.AppendAsync(unit, null, default));
        }

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Store.Writer.AppendAsync(sound, [null], default));
        Assert.Equal(0, Store.Reader.Committed);
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_the_store_goes_on()
    {
        var units = new SupplyChainUnits(11);
        var book = new JournalBook();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var unit = book.Copy().Write(1, 1000, units.MatterOf(SupplyChainUnits.Lot(1)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.Writer.AppendAsync(unit, null, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.Index.QueryAsync(new MatterQuery { Limit = 1 }, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.Reader.WaitForCommitAsync(10, cancelled.Token));
        Assert.Equal(0, await CommitAsync(book.Write(2, 1000, units.MatterOf(SupplyChainUnits.Lot(1)))));
    }

    [Fact]
    public async Task Waiting_for_a_commit_ends_when_the_ordinal_is_there()
    {
        var units = new SupplyChainUnits(12);
        var book = new JournalBook();
        var wait = Store.Reader.WaitForCommitAsync(1, default);
        await CommitAsync(book.Write(1, 1000, units.MatterOf(SupplyChainUnits.Lot(1))));
        Assert.False(wait.IsCompleted);
        await CommitAsync(book.Write(2, 1000, units.MatterOf(SupplyChainUnits.Lot(1))));
        await wait;
        await Store.Reader.WaitForCommitAsync(0, default);
    }

    [Fact]
    public async Task A_unit_is_found_by_its_id_with_its_note()
    {
        var units = new SupplyChainUnits(13);
        var book = new JournalBook();
        await CommitAsync(units.Next(book, 5));
        var unit = units.Next(book, 5);
        var first = await CommitAsync(unit);
        var found = await Store.Reader.FindUnitAsync(unit.Id, default);
        Assert.NotNull(found);
        Assert.Equal((unit.Id, unit.TimeMs, first, unit.Entries.Count),
            (found.Id, found.TimeMs, found.FirstOrdinal, found.EntryCount));
        Assert.True(unit.Note.Span.SequenceEqual(found.Note.Span));
        Assert.Null(await Store.Reader.FindUnitAsync(unit.Id + 1, default));
    }

    protected async Task<long> CommitAsync(CommitUnit unit)
    {
        var outcome = await Store.Writer.AppendAsync(unit, null, default);
        return Assert.IsType<AppendOutcome.Committed>(outcome).FirstOrdinal;
    }

    private async Task ReopenAsync()
    {
        await Store.CloseAsync();
        _open.Add(await OpenAsync());
    }
}
