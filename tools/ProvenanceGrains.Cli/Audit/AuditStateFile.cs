using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ProvenanceGrains.Cli.Forks;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Reads and writes <c>--state</c> files (docs/formats.md, Audit state). Streamed: the file is as long as the heads.</summary>
internal static class AuditStateFile
{
    private const int HeadSize = 32 + 8 + 32 + 8;
    private const int TileLevels = 8;
    private const int MaxRecordBytes = 1024;

    private const byte LogOnly = 0;
    private const byte WithPayloads = 1;
    private const byte WithIndexes = 2;

    private static ReadOnlySpan<byte> Magic => "PGAUDIT2"u8;

    /// <summary>Replaces the file: a crash leaves the old one or the new.</summary>
    public static void Write(string path, VerifierKey key, AuditState state) => AtomicFile.Replace(path, stream =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Put(Magic);
        PutBytes(Encoding.UTF8.GetBytes(key.ToString()));
        PutNumber(state.Position);
        PutBytes(state.Seen is { } seen ? seen.Note.ToArray() : []);
        state.Replay.Edge.WritePartials(new TileWriter(Put));
        PutBytes(state.Replay.Blocks.LastRecord?.ToArray() ?? []);
        Put([(byte)(state.Replay.Blocks.HasMap ? 1 : 0)]);
        PutNumber(state.Replay.Heads.Count);
        var bytes = new byte[HeadSize];
        foreach (var head in state.Replay.Heads.All())
        {
            head.Index.Value.CopyTo(bytes);
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(32), head.Length);
            head.LeafHash.CopyTo(bytes.AsSpan(40));
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(72), head.TimeMs);
            Put(bytes);
        }

        var parties = state.Replay.Parties.Before(state.Replay.NextOrdinal).ToList();
        PutNumber(parties.Count);
        foreach (var (party, entry) in parties)
        {
            PutBytes(Encoding.UTF8.GetBytes(party));
            PutBytes(Encoding.UTF8.GetBytes(entry.EntryType));
            PutBytes(entry.Content.ToArray());
            PutNumber(entry.TimeMs);
            PutNumber(entry.LeafIndex);
        }

        PutPayloads(state.Payloads);
        stream.Write(hash.GetHashAndReset());

        void Put(ReadOnlySpan<byte> part)
        {
            hash.AppendData(part);
            stream.Write(part);
        }

        void PutNumber(long number)
        {
            Span<byte> eight = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(eight, number);
            Put(eight);
        }

        void PutBytes(byte[] part)
        {
            PutNumber(part.Length);
            Put(part);
        }

        void PutPayloads(AuditedPayloads? payloads)
        {
            Put([payloads is null ? LogOnly : payloads.HasIndexes ? WithIndexes : WithPayloads]);
            if (payloads is null)
            {
                return;
            }

            PutNumber(payloads.Leaves);
            Put(payloads.LogId.AsSpan());
            PutNumber(payloads.Segments.Count);
            Span<byte> check = stackalloc byte[BlockDigest.Size];
            foreach (var segment in payloads.Segments)
            {
                PutNumber(segment.EndOrdinal);
                PutNumber(segment.Length);
                PutNumber(segment.LastFrame);
                segment.LastCheck.CopyTo(check);
                Put(check);
            }

            PutNumber(payloads.Open.Count);
            foreach (var leaf in payloads.Open)
            {
                Put(leaf.AsSpan());
            }
        }
    });

    /// <summary>Reads the file; an empty state if there is none.</summary>
    /// <exception cref="UnusableException">It is damaged, or another log's; the message says which.</exception>
    public static AuditState Read(string path, VerifierKey key, IndexRule rule)
    {
        if (!File.Exists(path))
        {
            return AuditState.Empty(key, rule);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        using var reader = new Reader(stream);
        try
        {
            return TryRead(reader, key, rule, out var state, out var error)
                ? state
                : throw new UnusableException($"{path} is refused: {error}. Delete it to audit from the beginning.");
        }
        catch (EndOfStreamException)
        {
            throw new UnusableException($"{path} is refused: it ends too soon. Delete it to audit from the beginning.");
        }
    }

    private static bool TryRead(
        Reader reader,
        VerifierKey key,
        IndexRule rule,
        [NotNullWhen(true)] out AuditState? state,
        [NotNullWhen(false)] out string? error)
    {
        state = null;
        var magic = reader.Take(Magic.Length);
        if (!magic.SequenceEqual(Magic))
        {
            error = magic.SequenceEqual("PGAUDIT1"u8)
                ? "it is of version 1, which does not say whether payloads were audited; audit anew"
                : "it is no audit state of version 2";
            return false;
        }

        var vkey = Encoding.UTF8.GetString(reader.TakeBytes(VerifierKey.MaxLength));
        if (vkey != key.ToString())
        {
            error = $"it is of log key {vkey}";
            return false;
        }

        var replay = new LogReplay(key, rule);
        var position = reader.TakeNumber(long.MaxValue);
        var note = reader.TakeBytes(SignedNote.MaxBytes);
        var edge = ReadEdge(reader, position);
        var record = reader.TakeBytes(MaxRecordBytes);
        var hasMap = reader.Take(1)[0] == 1;
        var repeated = ReadHeads(reader, replay.Heads);
        ReadParties(reader, replay.Parties);
        var payloads = ReadPayloads(reader, out error);
        if (error is not null)
        {
            return false;
        }

        if (!reader.EndsWithDigest())
        {
            error = "it is damaged, its digest does not hold";
            return false;
        }

        BlockRecord? block = null;
        error = repeated is { } index ? $"it has two heads of the journal {index}" : null;
        error ??= record.Length > 0 && !BlockRecord.TryParse(record, out block, out var why) ? $"its last block: {why}" : null;
        error ??= replay.Restore(edge, block, hasMap);
        var seen = error is null ? ReadSeen(note, key, out error) : null;
        error ??= seen is { } s && s.Checkpoint.Size == position && s.Checkpoint.Root != edge.Root() ? "its tree does not give its checkpoint's root"
            : position > (seen?.Checkpoint.Size ?? 0) ? "its tree is beyond its checkpoint" : null;
        error ??= payloads is not null && (payloads.Leaves > position || (payloads.Leaves == position && payloads.NextOrdinal != replay.NextOrdinal))
            ? "its segments do not fit its tree" : null;
        state = error is null ? new AuditState(seen, replay, payloads) : null;
        return error is null;
    }

    private static SignedCheckpoint? ReadSeen(byte[] note, VerifierKey key, out string? error)
    {
        error = null;
        return note.Length == 0 ? null
            : SignedNote.TryParse(note, out var parsed, out error) && LogCheckpoint.TryOpen(note, key, out var checkpoint, out error)
                ? new SignedCheckpoint(checkpoint, parsed)
                : null;
    }

    private static TreeEdge ReadEdge(Reader reader, long size)
    {
        var tiles = new Dictionary<TilePath, ReadOnlyMemory<byte>>();
        for (var level = 0; level < TileLevels; level++)
        {
            var count = size >> (level * TileLayout.Height);
            if ((int)(count % TilePath.FullWidth) is var width and > 0)
            {
                tiles[new TilePath(level, count / TilePath.FullWidth, width)] = reader.Take(width * Hash256.Size).ToArray();
            }
        }

        return TreeEdge.Load(size, tile => tiles[tile]);
    }

    /// <returns>The index of a journal that is there twice; null if all are in order.</returns>
    private static EntityIndex? ReadHeads(Reader reader, JournalHeads heads)
    {
        EntityIndex? repeated = null;
        var count = reader.TakeNumber(int.MaxValue);
        for (var i = 0L; i < count; i++)
        {
            var bytes = reader.Take(HeadSize);
            var index = new EntityIndex(new Hash256(bytes[..32]));
            var isNew = heads.TryRestore(new AuditedHead(
                index,
                BinaryPrimitives.ReadInt64BigEndian(bytes[32..]),
                new Hash256(bytes[40..72]),
                BinaryPrimitives.ReadInt64BigEndian(bytes[72..])));
            if (!isNew)
            {
                repeated ??= index;
            }
        }

        return repeated;
    }

    private static void ReadParties(Reader reader, PartyJournals parties)
    {
        var count = reader.TakeNumber(int.MaxValue);
        for (var i = 0L; i < count; i++)
        {
            var party = Encoding.UTF8.GetString(reader.TakeBytes(EntityId.MaxKeyBytes));
            var type = Encoding.UTF8.GetString(reader.TakeBytes(byte.MaxValue));
            var content = reader.TakeBytes(UnitLimits.MaxMatterBytes);
            parties.Add(party, new PartyLogEntry(type, content, reader.TakeNumber(long.MaxValue), reader.TakeNumber(long.MaxValue)));
        }
    }

    private static AuditedPayloads? ReadPayloads(Reader reader, out string? error)
    {
        var scope = reader.Take(1)[0];
        error = scope > WithIndexes ? $"what it says was audited, {scope}, is unknown" : null;
        if (scope is LogOnly or > WithIndexes)
        {
            return null;
        }

        var leaves = reader.TakeNumber(long.MaxValue);
        var logId = new Hash256(reader.Take(Hash256.Size));
        var segments = new List<AuditedSegment>();
        var end = 0L;
        for (var left = reader.TakeNumber(int.MaxValue); left > 0; left--)
        {
            var segment = new AuditedSegment(
                reader.TakeNumber(leaves), reader.TakeNumber(long.MaxValue), reader.TakeNumber(long.MaxValue), BlockDigest.Read(reader.Take(BlockDigest.Size)));
            if (segment.EndOrdinal <= end || segment.LastFrame < SegmentHeader.Size || segment.LastFrame >= segment.Length)
            {
                error = $"its segment {segments.Count} is none";
                return null;
            }

            end = segment.EndOrdinal;
            segments.Add(segment);
        }

        var open = new List<Hash256>();
        for (var left = reader.TakeNumber(leaves - end); left > 0; left--)
        {
            open.Add(new Hash256(reader.Take(Hash256.Size)));
        }

        return new AuditedPayloads(leaves, scope == WithIndexes, logId, segments, open);
    }

    private sealed class TileWriter(WriteBytes write) : ITileSink
    {
        public void Write(TilePath tile, ReadOnlySpan<Hash256> hashes) => write(MemoryMarshal.AsBytes(hashes));
    }

    private delegate void WriteBytes(ReadOnlySpan<byte> bytes);

    /// <summary>Reads and hashes; nothing is allocated beyond a part's own limit.</summary>
    private sealed class Reader(Stream stream) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private byte[] _buffer = new byte[TilePath.FullWidth * Hash256.Size];

        public void Dispose() => _hash.Dispose();

        public ReadOnlySpan<byte> Take(int count)
        {
            if (count > _buffer.Length)
            {
                _buffer = new byte[count];
            }

            stream.ReadExactly(_buffer, 0, count);
            _hash.AppendData(_buffer, 0, count);
            return _buffer.AsSpan(0, count);
        }

        public long TakeNumber(long max) => BinaryPrimitives.ReadInt64BigEndian(Take(8)) is var number && number >= 0 && number <= max
            ? number
            : throw new EndOfStreamException();

        public byte[] TakeBytes(int max) => Take((int)TakeNumber(max)).ToArray();

        public bool EndsWithDigest()
        {
            var digest = _hash.GetHashAndReset();
            Span<byte> stored = stackalloc byte[SHA256.HashSizeInBytes];
            return stream.ReadAtLeast(stored, stored.Length, throwOnEndOfStream: false) == stored.Length
                && stored.SequenceEqual(digest)
                && stream.ReadByte() < 0;
        }
    }
}
