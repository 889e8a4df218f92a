using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Browser.Tests.Fixtures;

/// <summary>
/// A small real log made by the ledger's own code: the journal of one chocolate bar among entries of others, sealed by one block with
/// a head map, under one checkpoint that two of three witnesses cosigned.
/// </summary>
internal sealed class SampleLog
{
    public const string Origin = "log.example.org/test";
    private readonly SignerKey _key;
    private readonly List<Hash256> _leaves = [];
    private readonly List<(long Leaf, byte[] Header, (FieldGroup Group, Salt Salt, byte[] Content)[] Groups)> _journal = [];
    private readonly EntityId _entity;
    private readonly IEntityIndexFunction _indexes;
    private readonly HeadMap _heads;
    private readonly Block _block;
    private int _salts;

    /// <param name="entity">Whose journal.</param>
    /// <param name="events">Its events, in order, as JSON objects.</param>
    /// <param name="strangers">How many entries of others lie between two of its own.</param>
    /// <param name="indexes">By which function its indexes are made; the open one by default.</param>
    /// <param name="namesMap">Whether its block names a head map.</param>
    /// <param name="origin">Its name, where that is another than <see cref="Origin"/>.</param>
    public SampleLog(
        EntityId entity, IEnumerable<JsonObject> events, int strangers = 3, IEntityIndexFunction? indexes = null, bool namesMap = true, string origin = Origin)
    {
        _key = Key.Rename(origin);
        _entity = entity;
        _indexes = indexes ?? HashedEntityIndex.Instance;
        var previous = Hash256.Zero;
        foreach (var content in events)
        {
            AddStrangers(strangers);
            previous = Append(content, previous);
        }

        AddStrangers(strangers);
        var others = Enumerable.Range(0, 40).Select(i => KeyValuePair.Create(
            new EntityIndex(Hash256.Sha256(Encoding.UTF8.GetBytes($"stranger {i}"))), new EntityHead(i + 1, Hash256.Sha256([(byte)i]))));
        _heads = HeadMap.Empty.Update([.. others, KeyValuePair.Create(_indexes.Compute(_entity), new EntityHead(_journal.Count, previous))]);
        _block = BlockBuilder.Build(
            BlockIdentity.Of(_key.Verifier, _indexes.Rule), null, _leaves.Count, RecordTimeMs(_journal.Count), namesMap ? _heads.Root : Hash256.Zero);
        _leaves.Add(_block.Header.LeafHash());
    }

    /// <summary>The witnesses that the log's policy names.</summary>
    public static IReadOnlyList<SignerKey> Witnesses { get; } = [.. Enumerable.Range(1, 3).Select(i => SignerKey.Create(
        $"w{i}.example.org", NoteSignatureType.CosignatureV1, SHA256.HashData([(byte)i])))];

    /// <summary>Two of the three witnesses have to cosign.</summary>
    public static string Policy => $"log {Key.Verifier}\n"
        + string.Concat(Witnesses.Select((w, i) => $"witness w{i + 1} {w.Verifier}\n")) + "group g 2 w1 w2 w3\nquorum g\n";

    public static SignerKey Key { get; } = SignerKey.Create(Origin, NoteSignatureType.Ed25519, SHA256.HashData("test key"u8));

    public string VerifierKey => _key.Verifier + "\n";

    /// <summary>The record time of an entry: a fixed time after the event's number.</summary>
    public static long RecordTimeMs(int sequence) => 1_793_000_000_000 + (sequence * 3_600_000L);

    public IReadOnlyList<long> LeafIndexes => [.. _journal.Select(e => e.Leaf)];

    /// <param name="cosigners">Numbers of the witnesses that cosigned, from 0; the first and the last by default.</param>
    public string Checkpoint(params int[] cosigners)
    {
        var frontier = new MerkleFrontier();
        foreach (var leaf in _leaves)
        {
            frontier.Append(leaf);
        }

        var checkpoint = Ledger.Checkpoints.Checkpoint.Create(_key.Verifier.Name, frontier.Size, frontier.Root());
        int[] numbers = cosigners.Length == 0 ? [0, 2] : cosigners;
        return checkpoint.Sign(_key).With(numbers.Select(i => Witnesses[i].Cosign(checkpoint.ToArray(), 1_793_100_000))).ToString();
    }

    /// <summary>The journal as <c>provenancegrains-bundle/v1</c>, or the proof that there is none.</summary>
    /// <param name="entity">Whose; the log's one journal by default.</param>
    /// <param name="shown">How many of its entries are shown; all by default.</param>
    public JsonObject Bundle(EntityId? entity = null, int? shown = null)
    {
        var subject = entity ?? _entity;
        var entries = (subject == _entity ? _journal : []).Take(shown ?? int.MaxValue).ToList();
        long[] proven = [.. entries.Select(e => e.Leaf), _leaves.Count - 1];
        Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes(Checkpoint()), out var note, out _));
        var bundle = new Bundle
        {
            Checkpoint = note,
            Block = new BundleBlock(_block.Header.ToArray(), _block.Content.ToArray()),
            FirstBlock = new BundleBlock(_block.Header.ToArray(), _block.Content.ToArray()),
            Journals =
            [
                new BundleJournal(
                    subject,
                    _indexes.Prove(subject),
                    _heads.Prove(_indexes.Compute(subject)),
                    [.. entries.Select(e => new BundleEntry(
                        e.Leaf, e.Header, [.. e.Groups.Select(g => DisclosedGroup.Disclosed(g.Salt, g.Content))]))]),
            ],
            Nodes = MultiProof.Make(proven, _leaves.Count, Node),
        };
        return JsonNode.Parse(BundleJson.Write(bundle))!.AsObject();
    }

    /// <summary>The journal as <c>provenancegrains-history/v1</c>.</summary>
    public JsonObject History() => new()
    {
        ["format"] = "provenancegrains-history/v1",
        ["entity"] = new JsonObject { ["kind"] = _entity.Kind, ["key"] = _entity.Key },
        ["checkpoint"] = Checkpoint(),
        ["entries"] = new JsonArray([.. _journal.Select(e => (JsonNode)new JsonObject
        {
            ["leafIndex"] = e.Leaf,
            ["header"] = Convert.ToBase64String(e.Header),
            ["proof"] = new JsonArray([.. Proof(e.Leaf).Select(h => (JsonNode)JsonValue.Create(h.ToBase64())!)]),
            ["groups"] = new JsonArray([.. e.Groups.Select(Group)]),
        })]),
        ["total"] = _journal.Count,
    };

    /// <summary>Replaces a group's salt and content by its digest, as erasure does.</summary>
    public static void Withhold(JsonNode entry, int group)
    {
        var node = entry["groups"]![group - 1]!.AsObject();
        var digest = Payload.GroupDigest(
            (FieldGroup)group,
            Salt.FromBytes(Convert.FromBase64String((string)node["salt"]!)),
            Convert.FromBase64String((string)node["content"]!));
        node.Remove("salt");
        node.Remove("content");
        node["digest"] = digest.ToBase64();
        node["state"] = "erased";
    }

    private Hash256 Append(JsonObject content, Hash256 previous)
    {
        var sequence = _journal.Count;
        (FieldGroup Group, Salt Salt, byte[] Content)[] groups =
        [
            (FieldGroup.Entity, NextSalt(), Payload.EncodeEntity(_entity)),
            (FieldGroup.Type, NextSalt(), Payload.EncodeType("epcis.event", Chocolate.RoleIn(content))),
            (FieldGroup.Author, NextSalt(), Payload.EncodeAuthor("demo", $"request-{sequence}")),
            (FieldGroup.Content, NextSalt(), Encoding.UTF8.GetBytes(content.ToJsonString())),
        ];
        var digests = groups.Select(g => Payload.GroupDigest(g.Group, g.Salt, g.Content)).ToArray();
        var commitment = Payload.Commitment(digests[0], digests[1], digests[2], digests[3]);
        var header = new EntryHeader(
            _indexes.Compute(_entity), sequence, previous, RecordTimeMs(sequence), commitment);
        _journal.Add((_leaves.Count, header.ToArray(), groups));
        _leaves.Add(header.LeafHash());
        return header.LeafHash();
    }

    private void AddStrangers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _leaves.Add(MerkleHash.Leaf(Encoding.UTF8.GetBytes(_leaves.Count.ToString(CultureInfo.InvariantCulture))));
        }
    }

    private Hash256[] Proof(long index) => MerkleProofs.Inclusion(index, _leaves.Count, Node);

    private Hash256 Node(TreeNode node) => node.Level == 0
        ? _leaves[(int)node.Index]
        : MerkleHash.Node(Node(new TreeNode(node.Level - 1, node.Index * 2)), Node(new TreeNode(node.Level - 1, (node.Index * 2) + 1)));

    private Salt NextSalt() => new((UInt128)(ulong)++_salts);

    private static JsonNode Group((FieldGroup Group, Salt Salt, byte[] Content) group)
    {
        var salt = new byte[Salt.Size];
        group.Salt.CopyTo(salt);
        return new JsonObject
        {
            ["group"] = (int)group.Group,
            ["salt"] = Convert.ToBase64String(salt),
            ["content"] = Convert.ToBase64String(group.Content),
            ["state"] = "disclosed",
        };
    }
}
