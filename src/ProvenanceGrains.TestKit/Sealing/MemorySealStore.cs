using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.TestKit.Sealing;

/// <summary>The seal store's contract in memory; it refuses histories that no correct sealer writes.</summary>
public sealed class MemorySealStore : ISealStore
{
    private readonly Dictionary<string, byte[]> _files;
    private readonly List<byte[]> _blocks;
    private byte[]? _stage;
    private byte[]? _committed;
    private byte[]? _published;

    // Every text that was ever committed, with its place: what is published is one of them, perhaps cosigned, and never an older one.
    private readonly List<byte[]> _texts;
    private int _publishedText = -1;

    public MemorySealStore()
    {
        _files = new(StringComparer.Ordinal);
        _blocks = [];
        _texts = [];
    }

    /// <summary>A store that holds what another one holds now.</summary>
    public MemorySealStore(MemorySealStore other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _files = new(other._files, StringComparer.Ordinal);
        _blocks = [.. other._blocks];
        _stage = other._stage;
        _committed = other._committed;
        _published = other._published;
        _texts = [.. other._texts];
        _publishedText = other._publishedText;
    }

    public long BlockCount => _blocks.Count;

    /// <summary>The public log's files.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>Whether it refuses what no correct sealer does; false is a planted bug.</summary>
    internal bool IsStrict { get; init; } = true;

    public ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => ValueTask.FromResult(_published);

    public ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) =>
        ValueTask.FromResult(_files.GetValueOrDefault(path));

    public ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation) =>
        ValueTask.FromResult(height >= 0 && height < _blocks.Count ? _blocks[(int)height] : null);

    public ValueTask<byte[]?> ReadCommittedAsync(CancellationToken cancellation) => ValueTask.FromResult(_committed);

    public ValueTask<bool> WasSealedAsync(CancellationToken cancellation) => ValueTask.FromResult(_committed is not null);

    public ValueTask StageAsync(SealBundle bundle, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        foreach (var file in IsStrict ? bundle.Files : [])
        {
            if (_files.TryGetValue(file.Path, out var there) && !there.AsSpan().SequenceEqual(file.Content.Span))
            {
                throw new InvalidDataException($"log/{file.Path} would change.");
            }
        }

        if (IsStrict && bundle.Height < _blocks.Count && !_blocks[(int)bundle.Height].AsSpan().SequenceEqual(bundle.BlockRecord.Span))
        {
            throw new InvalidDataException($"Block {bundle.Height} would change.");
        }

        if (IsStrict
            && _stage is not null
            && SealBundleCodec.TryDecode(_stage, out var staged)
            && _committed is not null
            && staged.Checkpoint.Span.SequenceEqual(_committed))
        {
            throw new InvalidDataException("A committed block that is not applied yet would be lost.");
        }

        _stage = SealBundleCodec.Encode(bundle);
        return ValueTask.CompletedTask;
    }

    public ValueTask<SealBundle?> ReadStageAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(_stage is not null && SealBundleCodec.TryDecode(_stage, out var bundle) ? bundle : null);

    public async ValueTask<bool> CompareAndSwapAsync(
        ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> next, CancellationToken cancellation)
    {
        var same = _committed is null ? expected is null : expected is not null && expected.Value.Span.SequenceEqual(_committed);
        if (!same && IsStrict)
        {
            return false;
        }

        var staged = await ReadStageAsync(cancellation);
        if (staged is null || !staged.Checkpoint.Span.SequenceEqual(next.Span))
        {
            throw new InvalidOperationException("A checkpoint is committed whose bundle is not staged.");
        }

        _committed = next.ToArray();
        _texts.Add(TextOf(next.Span));
        return true;
    }

    public ValueTask ApplyAsync(SealBundle bundle, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        if (IsStrict && (_committed is null || !bundle.Checkpoint.Span.SequenceEqual(_committed)))
        {
            throw new InvalidOperationException("A bundle is applied that is not committed.");
        }

        foreach (var file in bundle.Files)
        {
            _files[file.Path] = file.Content.ToArray();
        }

        if (bundle.Height > _blocks.Count)
        {
            throw new InvalidDataException($"Block {bundle.Height} does not follow block {_blocks.Count - 1}.");
        }

        if (bundle.Height == _blocks.Count)
        {
            _blocks.Add(bundle.BlockRecord.ToArray());
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask PublishAsync(ReadOnlyMemory<byte> checkpoint, CancellationToken cancellation)
    {
        var text = _texts.FindIndex(committed => committed.AsSpan().SequenceEqual(TextOf(checkpoint.Span)));
        if (IsStrict && (text < 0 || text < _publishedText))
        {
            throw new InvalidOperationException("A checkpoint is published that was not committed, or an older one than is public.");
        }

        _publishedText = text;
        _published = checkpoint.ToArray();
        return ValueTask.CompletedTask;
    }

    private static byte[] TextOf(ReadOnlySpan<byte> note) =>
        note.LastIndexOf("\n\n"u8) is var end && end >= 0 ? note[..end].ToArray() : note.ToArray();

    public ValueTask DropStageAsync(CancellationToken cancellation)
    {
        _stage = null;
        return ValueTask.CompletedTask;
    }

    /// <summary>What an apply leaves behind that a crash cuts short.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="part">What of a file arrived; null for nothing.</param>
    /// <param name="withBlock">Whether the block record arrived.</param>
    internal void ApplyInPart(SealBundle bundle, Func<LogFile, byte[]?> part, bool withBlock)
    {
        foreach (var file in bundle.Files)
        {
            // What is there whole is left alone: it may be public already.
            var isThere = _files.TryGetValue(file.Path, out var there) && there.AsSpan().SequenceEqual(file.Content.Span);
            if (!isThere && part(file) is { } bytes)
            {
                _files[file.Path] = bytes;
            }
        }

        if (withBlock && bundle.Height == _blocks.Count)
        {
            _blocks.Add(bundle.BlockRecord.ToArray());
        }
    }

    /// <summary>Somebody who controls the store changes, or (null) removes, a public file.</summary>
    internal void TamperFile(string path, byte[]? content)
    {
        _files.Remove(path);
        if (content is not null)
        {
            _files[path] = content;
        }
    }

    /// <summary>Somebody who controls the store changes a block record.</summary>
    internal void TamperBlock(int height, byte[] record) => _blocks[height] = record;

    /// <summary>Somebody who controls the store changes what is published.</summary>
    internal void TamperCheckpoint(byte[] note) => _published = note;
}
