using ProvenanceGrains.Storage.Sealing;
using Xunit;

namespace ProvenanceGrains.TestKit.Sealing;

/// <summary>What every seal store must do.</summary>
public abstract class SealStoreContract
{
    private static readonly byte[] First = "first"u8.ToArray();
    private static readonly byte[] Second = "second"u8.ToArray();

    /// <summary>A store with nothing in it, for block records of 4 bytes.</summary>
    protected abstract ISealStore Create();

    /// <summary>The same store as a new process would open it.</summary>
    protected abstract ISealStore Reopen(ISealStore store);

    [Fact]
    public async Task An_empty_store_has_nothing()
    {
        var store = Create();
        Assert.Null(await store.ReadCommittedAsync(default));
        Assert.Null(await store.ReadCheckpointAsync(default));
        Assert.Null(await store.ReadStageAsync(default));
        Assert.Null(await store.ReadFileAsync("tile/0/000.p/1", default));
        Assert.Null(await store.ReadBlockAsync(0, default));
        Assert.Equal(0, store.BlockCount);
    }

    [Fact]
    public async Task Each_step_survives_a_restart()
    {
        var store = Create();
        var bundle = Bundle(First, 0, "aaaa"u8);
        await store.StageAsync(bundle, default);
        store = Reopen(store);
        var staged = await store.ReadStageAsync(default);
        Assert.NotNull(staged);
        Assert.Equal(bundle.Files[0].Content.ToArray(), staged.Files[0].Content.ToArray());
        Assert.Equal(bundle.Files[0].Path, staged.Files[0].Path);

        Assert.True(await store.CompareAndSwapAsync(null, First, default));
        store = Reopen(store);
        Assert.Equal(First, await store.ReadCommittedAsync(default));
        Assert.Null(await store.ReadCheckpointAsync(default));

        await store.ApplyAsync(staged, default);
        store = Reopen(store);
        Assert.Equal(1, store.BlockCount);
        Assert.Equal("aaaa"u8.ToArray(), await store.ReadBlockAsync(0, default));
        Assert.Equal([1, 2, 3], await store.ReadFileAsync("tile/0/000.p/1", default));

        await store.PublishAsync(First, default);
        await store.DropStageAsync(default);
        store = Reopen(store);
        Assert.Equal(First, await store.ReadCheckpointAsync(default));
        Assert.Null(await store.ReadStageAsync(default));
    }

    [Fact]
    public async Task The_swap_is_lost_by_whoever_expects_another_checkpoint()
    {
        var store = Create();
        await store.StageAsync(Bundle(First, 0, "aaaa"u8), default);
        Assert.True(await store.CompareAndSwapAsync(null, First, default));
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await store.StageAsync(Bundle(Second, 0, "bbbb"u8), default));
        Assert.Equal(First, (await store.ReadStageAsync(default))!.Checkpoint.ToArray());
        Assert.False(await store.CompareAndSwapAsync(null, Second, default));
        Assert.False(await store.CompareAndSwapAsync(Second, Second, default));
        Assert.Equal(First, await store.ReadCommittedAsync(default));
    }

    [Fact]
    public async Task Applying_again_changes_nothing()
    {
        var store = Create();
        var bundle = Bundle(First, 0, "aaaa"u8);
        await store.StageAsync(bundle, default);
        await store.CompareAndSwapAsync(null, First, default);
        await store.ApplyAsync(bundle, default);
        await store.ApplyAsync(bundle, default);
        Assert.Equal(1, store.BlockCount);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await store.ApplyAsync(bundle with { Height = 5 }, default));
    }

    [Fact]
    public async Task A_bundle_that_would_change_what_is_there_is_not_even_staged()
    {
        var store = Create();
        var bundle = Bundle(First, 0, "aaaa"u8);
        await store.StageAsync(bundle, default);
        await store.CompareAndSwapAsync(null, First, default);
        await store.ApplyAsync(bundle, default);
        await store.DropStageAsync(default);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await store.StageAsync(
            bundle with { Checkpoint = Second, Height = 1, Files = [new LogFile("tile/0/000.p/1", new byte[] { 9 })] }, default));
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await store.StageAsync(bundle with { Checkpoint = Second, BlockRecord = "cccc"u8.ToArray() }, default));
        Assert.Null(await store.ReadStageAsync(default));
    }

    [Fact]
    public async Task That_a_log_was_sealed_is_remembered()
    {
        var store = Create();
        Assert.False(await store.WasSealedAsync(default));
        await store.StageAsync(Bundle(First, 0, "aaaa"u8), default);
        Assert.False(await Reopen(store).WasSealedAsync(default));
        store = Reopen(store);
        await store.CompareAndSwapAsync(null, First, default);
        Assert.True(await Reopen(store).WasSealedAsync(default));
    }

    /// <summary>A bundle of one tile.</summary>
    protected static SealBundle Bundle(byte[] checkpoint, long height, ReadOnlySpan<byte> record) =>
        new(checkpoint, height, record.ToArray(), [new LogFile("tile/0/000.p/1", new byte[] { 1, 2, 3 })]);
}
