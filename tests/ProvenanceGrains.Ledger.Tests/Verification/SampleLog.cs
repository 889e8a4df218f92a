using System.Text;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Tests.Merkle;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Tests.Verification;

/// <summary>A small log with every byte fixed: two journals, three blocks, one checkpoint with a witness.</summary>
internal sealed class SampleLog
{
    private readonly List<EntryHeader> _leaves = [];
    private readonly Dictionary<int, (int Leaf, DisclosedGroup[] Groups)> _lotEntries = [];

    public SampleLog()
    {
        var other = EntityId.Create("lot", "urn:epc:class:lgtin:4012345.012345.other");
        EntryHeader? lot = null, otherLot = null;
        Block? last = null;
        for (var block = 0; block < 3; block++)
        {
            for (var i = 0; i <= block; i++)
            {
                lot = Append(Lot, lot, $"{{\"event\":{_lotEntries.Count}}}");
                otherLot = Append(other, otherLot, "{}");
            }

            last = BlockBuilder.Build(
                BlockIdentity.Of(Key.Verifier), last?.ToHead(), 2 * (block + 1), 1_760_000_000_000 + block, Hash256.Zero);
            _leaves.Add(last.Header);
        }

        LastBlock = last!;

        Nodes = NodeTable.Build([.. _leaves.Select(leaf => leaf.LeafHash())]);
        var checkpoint = Ledger.Checkpoints.Checkpoint.Create(Key.Verifier.Name, _leaves.Count, MerkleProofs.Root(_leaves.Count, Nodes));
        Note = checkpoint.Sign(Key).With([Witness.Cosign(checkpoint.ToArray(), 1_760_000_000)]);
    }

    public static EntityId Lot { get; } = EntityId.Create("lot", "urn:epc:class:lgtin:4012345.012345.998877");

    public SignerKey Key { get; } = SignerKey.Create("log.example/sample", NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)7, 32)]);

    public SignerKey Witness { get; } = SignerKey.Create("witness.example/w1", NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)8, 32)]);

    public NodeReader Nodes { get; }

    public SignedNote Note { get; }

    public Block LastBlock { get; }

    public byte[] Vkey => Encoding.UTF8.GetBytes(Key.Verifier + "\n");

    public byte[] Policy => Encoding.UTF8.GetBytes($"log {Key.Verifier}\nwitness w {Witness.Verifier}\nquorum w\n");

    public EntryHeader HeaderAt(int leaf) => _leaves[leaf];

    public TlogProof Receipt(int leaf) =>
        Ledger.Verification.Receipt.Create(_leaves[leaf], leaf, MerkleProofs.Inclusion(leaf, _leaves.Count, Nodes), Note);

    public History History() => new()
    {
        VkeyHint = Key.Verifier.ToString(),
        Entity = Lot,
        Checkpoint = Note,
        Entries =
        [
            .. _lotEntries.OrderBy(entry => entry.Key).Select(entry => new HistoryEntry(
                entry.Value.Leaf,
                _leaves[entry.Value.Leaf].ToArray(),
                MerkleProofs.Inclusion(entry.Value.Leaf, _leaves.Count, Nodes),
                entry.Value.Groups)),
        ],
    };

    private EntryHeader Append(EntityId entity, EntryHeader? previous, string content)
    {
        Salt SaltOf(int group) => new((UInt128)((_leaves.Count * 16) + group));
        DisclosedGroup[] groups =
        [
            DisclosedGroup.Disclosed(SaltOf(1), Payload.EncodeEntity(entity)),
            DisclosedGroup.Disclosed(SaltOf(2), Payload.EncodeType("epcis.event", "epc")),
            DisclosedGroup.Disclosed(SaltOf(3), Payload.EncodeAuthor("party-key-1", "request-1")),
            DisclosedGroup.Disclosed(SaltOf(4), Encoding.UTF8.GetBytes(content)),
        ];
        var digests = groups.Select((group, i) => group.DigestAs((FieldGroup)(i + 1))).ToArray();
        var header = new EntryHeader(
            HashedEntityIndex.Instance.Compute(entity),
            previous is { } p ? p.Sequence + 1 : 0,
            previous?.LeafHash() ?? Hash256.Zero,
            1_759_999_999_000 + _leaves.Count,
            Payload.Commitment(digests[0], digests[1], digests[2], digests[3]));
        if (entity == Lot)
        {
            // Some groups are shown by their digest alone.
            groups[2] = DisclosedGroup.Withheld(digests[2]);
            groups[3] = _lotEntries.Count == 1 ? DisclosedGroup.Erased(digests[3]) : groups[3];
            _lotEntries.Add(_lotEntries.Count, (_leaves.Count, groups));
        }

        _leaves.Add(header);
        return header;
    }
}
