using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>Follows the published checkpoint: parsed once per change, one snapshot shared by all that ask meanwhile.</summary>
/// <remarks>
/// Signatures are not verified here. Whoever reads a proof verifies them; if this program refused to show a log that was
/// tampered with, nobody could see that it was.
/// </remarks>
internal sealed class PublishedLog(ILogReader log, BlockRecords blocks)
{
    // Replaced whole; two readers that meet a change may both parse it, which gives equal snapshots.
    private volatile LogSnapshot? _current;

    /// <summary>The log as published just now; null before the first block.</summary>
    /// <exception cref="InvalidDataException">The published checkpoint cannot be read.</exception>
    public async ValueTask<LogSnapshot?> SnapshotAsync(CancellationToken cancellation)
    {
        var note = await log.ReadCheckpointAsync(cancellation);
        if (note is null)
        {
            return null;
        }

        var current = _current;
        if (current is not null && current.Published.Span.SequenceEqual(note))
        {
            return current;
        }

        current = await ParseAsync(note, cancellation);
        _current = current;
        return current;
    }

    private async ValueTask<LogSnapshot> ParseAsync(byte[] note, CancellationToken cancellation)
    {
        if (!SignedNote.TryParse(note, out var parsed, out var error)
            || !Checkpoint.TryParse(parsed.Text, out var checkpoint, out error))
        {
            throw new InvalidDataException($"The published checkpoint cannot be read: {error}");
        }

        // Blocks are written before the checkpoint over them is published: all that it covers are there.
        var count = await blocks.FirstWhereAsync(blocks.Count, block => block.TreeSizeAfter > checkpoint.Size, cancellation);
        var entries = count == 0 ? 0 : (await blocks.ReadAsync(count - 1, cancellation)).Content.NextOrdinal;
        return new LogSnapshot(note, parsed, checkpoint, count, entries);
    }
}
