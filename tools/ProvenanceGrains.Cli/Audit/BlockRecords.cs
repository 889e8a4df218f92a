using Microsoft.Win32.SafeHandles;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Compares <c>chain/blocks.bin</c> with the blocks of the log: one record of fixed size a block.</summary>
internal sealed class BlockRecords : IDisposable
{
    private const string Name = "chain/blocks.bin";
    private const int RecordSize = BlockRecord.Size;

    private readonly SafeFileHandle? _file;
    private readonly StageFile? _stage;
    private readonly Findings _findings;

    /// <param name="path">The file; it may be missing.</param>
    /// <param name="stage">A committed stage whose record may not have been written yet.</param>
    /// <param name="findings">Where failures go.</param>
    public BlockRecords(string path, StageFile? stage, Findings findings)
    {
        _file = File.Exists(path) ? File.OpenHandle(path) : null;
        _stage = stage;
        _findings = findings;
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Compares the record of one block.</summary>
    public void Compare(in EntryHeader header, in BlockContent content, long leafIndex)
    {
        var expected = new BlockRecord(header, content).ToArray();
        var offset = content.Height * RecordSize;
        var stored = new byte[RecordSize];
        var read = _file is null ? 0 : RandomAccess.Read(_file, stored, offset);
        if (read < RecordSize && _stage?.Height == content.Height)
        {
            stored = _stage.BlockRecord;
            read = stored.Length;
        }

        if (read < RecordSize)
        {
            _findings.Fail(new Finding($"The record of block {content.Height} is missing.", Name, offset, RecordSize, leafIndex));
        }
        else if (stored.AsSpan().CommonPrefixLength(expected) is var same && same < RecordSize)
        {
            _findings.Fail(new Finding(
                $"The record of block {content.Height} is not what the log has.", Name, offset + same, Leaf: leafIndex));
        }
    }

    /// <summary>Checks that nothing follows the last block.</summary>
    public void Finish(long blocks)
    {
        var length = _file is null ? 0 : RandomAccess.GetLength(_file);
        if (length > blocks * RecordSize)
        {
            _findings.Fail(new Finding(
                $"The file goes on after the record of the last block, number {blocks - 1}.",
                Name, blocks * RecordSize, length - (blocks * RecordSize)));
        }
    }
}
