using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Browser.Tests.Fixtures;

/// <summary>
/// A small real log made by the ledger's own code: the journal of one chocolate bar among entries of others, sealed under
/// one checkpoint.
/// </summary>
internal sealed class SampleLog
{
    public const string Origin = "log.example.org/test";
    private readonly List<Hash256> _leaves = [];
    private readonly List<(long Leaf, byte[] Header, (FieldGroup Group, Salt Salt, byte[] Content)[] Groups)> _journal = [];
    private readonly EntityId _entity;
    private int _salts;

    /// <param name="entity">Whose journal.</param>
    /// <param name="events">Its events, in order, as JSON objects.</param>
    /// <param name="strangers">How many entries of others lie between two of its own.</param>
    public SampleLog(EntityId entity, IEnumerable<JsonObject> events, int strangers = 3)
    {
        _entity = entity;
        var previous = Hash256.Zero;
        foreach (var content in events)
        {
            AddStrangers(strangers);
            previous = Append(content, previous);
        }

        AddStrangers(strangers);
    }

    public static SignerKey Key { get; } = SignerKey.Create(Origin, NoteSignatureType.Ed25519, SHA256.HashData("test key"u8));

    public string VerifierKey => Key.Verifier + "\n";

    /// <summary>The record time of an entry: a fixed time after the event's number.</summary>
    public static long RecordTimeMs(int sequence) => 1_793_000_000_000 + (sequence * 3_600_000L);

    public IReadOnlyList<long> LeafIndexes => [.. _journal.Select(e => e.Leaf)];

    public string Checkpoint(long? size = null)
    {
        var frontier = new MerkleFrontier();
        foreach (var leaf in _leaves.Take((int)(size ?? _leaves.Count)))
        {
            frontier.Append(leaf);
        }

        return Ledger.Checkpoints.Checkpoint.Create(Origin, frontier.Size, frontier.Root()).Sign(Key).ToString();
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
    public static void Withhold(JsonObject history, int entry, int group)
    {
        var node = history["entries"]![entry]!["groups"]![group - 1]!.AsObject();
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
            HashedEntityIndex.Instance.Compute(_entity), sequence, previous, RecordTimeMs(sequence), commitment);
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
