using System.Text.Json;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Text;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>The grammar of a bundle document.</summary>
internal static class BundleJsonReader
{
    public const int MaxDepth = 8;

    private const int MaxMapDepth = 256;

    public static Bundle? Read(ref StrictJsonReader json)
    {
        string? format = null, vkey = null;
        SignedNote? checkpoint = null;
        BundleBlock? block = null, firstBlock = null;
        List<BundleJournal>? journals = null;
        List<Hash256>? nodes = null;
        var seen = 0;
        json.Next(JsonTokenType.StartObject);
        while (json.NextMember(out var name))
        {
            switch (name)
            {
                case "format" when StrictJsonReader.Once(ref seen, 0):
                    format = json.ReadString(64);
                    break;
                case "vkey" when StrictJsonReader.Once(ref seen, 1):
                    vkey = json.ReadString(VerifierKey.MaxLength);
                    break;
                case "checkpoint" when StrictJsonReader.Once(ref seen, 2):
                    checkpoint = EntryJson.ReadNote(ref json);
                    break;
                case "block" when StrictJsonReader.Once(ref seen, 3):
                    block = ReadBlock(ref json);
                    break;
                case "journals" when StrictJsonReader.Once(ref seen, 4):
                    journals = ReadJournals(ref json);
                    break;
                case "nodes" when StrictJsonReader.Once(ref seen, 5):
                    nodes = EntryJson.ReadHashes(ref json, Bundle.MaxNodes);
                    break;
                case "firstBlock" when StrictJsonReader.Once(ref seen, 6):
                    firstBlock = ReadBlock(ref json);
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (json.Error is null && format != Bundle.Format)
        {
            json.Fail($"the format is not '{Bundle.Format}'");
        }

        if (checkpoint is null || block is null || firstBlock is null || journals is null || nodes is null)
        {
            json.Fail("a member of the bundle is missing");
            return null;
        }

        if (journals.Count == 0)
        {
            json.Fail("there is no journal");
        }

        return new Bundle
        {
            VkeyHint = vkey,
            Checkpoint = checkpoint,
            Block = block,
            FirstBlock = firstBlock,
            Journals = journals,
            Nodes = nodes,
        };
    }

    private static BundleBlock? ReadBlock(ref StrictJsonReader json)
    {
        byte[]? header = null, content = null;
        var seen = 0;
        json.Next(JsonTokenType.StartObject);
        while (json.NextMember(out var name))
        {
            switch (name)
            {
                case "header" when StrictJsonReader.Once(ref seen, 0):
                    header = json.ReadBytes(EntryHeader.Size, EntryHeader.Size);
                    break;
                case "content" when StrictJsonReader.Once(ref seen, 1):
                    content = json.ReadBytes(BlockContent.HashedSize, BlockContent.VrfSize);
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (header is null || content is null)
        {
            json.Fail("a member of the block is missing");
            return null;
        }

        return new BundleBlock(header, content);
    }

    private static List<BundleJournal> ReadJournals(ref StrictJsonReader json)
    {
        var journals = new List<BundleJournal>();
        var entries = 0;
        json.Next(JsonTokenType.StartArray);
        while (json.NextItem(JsonTokenType.StartObject))
        {
            if (journals.Count == Bundle.MaxJournals)
            {
                json.Fail($"there are more than {Bundle.MaxJournals} journals");
            }
            else if (ReadJournal(ref json, ref entries) is { } journal)
            {
                journals.Add(journal);
            }
        }

        return journals;
    }

    private static BundleJournal? ReadJournal(ref StrictJsonReader json, ref int entryCount)
    {
        EntityId? entity = null;
        IndexProof? index = null;
        HeadMapProof? head = null;
        List<BundleEntry>? entries = null;
        var seen = 0;
        while (json.NextMember(out var name))
        {
            switch (name)
            {
                case "entity" when StrictJsonReader.Once(ref seen, 0):
                    entity = EntryJson.ReadEntity(ref json);
                    break;
                case "indexProof" when StrictJsonReader.Once(ref seen, 1):
                    index = json.ReadBytes(VrfPublicKey.ProofSize, VrfPublicKey.ProofSize) is { } vrf ? new IndexProof(vrf) : null;
                    break;
                case "head" when StrictJsonReader.Once(ref seen, 2):
                    head = ReadHead(ref json);
                    break;
                case "entries" when StrictJsonReader.Once(ref seen, 3):
                    entries = ReadEntries(ref json, ref entryCount);
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (entity is null || entries is null)
        {
            json.Fail("a member of the journal is missing");
            return null;
        }

        return new BundleJournal(entity.Value, index, head, entries);
    }

    private static List<BundleEntry> ReadEntries(ref StrictJsonReader json, ref int entryCount)
    {
        var entries = new List<BundleEntry>();
        json.Next(JsonTokenType.StartArray);
        while (json.NextItem(JsonTokenType.StartObject))
        {
            if (++entryCount > Bundle.MaxEntries)
            {
                json.Fail($"there are more than {Bundle.MaxEntries} entries");
            }
            else if (ReadEntry(ref json) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static BundleEntry? ReadEntry(ref StrictJsonReader json) =>
        EntryJson.ReadEntry(ref json, Bundle.MaxContentBytes, null) is { } entry
            ? new BundleEntry(entry.LeafIndex, entry.Header, entry.Groups)
            : null;

    private static HeadMapProof? ReadHead(ref StrictJsonReader json)
    {
        List<Hash256>? siblings = null;
        HeadMapLeaf? leaf = null;
        var seen = 0;
        json.Next(JsonTokenType.StartObject);
        while (json.NextMember(out var name))
        {
            switch (name)
            {
                case "siblings" when StrictJsonReader.Once(ref seen, 0):
                    siblings = EntryJson.ReadHashes(ref json, MaxMapDepth);
                    break;
                case "leaf" when StrictJsonReader.Once(ref seen, 1):
                    leaf = ReadLeaf(ref json);
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (siblings is null)
        {
            json.Fail("a member of the head is missing");
            return null;
        }

        return new HeadMapProof(siblings, leaf);
    }

    private static HeadMapLeaf? ReadLeaf(ref StrictJsonReader json)
    {
        byte[]? index = null, last = null;
        long? length = null;
        var seen = 0;
        json.Next(JsonTokenType.StartObject);
        while (json.NextMember(out var name))
        {
            switch (name)
            {
                case "index" when StrictJsonReader.Once(ref seen, 0):
                    index = json.ReadBytes(Hash256.Size, Hash256.Size);
                    break;
                case "length" when StrictJsonReader.Once(ref seen, 1):
                    length = json.ReadNumber();
                    break;
                case "last" when StrictJsonReader.Once(ref seen, 2):
                    last = json.ReadBytes(Hash256.Size, Hash256.Size);
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (index is null || length is null || last is null)
        {
            json.Fail("a member of the head's leaf is missing");
            return null;
        }

        return new HeadMapLeaf(new EntityIndex(new Hash256(index)), new EntityHead(length.Value, new Hash256(last)));
    }
}
