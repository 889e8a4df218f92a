using System.Buffers;
using Microsoft.Win32.SafeHandles;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Storage.Files;

namespace ProvenanceGrains.Storage.Sealing;

/// <summary>The seal store in the data folder: <c>chain/</c> and <c>log/</c> (docs/formats.md).</summary>
/// <remarks>
/// One process at a time: the journal store's lock on the data folder keeps a second out, so the swap needs to fence only the
/// sealers of this one.
/// </remarks>
public sealed class FileSealStore : ISealStore, IDisposable
{
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789./-");

    private readonly string _log;
    private readonly string _chain;
    private readonly string _mark;
    private readonly string? _anchor;
    private readonly int _recordSize;
    private readonly SafeFileHandle _blocks;
    private readonly Lock _swap = new();
    private long _blockCount;

    /// <param name="dataFolder">The data folder; made if it is not there.</param>
    /// <param name="blockRecordSize">Size of every block record, in bytes: <see cref="BlockRecord.SizeOf"/> of the log's index rule.</param>
    /// <param name="anchor">A file on another disk to which each committed checkpoint goes; null for none.</param>
    /// <exception cref="InvalidDataException">The folder's blocks are of another size: the log has another index rule.</exception>
    /// <exception cref="IOException">The anchor cannot be written.</exception>
    public FileSealStore(string dataFolder, int blockRecordSize, string? anchor = null)
    {
        _log = Path.Combine(dataFolder, "log");
        _chain = Path.Combine(dataFolder, "chain");
        _mark = Path.Combine(dataFolder, "sealed");
        _recordSize = blockRecordSize;
        _anchor = anchor;
        Directory.CreateDirectory(_log);
        Directory.CreateDirectory(_chain);
        DurableFile.SyncFolder(dataFolder);
        _blocks = File.OpenHandle(
            Path.Combine(_chain, "blocks.bin"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        DurableFile.SyncFolder(_chain);

        RefuseOtherSize();

        if (anchor is not null && File.Exists(CommittedPath))
        {
            // It may be missing, or behind by a crash.
            WriteAnchor(File.ReadAllBytes(CommittedPath));
        }

        // A torn last record is not counted: the stage that led to it is still there and writes it again.
        _blockCount = RandomAccess.GetLength(_blocks) / _recordSize;
    }

    public long BlockCount => Interlocked.Read(ref _blockCount);

    private string CommittedPath => Path.Combine(_chain, "checkpoint");

    private string PublishedPath => Path.Combine(_log, "checkpoint");

    private string StagePath => Path.Combine(_chain, "stage");

    public void Dispose() => _blocks.Dispose();

    public ValueTask<byte[]?> ReadCommittedAsync(CancellationToken cancellation) => ReadAsync(CommittedPath, cancellation);

    public ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => ReadAsync(PublishedPath, cancellation);

    public ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        return IsLogPath(path) ? ReadAsync(Path.Combine(_log, path), cancellation) : ValueTask.FromResult<byte[]?>(null);
    }

    public ValueTask<int?> ReadFilePartAsync(string path, int offset, Memory<byte> destination, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ValueTask.FromResult(IsLogPath(path) ? Open(Path.Combine(_log, path), file => (int?)RandomAccess.Read(file, destination.Span, offset)) : null);
    }

    public ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation)
    {
        if (height < 0 || height >= BlockCount)
        {
            return ValueTask.FromResult<byte[]?>(null);
        }

        var record = new byte[_recordSize];
        var read = RandomAccess.Read(_blocks, record, height * _recordSize);
        return read == _recordSize
            ? ValueTask.FromResult<byte[]?>(record)
            : throw new InvalidDataException($"chain/blocks.bin ends within block {height}.");
    }

    public ValueTask<bool> WasSealedAsync(CancellationToken cancellation) => ValueTask.FromResult(File.Exists(_mark));

    public ValueTask StageAsync(SealBundle bundle, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        RefuseContradictions(bundle);
        DurableFile.Replace(StagePath, SealBundleCodec.Encode(bundle));
        return ValueTask.CompletedTask;
    }

    public async ValueTask<SealBundle?> ReadStageAsync(CancellationToken cancellation) =>
        await ReadAsync(StagePath, cancellation) is { } bytes && SealBundleCodec.TryDecode(bytes, out var bundle)
            ? bundle
            : null;

    public ValueTask<bool> CompareAndSwapAsync(
        ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> next, CancellationToken cancellation) =>
        ValueTask.FromResult(Swap(expected, next.Span));

    public ValueTask ApplyAsync(SealBundle bundle, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(bundle);

        // After the commit and before all else: a failure or a crash leaves the anchor one behind, which is not a set-back, and the stage.
        // The block counts for nothing then until recovery has come through here.
        WriteAnchor(bundle.Checkpoint.Span);
        var paths = bundle.Files.Select(file => Path.Combine(_log, file.Path)).ToList();
        for (var i = 0; i < paths.Count; i++)
        {
            Write(bundle.Files[i], paths[i]);
        }

        WriteBlock(bundle.Height, bundle.BlockRecord.Span);
        DurableFile.SyncAll(_log, paths);
        DurableFile.Sync(_blocks);
        Interlocked.Exchange(ref _blockCount, Math.Max(BlockCount, bundle.Height + 1));
        DropSupersededPartials(bundle.Files);
        return ValueTask.CompletedTask;
    }

    public ValueTask PublishAsync(ReadOnlyMemory<byte> checkpoint, CancellationToken cancellation)
    {
        DurableFile.Replace(PublishedPath, checkpoint.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask DropStageAsync(CancellationToken cancellation)
    {
        File.Delete(StagePath);
        DurableFile.SyncFolder(_chain);
        return ValueTask.CompletedTask;
    }

    private void RefuseOtherSize()
    {
        Span<byte> prefix = stackalloc byte[BlockRecord.PrefixSize];
        if (RandomAccess.Read(_blocks, prefix, 0) == prefix.Length && BlockRecord.SizeByPrefix(prefix) != _recordSize)
        {
            _blocks.Dispose();
            throw new InvalidDataException(
                $"chain/blocks.bin does not hold blocks of {_recordSize} bytes: it is damaged, or the log has another index rule.");
        }
    }

    private bool Swap(ReadOnlyMemory<byte>? expected, ReadOnlySpan<byte> next)
    {
        lock (_swap)
        {
            var current = File.Exists(CommittedPath) ? File.ReadAllBytes(CommittedPath) : null;
            var same = current is null
                ? expected is null
                : expected is not null && expected.Value.Span.SequenceEqual(current);
            if (same)
            {
                // Before the first commit: a crash between the two leaves the stage, by which recovery knows that this was all.
                if (current is null && !File.Exists(_mark))
                {
                    DurableFile.Replace(_mark, "This folder holds a sealed log.\n"u8);
                }

                DurableFile.Replace(CommittedPath, next);
            }

            return same;
        }
    }

    private void WriteAnchor(ReadOnlySpan<byte> checkpoint)
    {
        if (_anchor is null)
        {
            return;
        }

        try
        {
            DurableFile.Replace(_anchor, checkpoint);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The anchor {_anchor} cannot be written: {failure.Message}", failure);
        }
    }

    private static bool IsLogPath(string path) =>
        path == "incarnation"
        || (path.StartsWith("tile/", StringComparison.Ordinal)
        && !path.AsSpan().ContainsAnyExcept(PathCharacters)
        && !path.Contains("..", StringComparison.Ordinal)
        && !path.Contains("//", StringComparison.Ordinal)
        && !path.EndsWith('/'));

    /// <remarks>
    /// Not asynchronous: the files are small and mostly in the page cache, where a hop to another thread and back takes longer than the read.
    /// </remarks>
    private static ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Open(path, file =>
        {
            var content = new byte[RandomAccess.GetLength(file)];
            var length = 0;
            while (length < content.Length && RandomAccess.Read(file, content.AsSpan(length), length) is var read and > 0)
            {
                length += read;
            }

            return length == content.Length ? content : content[..length];
        }));
    }

    /// <returns>The default if there is no such file.</returns>
    private static T? Open<T>(string path, Func<SafeFileHandle, T?> read)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return read(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return default;
        }
    }

    private void RefuseContradictions(SealBundle bundle)
    {
        if (File.Exists(StagePath)
            && SealBundleCodec.TryDecode(File.ReadAllBytes(StagePath), out var staged)
            && File.Exists(CommittedPath)
            && staged.Checkpoint.Span.SequenceEqual(File.ReadAllBytes(CommittedPath)))
        {
            throw new InvalidDataException("chain/stage holds a committed block that is not applied yet.");
        }

        foreach (var file in bundle.Files)
        {
            var path = Path.Combine(_log, file.Path);
            if (File.Exists(path) && !File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content.Span))
            {
                throw new InvalidDataException($"log/{file.Path} holds other bytes than the log's tree needs there.");
            }
        }

        var there = new byte[_recordSize];
        if (bundle.Height < BlockCount
            && (RandomAccess.Read(_blocks, there, bundle.Height * _recordSize) != _recordSize
                || !bundle.BlockRecord.Span.SequenceEqual(there)))
        {
            throw new InvalidDataException($"chain/blocks.bin holds another block {bundle.Height}.");
        }
    }

    /// <remarks>
    /// No rename: a crash leaves some of the files, and any of them in part. The stage is still there then, and its bundle
    /// is applied again. What is there whole is left alone: it may be public already, and somebody may be reading it.
    /// </remarks>
    private static void Write(LogFile file, string path)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        else if (File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content.Span))
        {
            return;
        }

        File.WriteAllBytes(path, file.Content.Span);
    }

    private void WriteBlock(long height, ReadOnlySpan<byte> record)
    {
        if (record.Length != _recordSize || height > BlockCount)
        {
            throw new InvalidDataException($"Block {height} of {record.Length} bytes does not follow block {BlockCount - 1}.");
        }

        RandomAccess.Write(_blocks, record, height * _recordSize);
    }

    /// <summary>Partial tiles may go once the full one is there (C2SP tlog-tiles, "Partial Tiles"): else they would outnumber it.</summary>
    private void DropSupersededPartials(IReadOnlyList<LogFile> files)
    {
        foreach (var file in files)
        {
            var partials = Path.Combine(_log, file.Path + ".p");
            if (Directory.Exists(partials))
            {
                Directory.Delete(partials, recursive: true);
            }
        }
    }
}
