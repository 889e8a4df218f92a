using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Text;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>
/// Reads a history token by token. The first thing that is wrong is kept with its byte position and every further step
/// is passed over: that keeps the grammar below free of error handling.
/// </summary>
internal ref struct HistoryJsonReader(ReadOnlySpan<byte> json)
{
    private const int MaxDepth = 8;

    private readonly ReadOnlySpan<byte> _json = json;
    private Utf8JsonReader _reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
    private string? _error;

    public bool TryRead([NotNullWhen(true)] out History? history, [NotNullWhen(false)] out string? error)
    {
        history = null;
        try
        {
            if (!Utf8.IsValid(_json))
            {
                _error = "The history is not UTF-8.";
            }

            history = ReadHistory();
            if (_error is null && _reader.Read())
            {
                Fail("something follows the document");
            }
        }
        catch (JsonException exception)
        {
            _error ??= $"The history is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}.";
        }
        catch (InvalidOperationException)
        {
            // A string with an escaped lone surrogate has no value.
            Fail("a string is not well-formed Unicode");
        }

        error = _error;
        history = error is null ? history : null;
        return error is null;
    }

    private History? ReadHistory()
    {
        string? format = null, vkey = null;
        EntityId? entity = null;
        SignedNote? checkpoint = null;
        List<HistoryEntry>? entries = null;
        long? total = null;
        IndexProof? indexProof = null;
        var seen = 0;
        Next(JsonTokenType.StartObject);
        while (NextMember(out var name))
        {
            switch (name)
            {
                case "format" when Once(ref seen, 0):
                    format = ReadString(64);
                    break;
                case "vkey" when Once(ref seen, 1):
                    vkey = ReadString(VerifierKey.MaxLength);
                    break;
                case "entity" when Once(ref seen, 2):
                    entity = ReadEntity();
                    break;
                case "checkpoint" when Once(ref seen, 3):
                    checkpoint = ReadCheckpoint();
                    break;
                case "entries" when Once(ref seen, 4):
                    entries = ReadEntries();
                    break;
                case "total" when Once(ref seen, 5):
                    total = ReadNumber();
                    break;
                case "indexProof" when Once(ref seen, 6):
                    indexProof = ReadBytes(VrfPublicKey.ProofSize, VrfPublicKey.ProofSize) is { } pi ? new IndexProof(pi) : null;
                    break;
                default:
                    Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (_error is null && format != History.Format)
        {
            Fail($"the format is not '{History.Format}'");
        }

        if (entity is null || checkpoint is null || entries is null)
        {
            Fail("a member of the history is missing");
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

    private EntityId? ReadEntity()
    {
        string? kind = null, key = null;
        var seen = 0;
        Next(JsonTokenType.StartObject);
        while (NextMember(out var name))
        {
            switch (name)
            {
                case "kind" when Once(ref seen, 0):
                    kind = ReadString(EntityId.MaxKindLength);
                    break;
                case "key" when Once(ref seen, 1):
                    key = ReadString(EntityId.MaxKeyBytes);
                    break;
                default:
                    Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        string? error = null;
        if (kind is null || key is null || !EntityId.TryCreate(kind, key, out var entity, out error))
        {
            Fail(error ?? "the entity has no kind or no key");
            return null;
        }

        return entity;
    }

    private SignedNote? ReadCheckpoint()
    {
        if (ReadString(SignedNote.MaxBytes) is not { } text)
        {
            return null;
        }

        if (!SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out var note, out var error))
        {
            Fail(error);
        }

        return note;
    }

    private List<HistoryEntry> ReadEntries()
    {
        var entries = new List<HistoryEntry>();
        Next(JsonTokenType.StartArray);
        while (NextItem(JsonTokenType.StartObject))
        {
            if (entries.Count == History.MaxEntries)
            {
                Fail($"there are more than {History.MaxEntries} entries");
            }
            else if (ReadEntry() is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private HistoryEntry? ReadEntry()
    {
        long? leafIndex = null;
        byte[]? header = null;
        List<Hash256>? proof = null;
        List<DisclosedGroup>? groups = null;
        var seen = 0;
        while (NextMember(out var name))
        {
            switch (name)
            {
                case "leafIndex" when Once(ref seen, 0):
                    leafIndex = ReadNumber();
                    break;
                case "header" when Once(ref seen, 1):
                    header = ReadBytes(EntryHeader.Size, EntryHeader.Size);
                    break;
                case "proof" when Once(ref seen, 2):
                    proof = ReadProof();
                    break;
                case "groups" when Once(ref seen, 3):
                    groups = ReadGroups();
                    break;
                default:
                    Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (leafIndex is null || header is null || proof is null || groups is null)
        {
            Fail("a member of the entry is missing");
            return null;
        }

        return new HistoryEntry(leafIndex.Value, header, proof, groups);
    }

    private List<Hash256> ReadProof()
    {
        var proof = new List<Hash256>();
        Next(JsonTokenType.StartArray);
        while (NextItem(JsonTokenType.String))
        {
            if (proof.Count == TlogProof.MaxHashes)
            {
                Fail($"a proof has more than {TlogProof.MaxHashes} hashes");
            }
            else if (DecodeBytes(Hash256.Size, Hash256.Size) is { } hash)
            {
                proof.Add(new Hash256(hash));
            }
        }

        return proof;
    }

    private List<DisclosedGroup> ReadGroups()
    {
        var groups = new List<DisclosedGroup>(Payload.GroupCount);
        Next(JsonTokenType.StartArray);
        while (NextItem(JsonTokenType.StartObject))
        {
            if (groups.Count == Payload.GroupCount)
            {
                Fail($"an entry has more than {Payload.GroupCount} groups");
            }
            else if (ReadGroup(groups.Count + 1) is { } group)
            {
                groups.Add(group);
            }
        }

        if (groups.Count != Payload.GroupCount)
        {
            Fail($"an entry has {Payload.GroupCount} groups");
        }

        return groups;
    }

    private DisclosedGroup? ReadGroup(int expected)
    {
        long? number = null;
        string? state = null;
        byte[]? salt = null, content = null, digest = null;
        var seen = 0;
        while (NextMember(out var name))
        {
            switch (name)
            {
                case "group" when Once(ref seen, 0):
                    number = ReadNumber();
                    break;
                case "state" when Once(ref seen, 1):
                    state = ReadString(16);
                    break;
                case "salt" when Once(ref seen, 2):
                    salt = ReadBytes(Salt.Size, Salt.Size);
                    break;
                case "content" when Once(ref seen, 3):
                    content = ReadBytes(0, History.MaxContentBytes);
                    break;
                case "digest" when Once(ref seen, 4):
                    digest = ReadBytes(Hash256.Size, Hash256.Size);
                    break;
                default:
                    Fail($"member '{name}' is unknown or repeated");
                    break;
            }
        }

        if (number != expected)
        {
            Fail($"group {expected} comes next");
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
                Fail("a group is disclosed with salt and content, or withheld or erased with its digest");
                return null;
        }
    }

    private bool NextMember([NotNullWhen(true)] out string? name)
    {
        name = null;
        if (_error is not null || !_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        if (_reader.ValueSpan.Length > 32)
        {
            Fail("a member's name is too long");
            return false;
        }

        name = _reader.GetString()!;
        return true;
    }

    private bool NextItem(JsonTokenType expected)
    {
        if (_error is not null || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        if (_reader.TokenType != expected)
        {
            Fail($"{expected} is expected");
        }

        return _error is null;
    }

    private bool Next(JsonTokenType expected)
    {
        if (_error is null && (!_reader.Read() || _reader.TokenType != expected))
        {
            Fail($"{expected} is expected");
        }

        return _error is null;
    }

    private string? ReadString(int maxBytes)
    {
        if (!Next(JsonTokenType.String))
        {
            return null;
        }

        // An escape takes up to six bytes for one.
        if (_reader.ValueSpan.Length > maxBytes * 6L)
        {
            Fail("a string is too long");
            return null;
        }

        return _reader.GetString();
    }

    private long? ReadNumber()
    {
        if (!Next(JsonTokenType.Number))
        {
            return null;
        }

        if (StrictText.TryParseDecimal(_reader.ValueSpan, out var value))
        {
            return value;
        }

        Fail("a number is not an integer from 0 to 2^63 - 1");
        return null;
    }

    private byte[]? ReadBytes(int min, int max) => Next(JsonTokenType.String) ? DecodeBytes(min, max) : null;

    private byte[]? DecodeBytes(int min, int max)
    {
        var text = _reader.ValueSpan;
        if (_reader.ValueIsEscaped && text.Length <= max * 8L)
        {
            text = Encoding.UTF8.GetBytes(_reader.GetString()!);
        }

        if (text.Length <= ((max + 2L) / 3) * 4
            && StrictText.TryDecodeBase64(text, canonical: true, out var bytes)
            && bytes.Length >= min
            && bytes.Length <= max)
        {
            return bytes;
        }

        Fail(min == max ? $"a string is not base64 of {max} bytes" : $"a string is not base64 of at most {max} bytes");
        return null;
    }

    private static bool Once(ref int seen, int member)
    {
        var first = (seen & (1 << member)) == 0;
        seen |= 1 << member;
        return first;
    }

    private void Fail(string what) => _error ??= $"The history at byte {_reader.TokenStartIndex}: {what.TrimEnd('.')}.";
}
