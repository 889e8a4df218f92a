using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Query.Proofs;

namespace ProvenanceGrains.Api.Tests.Reading;

public sealed class BundlesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("01/a", BundleState.Complete, 6)]
    [InlineData("01/b", BundleState.Complete, 12)]
    [InlineData("01/unknown", BundleState.Absent, 0)]
    public async Task A_bundle_is_everything_and_verifies(string key, BundleState state, int entries)
    {
        var log = await LogAsync(blocks: 6);

        var bundle = await MakeAsync(log, SmallLog.Lot(key));

        Assert.Equal(entries, bundle.Subject.Entries.Count);
        AssertState(state, log, bundle);
    }

    [Fact]
    public async Task Entries_that_wait_for_their_block_are_not_in_it()
    {
        var log = await LogAsync(blocks: 2);
        await log.AppendAsync("01/a");

        var bundle = await MakeAsync(log, SmallLog.Lot("01/a"));

        Assert.Equal(2, bundle.Subject.Entries.Count);
        AssertState(BundleState.Complete, log, bundle);
    }

    [Fact]
    public async Task The_sealers_own_journal_is_complete()
    {
        var log = await LogAsync(blocks: 5);

        var bundle = await MakeAsync(log, EntityId.Create(BlockContent.EntityKind, SmallLog.Origin));

        Assert.Equal(5, bundle.Subject.Entries.Count);
        AssertState(BundleState.Complete, log, bundle);
    }

    [Fact]
    public async Task Each_further_block_is_followed()
    {
        var log = new SmallLog();
        for (var i = 1; i <= 20; i++)
        {
            await log.AppendAsync("01/a");
            await log.SealAsync();
            var bundle = await MakeAsync(log, SmallLog.Lot("01/a"));
            Assert.Equal(i, bundle.Subject.Entries.Count);
            AssertState(BundleState.Complete, log, bundle);
        }
    }

    [Fact]
    public async Task A_log_without_a_block_proves_nothing()
    {
        var log = new SmallLog();
        await log.AppendAsync("01/a");
        Assert.IsType<BundleOutcome.NoBlock>(await log.Bundles.MakeAsync(SmallLog.Lot("01/a"), None));
    }

    [Fact]
    public async Task A_long_journal_shares_its_nodes()
    {
        var log = await LogAsync(blocks: 100);

        var bundle = await MakeAsync(log, SmallLog.Lot("01/a"));

        Assert.Equal(100, bundle.Subject.Entries.Count);
        Assert.InRange(bundle.Nodes.Count, 1, 400);
        AssertState(BundleState.Complete, log, bundle);
    }

    private static void AssertState(BundleState state, SmallLog log, Bundle bundle)
    {
        var verdict = OfflineVerifier.VerifyBundle(BundleJson.Write(bundle), log.Vkey);
        Assert.True(verdict.State == state, verdict.Verdict.ToString());
    }

    private static async Task<Bundle> MakeAsync(SmallLog log, EntityId entity) =>
        Assert.IsType<BundleOutcome.Made>(await log.Bundles.MakeAsync(entity, None)).Bundle;

    /// <summary>In each block one entry for a and two for b.</summary>
    private static async Task<SmallLog> LogAsync(int blocks)
    {
        var log = new SmallLog();
        for (var i = 0; i < blocks; i++)
        {
            await log.AppendAsync("01/a");
            await log.AppendAsync("01/b");
            await log.AppendAsync("01/b");
            await log.SealAsync();
        }

        return log;
    }
}
