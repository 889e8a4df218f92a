using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.Grains.Tests.Sealing;

public sealed class MemorySealStoreTests : SealStoreContract
{
    protected override ISealStore Create() => new MemorySealStore();

    protected override ISealStore Reopen(ISealStore store) => store;
}

public sealed class FileSealStoreTests : SealStoreContract, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-seal-");
    private FileSealStore? _open;

    public void Dispose()
    {
        _open?.Dispose();
        _folder.Delete(recursive: true);
    }

    protected override ISealStore Create() => _open = new FileSealStore(_folder.FullName, 4);

    protected override ISealStore Reopen(ISealStore store)
    {
        _open?.Dispose();
        return Create();
    }

    [Theory]
    [InlineData("../log.key")]
    [InlineData("tile/../../log.key")]
    [InlineData("tile//0/000")]
    [InlineData("checkpoint")]
    [InlineData("tile/0/000/")]
    [InlineData("/etc/passwd")]
    [InlineData("tile/0/\0")]
    public async Task Only_tiles_can_be_read(string path)
    {
        var store = Create();
        File.WriteAllText(Path.Combine(_folder.FullName, "log.key"), "secret");
        Assert.Null(await store.ReadFileAsync(path, default));
    }

    [Fact]
    public async Task A_torn_stage_is_none()
    {
        var store = Create();
        await store.StageAsync(Bundle([1], 0, "aaaa"u8), default);
        var path = Path.Combine(_folder.FullName, "chain", "stage");
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Null(await store.ReadStageAsync(default));
        }

        for (var i = 0; i < whole.Length; i++)
        {
            var flipped = (byte[])whole.Clone();
            flipped[i] ^= 0x20;
            File.WriteAllBytes(path, flipped);
            Assert.Null(await store.ReadStageAsync(default));
        }
    }

    [Fact]
    public async Task Files_that_a_crash_left_in_part_are_written_anew_from_the_stage()
    {
        var store = Create();
        var bundle = Bundle([1], 0, "aaaa"u8);
        await store.StageAsync(bundle, default);
        await store.CompareAndSwapAsync(null, bundle.Checkpoint, default);
        var tile = Path.Combine(_folder.FullName, "log", "tile", "0", "000.p", "1");
        Directory.CreateDirectory(Path.GetDirectoryName(tile)!);
        foreach (var torn in (byte[][])[[], [1], [0, 0, 0]])
        {
            File.WriteAllBytes(tile, torn);
            await store.ApplyAsync(bundle, default);
            Assert.Equal([1, 2, 3], await store.ReadFileAsync("tile/0/000.p/1", default));
        }
    }

    [Fact]
    public async Task A_torn_block_record_is_written_again()
    {
        var store = Create();
        var bundle = Bundle([1], 0, "aaaa"u8);
        await store.StageAsync(bundle, default);
        await store.CompareAndSwapAsync(null, bundle.Checkpoint, default);
        File.WriteAllBytes(Path.Combine(_folder.FullName, "chain", "blocks.bin"), "aa"u8.ToArray());
        store = Reopen(store);
        Assert.Equal(0, store.BlockCount);
        await store.ApplyAsync(bundle, default);
        Assert.Equal("aaaa"u8.ToArray(), await store.ReadBlockAsync(0, default));
    }
}
