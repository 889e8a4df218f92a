namespace ProvenanceGrains.Storage.Sealing;

/// <summary>A file of the public log, relative to its root, with forward slashes: <c>tile/0/x001/234</c>.</summary>
/// <param name="Path">As C2SP tlog-tiles has it.</param>
/// <param name="Content">Never changes once written.</param>
public readonly record struct LogFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>Everything that sealing one block will write, before any of it is written.</summary>
/// <param name="Checkpoint">The signed checkpoint that the block leads to; its bytes name the bundle.</param>
/// <param name="Height">The block's height.</param>
/// <param name="BlockRecord">Fixed-size record of the block.</param>
/// <param name="Files">New tiles and entry bundles, partial ones included.</param>
public sealed record SealBundle(
    ReadOnlyMemory<byte> Checkpoint,
    long Height,
    ReadOnlyMemory<byte> BlockRecord,
    IReadOnlyList<LogFile> Files);

/// <summary>What queries read of the public log. Cannot write.</summary>
public interface ILogReader
{
    /// <summary>The published checkpoint, a signed note; null before the first block.</summary>
    ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation);

    /// <summary>A tile or entry bundle; null if there is none at that path. The path is checked, not trusted.</summary>
    ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation);

    /// <summary>A part of a tile or entry bundle: as many bytes as there are from an offset on, up to the destination's length.</summary>
    /// <returns>The number of bytes read; null if there is no file at that path.</returns>
    async ValueTask<int?> ReadFilePartAsync(string path, int offset, Memory<byte> destination, CancellationToken cancellation)
    {
        if (await ReadFileAsync(path, cancellation) is not { } content)
        {
            return null;
        }

        var part = content.AsMemory(Math.Min(offset, content.Length));
        part = part[..Math.Min(part.Length, destination.Length)];
        part.CopyTo(destination);
        return part.Length;
    }

    /// <summary>The number of block records that are written; published ones are never more.</summary>
    long BlockCount { get; }

    /// <summary>The record of one block; null if the height is not written.</summary>
    ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation);
}

/// <summary>What the sealer keeps: one staged bundle, the committed checkpoint, the public log.</summary>
/// <remarks>
/// <para>The protocol (the order is the point): <see cref="StageAsync"/>, <see cref="CompareAndSwapAsync"/> - the commit point -,
/// <see cref="ApplyAsync"/>, <see cref="PublishAsync"/>, <see cref="DropStageAsync"/>. Each is durable when it returns. A crash before the
/// swap leaves a stage that no checkpoint names: it is dropped. A crash after it leaves one that does: it is applied
/// again, which gives the same bytes.</para>
/// <para>Fencing: of two sealers, one loses the swap and has written nothing but its stage.</para>
/// </remarks>
public interface ISealStore : ILogReader
{
    /// <summary>The committed checkpoint; null for a log that has no block.</summary>
    ValueTask<byte[]?> ReadCommittedAsync(CancellationToken cancellation);

    /// <summary>
    /// Whether a checkpoint was ever committed here. It outlives the loss of <c>chain/</c> and <c>log/</c>: a log that was sealed once must not
    /// begin anew under the same key.
    /// </summary>
    ValueTask<bool> WasSealedAsync(CancellationToken cancellation);

    /// <summary>Writes the bundle as the one stage, in place of any other.</summary>
    /// <exception cref="InvalidDataException">
    /// A file or block of the bundle is there already with other bytes. Nothing that was ever public changes: this is where a
    /// bundle that would change it ends, before the commit point. Nor is a committed stage replaced before it was dropped.
    /// </exception>
    ValueTask StageAsync(SealBundle bundle, CancellationToken cancellation);

    /// <summary>The staged bundle; null if there is none or it is incomplete (a crash while it was written).</summary>
    ValueTask<SealBundle?> ReadStageAsync(CancellationToken cancellation);

    /// <summary>Makes <paramref name="next"/> the committed checkpoint if <paramref name="expected"/> still is (null: none yet).</summary>
    /// <returns>False, with nothing changed, if another checkpoint is committed.</returns>
    ValueTask<bool> CompareAndSwapAsync(
        ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> next, CancellationToken cancellation);

    /// <summary>Writes the committed bundle's files and its block record. Idempotent; what a crash left in part is written anew.</summary>
    /// <exception cref="InvalidDataException">The block does not follow the last one.</exception>
    ValueTask ApplyAsync(SealBundle bundle, CancellationToken cancellation);

    /// <summary>Makes a checkpoint public, atomically.</summary>
    ValueTask PublishAsync(ReadOnlyMemory<byte> checkpoint, CancellationToken cancellation);

    /// <summary>Removes the stage.</summary>
    ValueTask DropStageAsync(CancellationToken cancellation);
}
