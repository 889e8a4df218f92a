using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Storage.Tests.Sealing;

public sealed class LogReadingTests
{
    private static readonly TilePath Partial = new(0, 3, 7);

    private readonly Files _log = new();

    [Fact]
    public async Task A_partial_tile_that_is_gone_is_read_out_of_the_full_one()
    {
        _log[Partial.Full] = new byte[Partial.Full.ContentLength];
        var (read, content) = await _log.ReadTileAsync(Partial, default);
        Assert.Equal(Partial.Full, read);
        Assert.Equal(Partial.Full.ContentLength, content.Length);

        _log[Partial] = new byte[Partial.ContentLength];
        Assert.Equal(Partial, (await _log.ReadTileAsync(Partial, default)).Read);
        Assert.Equal(Partial.ContentLength, (await _log.ReadHashTileAsync(Partial, default)).Length);
    }

    [Fact]
    public async Task What_is_missing_too_short_or_damaged_is_named()
    {
        Assert.Contains(
            $"log/{Partial} is missing", (await Assert.ThrowsAsync<InvalidDataException>(async () => await _log.ReadTileAsync(Partial, default))).Message, StringComparison.Ordinal);
        _log[Partial.Full] = new byte[Partial.ContentLength - 1];
        Assert.Contains(
            $"log/{Partial} has", (await Assert.ThrowsAsync<InvalidDataException>(async () => await _log.ReadHashTileAsync(Partial, default))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "no block 1", (await Assert.ThrowsAsync<InvalidDataException>(async () => await _log.ReadBlockRecordAsync(1, default))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "block 0: ", (await Assert.ThrowsAsync<InvalidDataException>(async () => await _log.ReadBlockRecordAsync(0, default))).Message, StringComparison.Ordinal);
    }

    /// <summary>Some files in memory, and one block that is none.</summary>
    private sealed class Files : ILogReader
    {
        private readonly Dictionary<string, byte[]> _files = [];

        public long BlockCount => 1;

        public byte[] this[TilePath path]
        {
            set => _files[path.ToString()] = value;
        }

        public ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => new((byte[]?)null);

        public ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) => new(_files.GetValueOrDefault(path));

        public ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation) => new(height == 0 ? new byte[3] : null);
    }
}
