using Microsoft.Win32.SafeHandles;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Compares <c>chain/blocks.bin</c> with the blocks of the log: one record of fixed size a block.</summary>
internal sealed class BlockRecords : IDisposable
{
    private const string Name = "chain/blocks.bin";
    private readonly SafeFileHandle? _file;
    private readonly StageFile? _stage;
    private readonly Findings _findings;
    private readonly int _recordSize;

    /// <param name="path">The file; it may be missing.</param>
    /// <param name="stage">A committed stage whose record may not have been written yet.</param>
    /// <param name="rule">The log's index rule, which gives the size of a record.</param>
    /// <param name="findings">Where failures go.</param>
    public BlockRecords(string path, StageFile? stage, IndexRule rule, Findings findings)
    {
        _recordSize = BlockRecord.SizeOf(rule);
        _file = File.Exists(path) ? File.OpenHandle(path) : null;
        _stage = stage;
        _findings = findings;
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Compares the record of one block.</summary>
    public void Compare(in EntryHeader header, in BlockContent content, long leafIndex)
    {
        var expected = new BlockRecord(header, content).ToArray();
        var offset = content.Height * _recordSize;
        var stored = new byte[_recordSize];
        var read = _file is null ? 0 : RandomAccess.Read(_file, stored, offset);
        if (read < _recordSize && _stage?.Height == content.Height)
        {
            stored = _stage.BlockRecord;
            read = stored.Length;
        }

        if (read < _recordSize)
        {
            _findings.Fail(new Finding($"The record of block {content.Height} is missing.", Name, offset, _recordSize, leafIndex));
        }
        else if (stored.AsSpan().CommonPrefixLength(expected) is var same && same < _recordSize)
        {
            _findings.Fail(new Finding(
                $"The record of block {content.Height} is not what the log has.", Name, offset + same, Leaf: leafIndex));
        }
    }

    /// <summary>Checks that nothing follows the last block.</summary>
    public void Finish(long blocks)
    {
        var length = _file is null ? 0 : RandomAccess.GetLength(_file);
        if (length > blocks * _recordSize)
        {
            _findings.Fail(new Finding(
                $"The file goes on after the record of the last block, number {blocks - 1}.",
                Name, blocks * _recordSize, length - (blocks * _recordSize)));
        }
    }
}
