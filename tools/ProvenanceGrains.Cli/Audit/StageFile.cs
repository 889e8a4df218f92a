using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>What a sealing in progress was about to write: <c>chain/stage</c> (docs/formats.md).</summary>
internal sealed record StageFile(byte[] Checkpoint, long Height, byte[] BlockRecord, IReadOnlyDictionary<string, byte[]> Files)
{
    private static ReadOnlySpan<byte> Magic => "PGSTAGE1"u8;

    /// <summary>Reads a stage; null for one that is not whole: a crash while it was written.</summary>
    public static StageFile? Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.Length - SHA256.HashSizeInBytes;
        if (end < Magic.Length || !bytes.StartsWith(Magic) || !SHA256.HashData(bytes[..end]).AsSpan().SequenceEqual(bytes[end..]))
        {
            return null;
        }

        var rest = bytes[Magic.Length..end];
        if (!TryTake(ref rest, out var checkpoint) || rest.Length < 8)
        {
            return null;
        }

        var height = BinaryPrimitives.ReadInt64BigEndian(rest);
        rest = rest[8..];
        if (!TryTake(ref rest, out var record) || rest.Length < 4)
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[4..];
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            if (!TryTake(ref rest, out var path) || !TryTake(ref rest, out var content))
            {
                return null;
            }

            files[Encoding.UTF8.GetString(path)] = content;
        }

        return rest.IsEmpty ? new StageFile(checkpoint, height, record, files) : null;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out byte[] bytes)
    {
        bytes = [];
        if (rest.Length < 4 || BinaryPrimitives.ReadInt32BigEndian(rest) is var length && (length < 0 || length > rest.Length - 4))
        {
            return false;
        }

        bytes = rest.Slice(4, length).ToArray();
        rest = rest[(4 + length)..];
        return true;
    }
}

/// <summary>A log's files with those of a committed stage where they have not been written yet.</summary>
internal sealed class StagedLogSource(FolderLogSource written, StageFile stage) : ILogSource
{
    public string Prefix => written.Prefix;

    public Task<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => Task.FromResult<byte[]?>(stage.Checkpoint);

    public Task<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) => written.ReadFileAsync(path, cancellation);

    public async Task<byte[]?> ReadAsync(TilePath path, CancellationToken cancellation) =>
        await written.ReadAsync(path, cancellation) ?? stage.Files.GetValueOrDefault(path.ToString());
}
