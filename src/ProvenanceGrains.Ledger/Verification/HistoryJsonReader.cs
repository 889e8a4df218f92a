using System.Text.Json;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Text;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>The grammar of a history document.</summary>
internal static class HistoryJsonReader
{
    public const int MaxDepth = 8;

    public static History? Read(ref StrictJsonReader json)
    {
        string? format = null, vkey = null;
        EntityId? entity = null;
        SignedNote? checkpoint = null;
        List<HistoryEntry>? entries = null;
        long? total = null;
        IndexProof? indexProof = null;
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
                case "entity" when StrictJsonReader.Once(ref seen, 2):
                    entity = EntryJson.ReadEntity(ref json);
                    break;
                case "checkpoint" when StrictJsonReader.Once(ref seen, 3):
                    checkpoint = EntryJson.ReadNote(ref json);
                    break;
                case "entries" when StrictJsonReader.Once(ref seen, 4):
                    entries = ReadEntries(ref json);
                    break;
                case "total" when StrictJsonReader.Once(ref seen, 5):
                    total = json.ReadNumber();
                    break;
                case "indexProof" when StrictJsonReader.Once(ref seen, 6):
                    indexProof = json.ReadBytes(VrfPublicKey.ProofSize, VrfPublicKey.ProofSize) is { } pi ? new IndexProof(pi) : null;
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (json.Error is null && format != History.Format)
        {
            json.Fail($"the format is not '{History.Format}'");
        }

        if (entity is null || checkpoint is null || entries is null)
        {
            json.Fail("a member of the history is missing");
            return null;
        }

        return new History
        {
            VkeyHint = vkey,
            Entity = entity.Value,
            IndexProof = indexProof,
            Checkpoint = checkpoint,
            Total = total,
            Entries = entries,
        };
    }

    private static List<HistoryEntry> ReadEntries(ref StrictJsonReader json)
    {
        var entries = new List<HistoryEntry>();
        json.Next(JsonTokenType.StartArray);
        while (json.NextItem(JsonTokenType.StartObject))
        {
            if (entries.Count == History.MaxEntries)
            {
                json.Fail($"there are more than {History.MaxEntries} entries");
            }
            else if (ReadEntry(ref json) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static HistoryEntry? ReadEntry(ref StrictJsonReader json)
    {
        List<Hash256> proof = [];
        return EntryJson.ReadEntry(ref json, History.MaxContentBytes, proof) is { } entry
            ? new HistoryEntry(entry.LeafIndex, entry.Header, proof, entry.Groups)
            : null;
    }
}
