using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>The parts that histories and bundles share: entities, notes, hashes and field groups (docs/formats.md).</summary>
internal static class EntryJson
{
    public static void Write(Utf8JsonWriter writer, EntityId entity)
    {
        writer.WriteStartObject("entity");
        writer.WriteString("kind", entity.Kind);
        writer.WriteString("key", entity.Key);
        writer.WriteEndObject();
    }

    public static void WriteHashes(Utf8JsonWriter writer, string name, IReadOnlyList<Hash256> hashes)
    {
        writer.WriteStartArray(name);
        foreach (var hash in hashes)
        {
            writer.WriteBase64StringValue(hash.AsSpan());
        }

        writer.WriteEndArray();
    }

    public static void WriteGroups(Utf8JsonWriter writer, IReadOnlyList<DisclosedGroup> groups)
    {
        writer.WriteStartArray("groups");
        for (var i = 0; i < groups.Count; i++)
        {
            Write(writer, i + 1, groups[i]);
        }

        writer.WriteEndArray();
    }

    public static EntityId? ReadEntity(ref StrictJsonReader json)
    {
        string? kind = null, key = null;
        var seen = 0;
        json.Next(JsonTokenType.StartObject);
        while (json.NextMember(out var name))
        {
            switch (name)
            {
                case "kind" when StrictJsonReader.Once(ref seen, 0):
                    kind = json.ReadString(EntityId.MaxKindLength);
                    break;
                case "key" when StrictJsonReader.Once(ref seen, 1):
                    key = json.ReadString(EntityId.MaxKeyBytes);
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        string? error = null;
        if (kind is null || key is null || !EntityId.TryCreate(kind, key, out var entity, out error))
        {
            json.Fail(error ?? "the entity has no kind or no key");
            return null;
        }

        return entity;
    }

    public static SignedNote? ReadNote(ref StrictJsonReader json)
    {
        if (json.ReadString(SignedNote.MaxBytes) is not { } text)
        {
            return null;
        }

        if (!SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out var note, out var error))
        {
            json.Fail(error);
        }

        return note;
    }

    /// <param name="json">Stands before the array.</param>
    /// <param name="most">The most hashes.</param>
    public static List<Hash256> ReadHashes(ref StrictJsonReader json, int most)
    {
        var hashes = new List<Hash256>();
        json.Next(JsonTokenType.StartArray);
        while (json.NextItem(JsonTokenType.String))
        {
            if (hashes.Count == most)
            {
                json.Fail($"a proof has more than {most} hashes");
            }
            else if (json.DecodeBytes(Hash256.Size, Hash256.Size) is { } hash)
            {
                hashes.Add(new Hash256(hash));
            }
        }

        return hashes;
    }

    /// <summary>Reads an entry: its place, its header, its groups, and its inclusion proof where it has one of its own.</summary>
    /// <param name="json">Stands in the object.</param>
    /// <param name="maxContentBytes">The longest content of a group.</param>
    /// <param name="proof">Takes the hashes of the member <c>proof</c>; null: there is no such member.</param>
    public static (long LeafIndex, byte[] Header, List<DisclosedGroup> Groups)? ReadEntry(
        ref StrictJsonReader json, int maxContentBytes, List<Hash256>? proof)
    {
        long? leafIndex = null;
        byte[]? header = null;
        List<DisclosedGroup>? groups = null;
        var hasProof = proof is null;
        var seen = 0;
        while (json.NextMember(out var name))
        {
            switch (name)
            {
                case "leafIndex" when StrictJsonReader.Once(ref seen, 0):
                    leafIndex = json.ReadNumber();
                    break;
                case "header" when StrictJsonReader.Once(ref seen, 1):
                    header = json.ReadBytes(EntryHeader.Size, EntryHeader.Size);
                    break;
                case "proof" when proof is not null && StrictJsonReader.Once(ref seen, 2):
                    proof.AddRange(ReadHashes(ref json, TlogProof.MaxHashes));
                    hasProof = true;
                    break;
                case "groups" when StrictJsonReader.Once(ref seen, 3):
                    groups = ReadGroups(ref json, maxContentBytes);
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (leafIndex is null || header is null || !hasProof || groups is null)
        {
            json.Fail("a member of the entry is missing");
            return null;
        }

        return (leafIndex.Value, header, groups);
    }

    /// <param name="json">Stands before the array.</param>
    /// <param name="maxContentBytes">The longest content of a group.</param>
    public static List<DisclosedGroup> ReadGroups(ref StrictJsonReader json, int maxContentBytes)
    {
        var groups = new List<DisclosedGroup>(Payload.GroupCount);
        json.Next(JsonTokenType.StartArray);
        while (json.NextItem(JsonTokenType.StartObject))
        {
            if (groups.Count == Payload.GroupCount)
            {
                json.Fail($"an entry has more than {Payload.GroupCount} groups");
            }
            else if (ReadGroup(ref json, groups.Count + 1, maxContentBytes) is { } group)
            {
                groups.Add(group);
            }
        }

        if (groups.Count != Payload.GroupCount)
        {
            json.Fail($"an entry has {Payload.GroupCount} groups");
        }

        return groups;
    }

    private static void Write(Utf8JsonWriter writer, int number, DisclosedGroup group)
    {
        writer.WriteStartObject();
        writer.WriteNumber("group", number);
        writer.WriteString("state", group.State switch
        {
            GroupState.Disclosed => "disclosed",
            GroupState.Withheld => "withheld",
            GroupState.Erased => "erased",
        });
        if (group.State == GroupState.Disclosed)
        {
            Span<byte> salt = stackalloc byte[Salt.Size];
            group.Salt.CopyTo(salt);
            writer.WriteBase64String("salt", salt);
            writer.WriteBase64String("content", group.Content.Span);
        }
        else
        {
            writer.WriteBase64String("digest", group.Digest.AsSpan());
        }

        writer.WriteEndObject();
    }

    private static DisclosedGroup? ReadGroup(ref StrictJsonReader json, int expected, int maxContentBytes)
    {
        long? number = null;
        string? state = null;
        byte[]? salt = null, content = null, digest = null;
        var seen = 0;
        while (json.NextMember(out var name))
        {
            switch (name)
            {
                case "group" when StrictJsonReader.Once(ref seen, 0):
                    number = json.ReadNumber();
                    break;
                case "state" when StrictJsonReader.Once(ref seen, 1):
                    state = json.ReadString(16);
                    break;
                case "salt" when StrictJsonReader.Once(ref seen, 2):
                    salt = json.ReadBytes(Salt.Size, Salt.Size);
                    break;
                case "content" when StrictJsonReader.Once(ref seen, 3):
                    content = json.ReadBytes(0, maxContentBytes);
                    break;
                case "digest" when StrictJsonReader.Once(ref seen, 4):
                    digest = json.ReadBytes(Hash256.Size, Hash256.Size);
                    break;
                default:
                    json.Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (number != expected)
        {
            json.Fail($"group {expected} comes next");
        }

        switch (state, salt, content, digest)
        {
            case ("disclosed", { } s, { } c, null):
                return DisclosedGroup.Disclosed(Salt.FromBytes(s), c);
            case ("withheld", null, null, { } d):
                return DisclosedGroup.Withheld(new Hash256(d));
            case ("erased", null, null, { } d):
                return DisclosedGroup.Erased(new Hash256(d));
            default:
                json.Fail("a group is disclosed with salt and content, or withheld or erased with its digest");
                return null;
        }
    }
}
