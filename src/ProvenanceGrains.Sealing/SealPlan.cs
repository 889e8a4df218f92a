using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing;

/// <summary>
/// One block, computed and not written: the entries' leaves, the head map after them, the block's own leaf, the tiles and bundles that they
/// fill, and the signed checkpoint. Pure: the same position, entries, time and key give the same bytes.
/// </summary>
internal static class SealPlan
{
    public static (SealBundle Bundle, SealPosition Next) Make(
        SealPosition position, IReadOnlyList<EntryHeader> entries, long nowMs, BlockIdentity identity, SignerKey key)
    {
        // A journal's time never goes back, and neither does the chain's behind the entries it seals.
        var newest = entries.Max(entry => entry.TimeMs);
        var edge = position.Edge.Clone();
        var files = new FileCollector(position.Bundle, edge.Size);
        var heads = new Dictionary<EntityIndex, EntityHead>(entries.Count);
        foreach (var entry in entries)
        {
            heads[entry.Index] = new EntityHead(entry.Sequence + 1, Append(entry));
        }

        // The block's own entry is in no map: its journal is the chain itself.
        var map = position.Heads?.Update(heads);
        var block = BlockBuilder.Build(
            identity, position.Block, entries.Count, Math.Max(nowMs, newest), map?.Root ?? Hash256.Zero);
        Append(block.Header);
        edge.WritePartials(files);
        files.FinishBundle();

        var record = new BlockRecord(block.Header, block.Content).ToArray();
        var checkpoint = Checkpoint.Create(identity.Origin, edge.Size, edge.Root()).Sign(key).ToArray();
        return (
            new SealBundle(checkpoint, block.Content.Height, record, files.Files),
            new SealPosition(checkpoint, edge, files.PartialBundle, block.ToHead(), map));

        Hash256 Append(in EntryHeader header)
        {
            var leaf = header.LeafHash();
            files.AddEntry(header);
            edge.Append(leaf, files);
            return leaf;
        }
    }

    /// <summary>Gathers the files of one block in the order in which they fill up.</summary>
    private sealed class FileCollector : ITileSink
    {
        private readonly List<LogFile> _files = [];
        private readonly byte[] _bundle = new byte[TilePath.FullWidth * (2 + EntryHeader.Size)];
        private int _bundleLength;
        private long _leaves;

        public FileCollector(ReadOnlyMemory<byte> partialBundle, long leaves)
        {
            partialBundle.Span.CopyTo(_bundle);
            _bundleLength = partialBundle.Length;
            _leaves = leaves;
        }

        public IReadOnlyList<LogFile> Files => _files;

        public ReadOnlyMemory<byte> PartialBundle => _bundle.AsMemory(0, _bundleLength).ToArray();

        public void AddEntry(in EntryHeader header)
        {
            Span<byte> bytes = stackalloc byte[EntryHeader.Size];
            header.WriteTo(bytes);
            _bundleLength += EntryBundle.WriteEntry(bytes, _bundle.AsSpan(_bundleLength));
            _leaves++;
            if (_leaves % TilePath.FullWidth == 0)
            {
                AddBundle((_leaves / TilePath.FullWidth) - 1, TilePath.FullWidth);
                _bundleLength = 0;
            }
        }

        public void FinishBundle()
        {
            var width = (int)(_leaves % TilePath.FullWidth);
            if (width > 0)
            {
                AddBundle(_leaves / TilePath.FullWidth, width);
            }
        }

        public void Write(TilePath tile, ReadOnlySpan<Hash256> hashes) => _files.Add(
            new LogFile(tile.ToString(), System.Runtime.InteropServices.MemoryMarshal.AsBytes(hashes).ToArray()));

        private void AddBundle(long index, int width) => _files.Add(new LogFile(
            new TilePath(TilePath.Entries, index, width).ToString(), _bundle.AsSpan(0, _bundleLength).ToArray()));
    }
}
