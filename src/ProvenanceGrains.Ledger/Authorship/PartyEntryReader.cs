using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>Reads the entries of parties out of JSON, also what a client sends: the same members, the same rules.</summary>
public static class PartyEntryReader
{
    /// <summary>How such JSON is read: shallow, and no member twice.</summary>
    public static JsonDocumentOptions Options => new() { MaxDepth = 6, AllowDuplicateProperties = false };

    /// <summary>Reads an entry of a type; a member that is not known is refused.</summary>
    public static bool TryRead(
        string entryType, JsonElement json, [NotNullWhen(true)] out PartyEntry? entry, [NotNullWhen(false)] out string? error)
    {
        entry = null;
        if (json.ValueKind != JsonValueKind.Object || Text(json, "party") is not { } party || !PartyNames.IsId(party))
        {
            error = "party: a party id has 1 to 64 characters of a-z, 0-9, '-', '_' and '.'";
            return false;
        }

        switch (entryType)
        {
            case PartyEntry.RegisteredType:
                error = CheckMembers(json, "party", "name", "gln", "roles", "glnPrefixes");
                return error is null && TryReadRegistered(party, json, out entry, out error);
            case PartyEntry.KeyAddedType:
                error = CheckMembers(json, "party", "keyId", "jwk", "validFrom", "validUntil");
                return error is null && TryReadAdded(party, json, null, out entry, out error);
            case PartyEntry.KeyRevokedType:
                error = CheckMembers(json, "party", "keyId", "reason");
                return error is null && TryReadRevoked(party, json, out entry, out error);
            default:
                error = $"'{entryType}' is no entry type of a party";
                return false;
        }
    }

    /// <summary>Name, GLN, roles and prefixes of a party.</summary>
    public static bool TryReadRegistered(
        string party, JsonElement json, [NotNullWhen(true)] out PartyEntry? entry, [NotNullWhen(false)] out string? error)
    {
        entry = null;
        var roles = PartyRoles.None;
        var prefixes = new List<string>();
        error = !PartyNames.IsText(Text(json, "name")) ? "name: 1 to 256 characters are needed"
            : Is(json, "gln") && !PartyNames.IsGln(Text(json, "gln")) ? "gln: a GLN has 13 digits, the last its check digit"
            : ReadTexts(json, "roles", 3, text =>
                {
                    roles |= PartyNames.RoleOf(text);
                    return PartyNames.RoleOf(text) != PartyRoles.None;
                })
                ?? ReadTexts(json, "glnPrefixes", PartyNames.MaxPrefixes, text =>
                {
                    prefixes.Add(text);
                    return PartyNames.IsGlnPrefix(text);
                });
        if (error is null && roles == PartyRoles.None)
        {
            error = "roles: at least one of capture, query and admin is needed";
        }

        entry = error is null ? new PartyEntry.Registered(party, Text(json, "name")!, Text(json, "gln"), roles, prefixes) : null;
        return entry is not null;
    }

    /// <summary>A key with its validity; a key id, if there, is its thumbprint.</summary>
    /// <param name="party">Whose key.</param>
    /// <param name="json">With <c>jwk</c>, <c>validFrom</c>, <c>validUntil</c>.</param>
    /// <param name="defaultFromMs">What stands for an absent <c>validFrom</c>; null: it is needed.</param>
    /// <param name="entry">The entry, when the answer is true.</param>
    /// <param name="error">What is wrong, naming the member, when the answer is false.</param>
    public static bool TryReadAdded(
        string party, JsonElement json, long? defaultFromMs, [NotNullWhen(true)] out PartyEntry? entry, [NotNullWhen(false)] out string? error)
    {
        entry = null;
        JsonElement jwk = default;
        if (json.ValueKind == JsonValueKind.Object)
        {
            json.TryGetProperty("jwk", out jwk);
        }

        if (!PartyKey.TryParseJwk(jwk, out var key, out error))
        {
            error = "jwk: " + error;
            return false;
        }

        if (!TryTime(json, "validFrom", out var given) || (given ?? defaultFromMs) is not { } from)
        {
            error = "validFrom: an RFC 3339 time is needed";
            return false;
        }

        error = !TryTime(json, "validUntil", out var until) ? "validUntil: it is no RFC 3339 time"
            : until <= from ? "validUntil: it is not after validFrom"
            : Is(json, "keyId") && Text(json, "keyId") != key.Id ? "keyId: it is not the key's thumbprint (RFC 7638)"
            : null;
        entry = error is null ? new PartyEntry.KeyAdded(party, key, from, until) : null;
        return entry is not null;
    }

    private static bool TryReadRevoked(
        string party, JsonElement json, [NotNullWhen(true)] out PartyEntry? entry, [NotNullWhen(false)] out string? error)
    {
        entry = null;
        error = Text(json, "keyId") is not { Length: PartyKey.IdLength } keyId ? "keyId: a key's thumbprint is needed"
            : Is(json, "reason") && !PartyNames.IsText(Text(json, "reason")) ? "reason: 1 to 256 characters, or nothing"
            : null;
        entry = error is null ? new PartyEntry.KeyRevoked(party, Text(json, "keyId")!, Text(json, "reason")) : null;
        return entry is not null;
    }

    /// <summary>Null if it is an object and every member is one of those; else the complaint.</summary>
    public static string? CheckMembers(JsonElement json, params ReadOnlySpan<string> known)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return "body: a JSON object is needed";
        }

        foreach (var member in json.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                return $"{member.Name}: no such member is known";
            }
        }

        return null;
    }

    private static bool Is(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static string? Text(JsonElement json, string name) => JsonTexts.Read(json, name);

    private static string? ReadTexts(JsonElement json, string name, int max, Func<string, bool> accept)
    {
        if (!Is(json, name))
        {
            return null;
        }

        var array = json.GetProperty(name);
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > max)
        {
            return $"{name}: an array of at most {max} texts is needed";
        }

        foreach (var item in array.EnumerateArray())
        {
            if (JsonTexts.Read(item) is not { } text || !accept(text))
            {
                return $"{name}: '{JsonTexts.Read(item)}' is not one";
            }
        }

        return null;
    }

    private static bool TryTime(JsonElement json, string name, out long? timeMs)
    {
        timeMs = null;
        if (!Is(json, name))
        {
            return true;
        }

        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        if (Text(json, name) is not { Length: <= 40 } text || !(text.EndsWith('Z') || text.Length > 6 && text[^3] == ':' && text[^6] is '+' or '-')
            || !DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            || time < DateTimeOffset.UnixEpoch)
        {
            return false;
        }

        timeMs = time.ToUnixTimeMilliseconds();
        return true;
    }
}
