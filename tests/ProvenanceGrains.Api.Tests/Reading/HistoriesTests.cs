using System.Text;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Query.Proofs;

namespace ProvenanceGrains.Api.Tests.Reading;

public sealed class HistoriesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_whole_journal_verifies_offline()
    {
        var log = await LogAsync(blocks: 40);
        var part = (await log.Histories.ReadAsync(SmallLog.Lot("01/a"), 0, Histories.MaxEntries, None))!;
        Assert.Equal(new JournalExtent(40, 40), part.Extent);
        Assert.Equal(40, part.History!.Total);
        var verdict = OfflineVerifier.VerifyHistory(HistoryJson.Write(part.History), log.Vkey);
        Assert.True(verdict.IsSound, verdict.ToString());
    }

    [Fact]
    public async Task Parts_join_into_the_whole()
    {
        var log = await LogAsync(blocks: 25);
        var entries = new List<HistoryEntry>();
        History? last = null;
        while (entries.Count < 25)
        {
            last = (await log.Histories.ReadAsync(SmallLog.Lot("01/a"), entries.Count, 7, None))!.History!;
            Assert.InRange(last.Entries.Count, 1, 7);
            entries.AddRange(last.Entries);
        }

        var verdict = OfflineVerifier.VerifyHistory(HistoryJson.Write(last! with { Entries = entries }), log.Vkey);
        Assert.True(verdict.IsSound, verdict.ToString());
    }

    [Fact]
    public async Task A_part_does_not_pass_for_the_whole()
    {
        var log = await LogAsync(blocks: 9);
        var part = (await log.Histories.ReadAsync(SmallLog.Lot("01/a"), 0, 8, None))!.History!;
        Assert.False(OfflineVerifier.VerifyHistory(HistoryJson.Write(part), log.Vkey).IsSound);
    }

    [Fact]
    public async Task Entries_that_wait_for_their_block_are_left_out()
    {
        var log = await LogAsync(blocks: 3);
        await log.AppendAsync("01/a", "01/a", "01/b");
        var part = (await log.Histories.ReadAsync(SmallLog.Lot("01/a"), 0, 100, None))!;
        Assert.Equal(new JournalExtent(5, 3), part.Extent);
        Assert.Equal(3, part.History!.Entries.Count);
        Assert.True(OfflineVerifier.VerifyHistory(HistoryJson.Write(part.History), log.Vkey).IsSound);
        var beyond = (await log.Histories.ReadAsync(SmallLog.Lot("01/a"), 4, 100, None))!;
        Assert.Empty(beyond.History!.Entries);
    }

    [Fact]
    public async Task A_log_without_a_block_has_a_journal_but_no_history()
    {
        var log = new SmallLog();
        await log.AppendAsync("01/a");
        var part = (await log.Histories.ReadAsync(SmallLog.Lot("01/a"), 0, 10, None))!;
        Assert.Null(part.History);
        Assert.Equal(new JournalExtent(1, 0), part.Extent);
    }

    [Fact]
    public async Task An_unknown_entity_has_no_journal()
    {
        var log = await LogAsync(blocks: 1);
        Assert.Null(await log.Histories.ReadAsync(SmallLog.Lot("01/unknown"), 0, 10, None));
        Assert.Null(await log.Histories.ReadAsync(EntityId.Create("chain", "another.example/log"), 0, 10, None));
    }

    [Fact]
    public async Task The_sealers_own_journal_verifies_like_any_other()
    {
        var log = await LogAsync(blocks: 12);
        var chain = EntityId.Create(BlockContent.EntityKind, SmallLog.Origin);
        var part = (await log.Histories.ReadAsync(chain, 0, Histories.MaxEntries, None))!;
        Assert.Equal(12, part.History!.Entries.Count);
        var verdict = OfflineVerifier.VerifyHistory(HistoryJson.Write(part.History), log.Vkey);
        Assert.True(verdict.IsSound, verdict.ToString());
        Assert.True(BlockContent.TryParse(part.History.Entries[11].Groups[3].Content.Span, out var block, out var error), error);
        Assert.Equal(11, block.Height);
    }

    [Fact]
    public async Task A_changed_payload_does_not_verify()
    {
        var log = await LogAsync(blocks: 4);
        var history = (await log.Histories.ReadAsync(SmallLog.Lot("01/a"), 0, 10, None))!.History!;
        var text = Encoding.UTF8.GetString(HistoryJson.Write(history));
        var content = Convert.ToBase64String(history.Entries[2].Groups[3].Content.Span);
        var forged = Convert.ToBase64String(Encoding.UTF8.GetBytes("another matter"));
        var verdict = OfflineVerifier.VerifyHistory(
            Encoding.UTF8.GetBytes(text.Replace(content, forged, StringComparison.Ordinal)), log.Vkey);
        Assert.False(verdict.IsSound);
    }

    /// <summary>One entry for a and some for b in every block.</summary>
    private static async Task<SmallLog> LogAsync(int blocks)
    {
        var log = new SmallLog();
        for (var i = 0; i < blocks; i++)
        {
            await log.AppendAsync(["01/a", .. Enumerable.Repeat("01/b", i % 4)]);
            await log.SealAsync();
        }

        return log;
    }
}
