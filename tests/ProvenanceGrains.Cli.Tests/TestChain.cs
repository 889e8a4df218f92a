using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Tests;

/// <summary>A small log, made by the ledger's own code, that can be written as a public log or as a data folder.</summary>
internal sealed class TestChain : ITileSink
{
    private const long Epoch = 1_770_000_000_000;

    private readonly SignerKey _key;
    private readonly BlockIdentity _identity;
    private readonly IEntityIndexFunction _indexes;
    private readonly TreeEdge _edge = new();
    private readonly List<byte[]> _leaves = [];
    private readonly List<UnitEntry> _entries = [];
    private readonly Dictionary<EntityId, List<(int Entry, CommitUnit Unit)>> _journals = [];
    private BlockHead? _block;
    private int _sealed;

    public TestChain(string origin = "log.example.org/test", byte seed = 7, IEntityIndexFunction? indexes = null)
    {
        _key = SignerKey.Create(origin, NoteSignatureType.Ed25519, Enumerable.Repeat(seed, 32).ToArray());
        _identity = BlockIdentity.Of(_key.Verifier, indexes?.Rule);
        _indexes = indexes ?? HashedEntityIndex.Instance;
    }

    public VerifierKey Key => _key.Verifier;

    public SignerKey Signer => _key;

    public string Vkey => _key.Verifier.ToString();

    public List<CommitUnit> Units { get; } = [];

    /// <summary>Tiles and bundles, every width that was ever written.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public List<byte[]> BlockRecords { get; } = [];

    public byte[] Checkpoint { get; private set; } = [];

    public IReadOnlyList<byte[]> Leaves => _leaves;

    /// <summary>Where each entry's leaf is; entries that are not sealed are not in it.</summary>
    public List<long> LeafOf { get; } = [];

    public static EntityId Lot(string key) => EntityId.Create("lot", key);

    /// <summary>Records an event about some lots: one unit.</summary>
    public TestChain Event(string eventId, params string[] keys)
    {
        var content = Encoding.UTF8.GetBytes($$"""{"type":"ObjectEvent","eventID":"{{eventId}}","note":"{{new string('x', 40)}}"}""");
        var author = new SaltedBytes(SaltOf("author" + eventId), Payload.EncodeAuthor("party+0a0b0c0d", eventId));
        var matter = new SaltedBytes(SaltOf("matter" + eventId), content);
        var time = Epoch + (Units.Count * 1000);
        var authorDigest = Payload.GroupDigest(FieldGroup.Author, author.Salt, author.Bytes.Span);
        var contentDigest = Payload.GroupDigest(FieldGroup.Content, matter.Salt, matter.Bytes.Span);
        var entries = new List<UnitEntry>();
        var unit = new CommitUnit
        {
            Id = (UInt128)(Units.Count + 1),
            TimeMs = time,
            Author = author,
            Matters = [matter],
            Entries = entries,
            Claims = [new Claim(Hash256.Sha256(Encoding.UTF8.GetBytes(eventId)), 0)],
            Note = Encoding.UTF8.GetBytes("job"),
        };
        foreach (var key in keys)
        {
            var journal = CollectionsMarshal.GetValueRefOrAddDefault(_journals, Lot(key), out _) ??= [];
            var previous = journal.Count == 0 ? Hash256.Zero : _entries[journal[^1].Entry].Header.LeafHash();
            var entry = new UnitEntry(
                Lot(key), default, SaltOf("entity" + eventId + key), SaltOf("type" + eventId + key), "epcis.event", "epc", 0);
            var header = new EntryHeader(
                _indexes.Compute(entry.Entity), journal.Count, previous, time,
                UnitCheck.CommitmentOf(entry, authorDigest, contentDigest));
            entry = entry with { Header = header };
            entries.Add(entry);
            journal.Add((_entries.Count, unit));
            _entries.Add(entry);
        }

        Units.Add(unit);
        return this;
    }

    /// <summary>Records a unit of any matters, each with one entry, at a time.</summary>
    public TestChain Unit(string keyId, long time, params (EntityId Entity, string Type, byte[] Content)[] matters)
    {
        var id = "u" + Units.Count.ToString(CultureInfo.InvariantCulture);
        var author = new SaltedBytes(SaltOf("author" + id), Payload.EncodeAuthor(keyId, id));
        var entries = new List<UnitEntry>();
        var contents = new List<SaltedBytes>();
        foreach (var (entity, type, content) in matters)
        {
            var matter = new SaltedBytes(SaltOf("matter" + id + contents.Count), content);
            var journal = CollectionsMarshal.GetValueRefOrAddDefault(_journals, entity, out _) ??= [];
            var entry = new UnitEntry(entity, default, SaltOf("entity" + id + entity), SaltOf("type" + id + entity), type, "", contents.Count);
            entry = entry with
            {
                Header = new EntryHeader(
                    _indexes.Compute(entity),
                    journal.Count,
                    journal.Count == 0 ? Hash256.Zero : _entries[journal[^1].Entry].Header.LeafHash(),
                    time,
                    UnitCheck.CommitmentOf(
                        entry,
                        Payload.GroupDigest(FieldGroup.Author, author.Salt, author.Bytes.Span),
                        Payload.GroupDigest(FieldGroup.Content, matter.Salt, matter.Bytes.Span))),
            };
            contents.Add(matter);
            entries.Add(entry);
            journal.Add((_entries.Count, null!));
            _entries.Add(entry);
        }

        Units.Add(new CommitUnit
        {
            Id = (UInt128)(Units.Count + 1),
            TimeMs = time,
            Author = author,
            Matters = contents,
            Entries = entries,
            Claims = [],
            Note = ReadOnlyMemory<byte>.Empty,
        });
        return this;
    }

    /// <summary>Seals what waits as one block and signs.</summary>
    /// <param name="root">The head map root to put in, given the true one; none if null.</param>
    public TestChain Seal(Func<Hash256, Hash256>? root = null)
    {
        var block = BlockBuilder.Build(
            _identity, _block, _entries.Count - _sealed, Epoch + (Units.Count * 1000), root?.Invoke(Heads().Root) ?? Hash256.Zero);
        for (; _sealed < _entries.Count; _sealed++)
        {
            LeafOf.Add(_leaves.Count);
            Append(_entries[_sealed].Header);
        }

        Append(block.Header);
        _block = block.ToHead();
        BlockRecords.Add([.. block.Header.ToArray(), .. block.Content.ToArray()]);
        _edge.WritePartials(this);
        WriteBundle(_leaves.Count - 1);
        Checkpoint = Ledger.Checkpoints.Checkpoint.Create(Key.Name, _edge.Size, _edge.Root()).Sign(_key).ToArray();
        return this;
    }

    /// <summary>Puts a witness's cosignature under the checkpoint.</summary>
    public TestChain Cosign(SignerKey witness, ulong timestamp = 1_770_000_000)
    {
        Checkpoint = Note.With([witness.Cosign(Note.Text, timestamp)]).ToArray();
        return this;
    }

    /// <summary>Puts any signature line under the checkpoint.</summary>
    public TestChain AddSignature(NoteSignature signature)
    {
        Checkpoint = Note.With([signature]).ToArray();
        return this;
    }

    private HeadMap Heads() => HeadMap.Empty.Update(
        [.. _journals.Select(journal => KeyValuePair.Create(
            HashedEntityIndex.Instance.Compute(journal.Key),
            new EntityHead(journal.Value.Count, _entries[journal.Value[^1].Entry].Header.LeafHash())))]);

    /// <summary>Signs whatever a test wants signed.</summary>
    public byte[] Sign(long size, Hash256 root) => Ledger.Checkpoints.Checkpoint.Create(Key.Name, size, root).Sign(_key).ToArray();

    public void Write(TilePath tile, ReadOnlySpan<Hash256> hashes) => Files[tile.ToString()] = MemoryMarshal.AsBytes(hashes).ToArray();

    /// <summary>Writes the public log.</summary>
    public void WriteLog(string folder, bool superseded = true)
    {
        foreach (var (path, content) in Files)
        {
            if (superseded || !TilePath.TryParse(path, out var tile, out _) || !tile.IsPartial || !Files.ContainsKey(tile.Full.ToString()))
            {
                WriteFile(folder, path, content);
            }
        }

        if (_indexes.Rule is IndexRule.Vrf rule)
        {
            WriteFile(folder, "vrf", Encoding.UTF8.GetBytes(rule.Key + "\n"));
        }

        WriteFile(folder, "vkey", Encoding.UTF8.GetBytes(Vkey + "\n"));
        WriteFile(folder, "checkpoint", Checkpoint);
    }

    /// <summary>Writes the engine's data folder; every segment takes so many units.</summary>
    public void WriteDataFolder(string folder, int unitsPerSegment = 3)
    {
        WriteLog(Path.Combine(folder, "log"));
        WriteFile(folder, "chain/checkpoint", Checkpoint);
        WriteFile(folder, "chain/blocks.bin", [.. BlockRecords.SelectMany(record => record)]);
        var logId = Hash256.Sha256("folder"u8);
        var (ordinal, previousLength, check) = (0L, 0L, default(BlockDigest));
        for (var first = 0; first < Units.Count || first == 0; first += unitsPerSegment)
        {
            var header = new SegmentHeader(first / unitsPerSegment, ordinal, logId, previousLength, check);
            var segment = new List<byte>(new byte[SegmentHeader.Size]);
            header.WriteTo(CollectionsMarshal.AsSpan(segment));
            foreach (var unit in Units.Skip(first).Take(unitsPerSegment))
            {
                var bytes = UnitCodec.Encode(unit);
                var frame = new FrameHeader(bytes.Length, UnitCodec.HeadLength(unit), ordinal, unit.Entries.Count, ordinal);
                var head = new byte[FrameHeader.Size];
                check = frame.WriteTo(header, segment.Count, head, bytes.AsSpan(0, frame.HeadLength));
                segment.AddRange(head);
                segment.AddRange(bytes);
                ordinal += unit.Entries.Count;
            }

            WriteFile(folder, "segments/" + SegmentHeader.FileName(header.Number), [.. segment]);
            previousLength = segment.Count;
        }
    }

    /// <summary>A lot's history against the last checkpoint.</summary>
    public History History(string key)
    {
        var entries = _journals[Lot(key)]
            .Where(link => link.Entry < _sealed)
            .Select(link => new HistoryEntry(
                LeafOf[link.Entry],
                _entries[link.Entry].Header.ToArray(),
                Proof(LeafOf[link.Entry]),
                Groups(link.Unit, _entries[link.Entry])));
        return new History { Entity = Lot(key), IndexProof = _indexes.Prove(Lot(key)), Checkpoint = Note, Entries = [.. entries] };
    }

    /// <summary>A lot's bundle against the last checkpoint; every entry has to be sealed, with head map roots.</summary>
    /// <param name="key">Of the lot; one that nothing is recorded about gives a proof of absence.</param>
    /// <param name="shown">What is shown of the entries; all if null.</param>
    public Bundle Bundle(string key, Func<IEnumerable<BundleEntry>, IEnumerable<BundleEntry>>? shown = null)
    {
        var entries = _journals.GetValueOrDefault(Lot(key), []).ConvertAll(link => new BundleEntry(
            LeafOf[link.Entry], _entries[link.Entry].Header.ToArray(), Groups(link.Unit, _entries[link.Entry])));
        if (shown is not null)
        {
            entries = [.. shown(entries)];
        }

        BundleBlock BlockOf(byte[] record) => new(record.AsMemory(0, EntryHeader.Size), record.AsMemory(EntryHeader.Size));
        var firstLeaf = BlockRecord.TryParse(BlockRecords[0], out var first, out var error) ? first.Content.BlockLeafIndex : throw new InvalidOperationException(error);
        long[] leaves = [.. entries.Select(entry => entry.LeafIndex).Append(firstLeaf).Append(_edge.Size - 1).Distinct().Order()];
        return new Bundle
        {
            Checkpoint = Note,
            Block = BlockOf(BlockRecords[^1]),
            FirstBlock = BlockOf(BlockRecords[0]),
            Journals = [new BundleJournal(Lot(key), null, Heads().Prove(HashedEntityIndex.Instance.Compute(Lot(key))), entries)],
            Nodes = MultiProof.Make(leaves, _edge.Size, TileLayout.NodesFrom(_edge.Size, tile => Files[tile.ToString()])),
        };
    }

    /// <summary>The receipt of an entry by its ordinal.</summary>
    public byte[] Receipt(int ordinal) =>
        Ledger.Verification.Receipt.Create(_entries[ordinal].Header, LeafOf[ordinal], Proof(LeafOf[ordinal]), Note).ToArray();

    private SignedNote Note => SignedNote.TryParse(Checkpoint, out var note, out var error) ? note : throw new InvalidOperationException(error);

    private Hash256[] Proof(long leaf) => MerkleProofs.Inclusion(
        leaf, _edge.Size, TileLayout.NodesFrom(_edge.Size, tile => Files[tile.ToString()]));

    private static DisclosedGroup[] Groups(CommitUnit unit, UnitEntry entry) =>
    [
        DisclosedGroup.Disclosed(entry.EntitySalt, Payload.EncodeEntity(entry.Entity)),
        DisclosedGroup.Disclosed(entry.TypeSalt, Payload.EncodeType(entry.EntryType, entry.Role)),
        DisclosedGroup.Disclosed(unit.Author.Salt, unit.Author.Bytes),
        DisclosedGroup.Disclosed(unit.Matters[entry.Matter].Salt, unit.Matters[entry.Matter].Bytes),
    ];

    private void Append(EntryHeader header)
    {
        _leaves.Add(header.ToArray());
        _edge.Append(header.LeafHash(), this);
        if (_leaves.Count % TilePath.FullWidth == 0)
        {
            WriteBundle(_leaves.Count - 1);
        }
    }

    private void WriteBundle(int lastLeaf)
    {
        var first = lastLeaf / TilePath.FullWidth * TilePath.FullWidth;
        var path = new TilePath(TilePath.Entries, lastLeaf / TilePath.FullWidth, lastLeaf - first + 1);
        Files[path.ToString()] = [.. _leaves.Skip(first).Take(path.Width).SelectMany(leaf => new byte[] { 0, EntryHeader.Size }.Concat(leaf))];
    }

    private static Salt SaltOf(string text) => Salt.FromBytes(Hash256.Sha256(Encoding.UTF8.GetBytes(text)).AsSpan());

    public static void WriteFile(string folder, string path, byte[] content)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    /// <summary>A log of three blocks over two lots, ten leaves.</summary>
    /// <param name="heads">Whether the blocks have head map roots.</param>
    public static TestChain Small(bool heads = false)
    {
        Func<Hash256, Hash256>? root = heads ? static root => root : null;
        return new TestChain()
            .Event("e1", "01/1/10/A").Event("e2", "01/1/10/A", "01/1/10/B").Seal(root)
            .Event("e3", "01/1/10/B").Event("e4", "01/1/10/A").Seal(root)
            .Event("e5", "01/1/10/A", "01/1/10/B").Seal(root);
    }

    /// <summary>A log with tiles on two levels.</summary>
    public static TestChain Large(int events = 400)
    {
        var chain = new TestChain();
        for (var i = 0; i < events; i++)
        {
            chain.Event("e" + i.ToString(CultureInfo.InvariantCulture), "01/1/10/L" + (i % 7).ToString(CultureInfo.InvariantCulture));
            if (i % 90 == 89)
            {
                chain.Seal();
            }
        }

        return chain.Seal();
    }
}
