using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Memory;
using Xunit;

namespace ProvenanceGrains.TestKit.Storage;

public abstract partial class JournalStoreContract
{
    private const int Lots = 25;

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    public async Task Every_question_has_the_answer_of_the_reference_store(int seed)
    {
        var units = new SupplyChainUnits(seed);
        var book = new JournalBook();
        var reference = new MemoryStore(TextMatterProjector.Instance);
        for (var i = 0; i < 120; i++)
        {
            var unit = units.Next(book, Lots);
            await CommitAsync(unit);
            await reference.AppendAsync(unit, null, default);
            if (i % 40 == 39)
            {
                await CompareAsync(reference, units);
                await ReopenAsync();
            }
        }

        await CompareAsync(reference, units);
    }

    [Fact]
    public async Task Pages_join_to_the_whole_and_do_not_shift_while_others_write()
    {
        var units = new SupplyChainUnits(110);
        var book = new JournalBook();
        for (var i = 0; i < 60; i++)
        {
            await CommitAsync(units.Next(book, Lots));
        }

        var query = new MatterQuery { Entities = [SupplyChainUnits.Lot(1), SupplyChainUnits.Lot(2)], Limit = 1000 };
        var whole = await Store.Index.QueryAsync(query, default);
        var below = Store.Reader.Committed;
        var pages = new List<long>();
        while (true)
        {
            var page = await Store.Index.QueryAsync(
                query with { Limit = 3, Below = below, After = pages.Count == 0 ? null : pages[^1] }, default);
            pages.AddRange(page.Select(m => m.FirstOrdinal));
            if (page.Count < 3)
            {
                break;
            }

            await CommitAsync(units.Next(book, Lots));
        }

        Assert.Equal(whole.Select(m => m.FirstOrdinal), pages);
    }

    [Fact]
    public async Task A_read_sees_every_unit_that_was_acknowledged_before_it()
    {
        var units = new SupplyChainUnits(111);
        var book = new JournalBook();
        var lot = SupplyChainUnits.Lot(1);
        for (var i = 0; i < 50; i++)
        {
            var draft = units.MatterOf(lot);
            var unit = book.Write((UInt128)(uint)(i + 1), 1000 + i, draft);
            var ordinal = await CommitAsync(unit);
            Assert.Equal(i + 1, Store.Reader.Committed);
            Assert.Equal(book.HeadOf(lot), await Store.Reader.GetHeadAsync(lot, default));
            Assert.NotNull(await Store.Reader.ReadEntryAsync(ordinal, default));
            Assert.Equal(ordinal, (await Store.Index.FindByClaimAsync(draft.Claims[0], default))!.FirstOrdinal);
            Assert.Equal(i + 1, (await Store.Index.QueryAsync(
                new MatterQuery { Entities = [lot], Limit = 1000 }, default)).Count);
            Assert.Single(await Store.Reader.ReadJournalAsync(lot, i, 1000, default));
            Assert.Equal(unit.Entries[0].Header, (await Store.Reader.ReadHeadersAsync(i, 1, default))[0]);
            Assert.NotNull(await Store.Reader.FindUnitAsync(unit.Id, default));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_page_has_1_to_1000_rows(int limit)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await Store.Index.QueryAsync(new MatterQuery { Limit = limit }, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await Store.Reader.ReadJournalAsync(SupplyChainUnits.Lot(1), 0, limit, default));
    }

    [Theory]
    [InlineData(121)]
    [InlineData(122)]
    [InlineData(123)]
    public async Task Many_writers_that_race_for_the_same_journals_leave_a_legal_history(int seed)
    {
        const int Writers = 8;
        const int Rounds = 25;
        var acknowledged = new List<(Ledger.Units.CommitUnit Unit, long First)>();
        async Task WriteAsync(int writer)
        {
            var units = new SupplyChainUnits((seed * 100) + writer);
            for (var round = 0; round < Rounds; round++)
            {
                var book = new JournalBook();
                for (var lot = 0; lot < 6; lot++)
                {
                    var entity = SupplyChainUnits.Lot(lot);
                    book.SetHead(entity, await Store.Reader.GetHeadAsync(entity, default));
                }

                var unit = units.Next(book, 6);
                if (await Store.Writer.AppendAsync(unit, null, default) is AppendOutcome.Committed committed)
                {
                    lock (acknowledged)
                    {
                        acknowledged.Add((unit, committed.FirstOrdinal));
                    }
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))));
        await ReopenAsync();
        var entries = await StoreChecker.CheckAsync(Store.Reader);
        Assert.All(acknowledged, a => StoreChecker.Holds(entries, a.Unit, a.First));
        Assert.Equal(acknowledged.Sum(a => a.Unit.Entries.Count), entries.Count);
    }

    [Fact]
    public async Task Long_journals_are_read_from_any_sequence()
    {
        var units = new SupplyChainUnits(130);
        var book = new JournalBook();
        var lot = SupplyChainUnits.Lot(1);
        for (var i = 0; i < 10; i++)
        {
            await CommitAsync(book.Write((UInt128)(uint)(i + 1), 1000, Enumerable.Range(0, 150)
                .Select(k => units.Matter([new Part(lot, "epc"), new Part(SupplyChainUnits.Lot(2 + (k % 3)), "parent")]))
                .ToList()));
        }

        foreach (var from in new[] { 0, 1, 255, 256, 257, 700, 1024, 1498, 1499, 1500, 5000 })
        {
            var page = await Store.Reader.ReadJournalAsync(lot, from, 3, default);
            Assert.Equal(
                Enumerable.Range(from, 3).Where(s => s < 1500).Select(s => (long)s), page.Select(e => e.Header.Sequence));
            Assert.All(page, e => Assert.Equal(lot, e.Entity));
        }
    }

    private async Task CompareAsync(MemoryStore reference, SupplyChainUnits random)
    {
        foreach (var query in Questions(random, reference.Committed))
        {
            var expected = await reference.QueryAsync(query, default);
            var actual = await Store.Index.QueryAsync(query, default);
            Assert.Equal(
                expected.Select(m => (m.FirstOrdinal, m.EntryCount, m.RecordTimeMs, m.UnitId)),
                actual.Select(m => (m.FirstOrdinal, m.EntryCount, m.RecordTimeMs, m.UnitId)));
            Assert.All(expected.Zip(actual), p => Assert.True(p.First.Content.Span.SequenceEqual(p.Second.Content.Span)));
        }

        string[][] roles = [["epc"], ["input", "output"], ["parent", "child", "epc", "input", "output"], [], ["none"]];
        for (var i = 0; i < 40; i++)
        {
            var entities = Enumerable.Range(0, random.Next(6)).Select(_ => Lot(random)).ToHashSet();
            var own = roles[random.Next(roles.Length)];
            var other = roles[random.Next(roles.Length)];
            var limit = 1 + random.Next(60);
            Assert.Equal(
                await reference.FindRelatedAsync(entities, own, other, limit, default),
                await Store.Index.FindRelatedAsync(entities, own, other, limit, default));
        }
    }

    private static EntityId Lot(SupplyChainUnits random) => SupplyChainUnits.Lot(random.Next(Lots + 2));

    private static IEnumerable<MatterQuery> Questions(SupplyChainUnits random, long committed)
    {
        var all = new MatterQuery { Limit = 1000 };
        yield return all;
        yield return all with { Entities = [] };
        yield return all with { MatterTypes = ["ObjectEvent"] };
        yield return all with { Actions = ["ADD", "DELETE"] };
        yield return all with { BizSteps = ["shipping"] };
        yield return all with { BizSteps = ["no such step"] };
        yield return all with { Dispositions = ["active"], ReadPoints = ["414/1", "414/2"] };
        yield return all with { BizLocations = ["414/3"] };
        for (var i = 0; i < 60; i++)
        {
            var from = 1_600_000_000_000 + (random.Next(400) * 1000);
            var recorded = 1_700_000_000_000 + random.Next(100_000);
            yield return new MatterQuery
            {
                Limit = 1 + random.Next(40),
                Entities = random.Next(3) == 0 ? null : [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Lot(random))],
                Roles = random.Next(2) == 0 ? null : random.Next(2) == 0 ? ["epc", "parent"] : ["input"],
                BizSteps = random.Next(3) == 0 ? ["shipping", "receiving"] : null,
                Actions = random.Next(4) == 0 ? ["OBSERVE"] : null,
                FromTimeMs = random.Next(3) == 0 ? from : null,
                BeforeTimeMs = random.Next(3) == 0 ? from + 50_000 : null,
                FromRecordTimeMs = random.Next(4) == 0 ? recorded : null,
                BeforeRecordTimeMs = random.Next(4) == 0 ? recorded + 30_000 : null,
                After = random.Next(3) == 0 ? random.Next((int)committed) : null,
                Below = random.Next(3) == 0 ? random.Next((int)committed) : null,
            };
        }
    }
}
