using System.Text;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tests.Merkle;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Tests.Bundles;

/// <summary>A small log with a head map, every byte fixed: two lots, three blocks, and an operator who may cheat.</summary>
internal sealed class BundleLog
{
    private readonly List<EntryHeader> _leaves = [];
    private readonly Dictionary<EntityId, List<(int Leaf, DisclosedGroup[] Groups)>> _journals = [];
    private Block? _block;
    private Block? _first;

    public static EntityId Lot { get; } = EntityId.Create("lot", "01/09521102003016/10/A");

    public static EntityId Other { get; } = EntityId.Create("lot", "01/09521102003016/10/B");

    public static EntityId Unknown { get; } = EntityId.Create("lot", "01/09521102003016/10/C");

    public static SignerKey Key { get; } = SignerKey.Create("log.example/bundles", NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)7, 32)]);

    public static SignerKey Witness { get; } = SignerKey.Create("witness.example/w1", NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)8, 32)]);

    public static byte[] Vkey => Encoding.UTF8.GetBytes(Key.Verifier + "\n");

    public static byte[] Policy => Encoding.UTF8.GetBytes($"log {Key.Verifier}\nwitness w {Witness.Verifier}\nquorum w\n");

    public HeadMap Heads { get; private set; } = HeadMap.Empty;

    public Block Block => _block!;

    public IReadOnlyList<EntryHeader> Leaves => _leaves;

    /// <summary>Three blocks; the lot has an entry in each, the other one two in the first.</summary>
    public static BundleLog Sample() => new BundleLog()
        .Append(Lot, "{\"event\":0}").Append(Other, "{\"event\":1}").Append(Other, "{\"event\":2}").Seal()
        .Append(Lot, "{\"event\":3}").Seal()
        .Append(Lot, "{\"event\":4}").Seal();

    public BundleLog Append(EntityId entity, string content, string request = "request-1")
    {
        Salt SaltOf(int group) => new((UInt128)((_leaves.Count * 16) + group));
        DisclosedGroup[] groups =
        [
            DisclosedGroup.Disclosed(SaltOf(1), Payload.EncodeEntity(entity)),
            DisclosedGroup.Disclosed(SaltOf(2), Payload.EncodeType("epcis.event", "epc")),
            DisclosedGroup.Disclosed(SaltOf(3), Payload.EncodeAuthor("party-key-1", request)),
            DisclosedGroup.Disclosed(SaltOf(4), Encoding.UTF8.GetBytes(content)),
        ];
        var digests = groups.Select((group, i) => group.DigestAs((FieldGroup)(i + 1))).ToArray();
        if (!_journals.TryGetValue(entity, out var journal))
        {
            _journals[entity] = journal = [];
        }

        EntryHeader? previous = journal.Count == 0 ? null : _leaves[journal[^1].Leaf];
        journal.Add((_leaves.Count, groups));
        _leaves.Add(new EntryHeader(
            HashedEntityIndex.Instance.Compute(entity),
            journal.Count - 1,
            previous?.LeafHash() ?? Hash256.Zero,
            1_759_999_999_000 + _leaves.Count,
            Payload.Commitment(digests[0], digests[1], digests[2], digests[3])));
        return this;
    }

    /// <param name="forget">An entity that a cheating operator leaves as it was in the map.</param>
    /// <param name="noMap">Names no map, as logs did before there was one.</param>
    /// <param name="rule">An index rule that the block names; null for the open one.</param>
    public BundleLog Seal(EntityId? forget = null, bool noMap = false, IndexRule? rule = null)
    {
        var changes = _journals
            .Where(journal => journal.Key != forget)
            .Select(journal => KeyValuePair.Create(
                HashedEntityIndex.Instance.Compute(journal.Key),
                new EntityHead(journal.Value.Count, _leaves[journal.Value[^1].Leaf].LeafHash())));
        Heads = Heads.Update([.. changes]);
        var before = _block?.Content.TreeSizeAfter ?? 0;
        _block = BlockBuilder.Build(
            BlockIdentity.Of(Key.Verifier, rule), _block?.ToHead(), _leaves.Count - before, 1_760_000_000_000, noMap ? Hash256.Zero : Heads.Root);
        _first ??= _block;
        _leaves.Add(_block.Header);
        return this;
    }

    public Bundle Bundle(params EntityId[] entities) => Bundle(entity => (_journals.GetValueOrDefault(entity) ?? [])
        .ConvertAll(entry => new BundleEntry(entry.Leaf, _leaves[entry.Leaf].ToArray(), entry.Groups)), entities);

    /// <param name="entriesOf">What a cheat shows of a journal.</param>
    /// <param name="entities">The subject first.</param>
    public Bundle Bundle(Func<EntityId, List<BundleEntry>> entriesOf, params EntityId[] entities)
    {
        var nodes = NodeTable.Build([.. _leaves.Select(leaf => leaf.LeafHash())]);
        var journals = entities
            .Select(entity => new BundleJournal(
                entity,
                null,
                entity.Kind == BlockContent.EntityKind ? null : Heads.Prove(HashedEntityIndex.Instance.Compute(entity)),
                entriesOf(entity)))
            .ToList();
        var checkpoint = Ledger.Checkpoints.Checkpoint.Create(Key.Verifier.Name, _leaves.Count, MerkleProofs.Root(_leaves.Count, nodes));
        long[] proven = [.. journals.SelectMany(journal => journal.Entries).Select(entry => entry.LeafIndex).Append(_first!.Content.BlockLeafIndex).Append(_leaves.Count - 1).Distinct().Order()];
        return new Bundle
        {
            VkeyHint = Key.Verifier.ToString(),
            Checkpoint = checkpoint.Sign(Key).With([Witness.Cosign(checkpoint.ToArray(), 1_760_000_000)]),
            Block = new BundleBlock(Block.Header.ToArray(), Block.Content.ToArray()),
            FirstBlock = new BundleBlock(_first.Header.ToArray(), _first.Content.ToArray()),
            Journals = journals,
            Nodes = MultiProof.Make(proven, _leaves.Count, nodes),
        };
    }
}
