using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>What a party may do.</summary>
[Flags]
public enum PartyRoles
{
    None = 0,

    /// <summary>Send events.</summary>
    Capture = 1,

    /// <summary>Ask; reading is open today, the role is kept for deployments that close it.</summary>
    Query = 2,

    /// <summary>Register parties and their keys.</summary>
    Admin = 4,

    All = Capture | Query | Admin,
}

/// <summary>One entry of a party's journal: the content group of its payload (docs/formats.md, "Parties").</summary>
public abstract record PartyEntry
{
    /// <summary>The kind of the entity whose journal this is; its key is the party's id.</summary>
    public const string EntityKind = "party";

    /// <summary>The entry type of a registration.</summary>
    public const string RegisteredType = "party.registered";

    /// <summary>The entry type of a key that is added.</summary>
    public const string KeyAddedType = "party.key-added";

    /// <summary>The entry type of a key that is revoked.</summary>
    public const string KeyRevokedType = "party.key-revoked";

    /// <summary>The longest content, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    private PartyEntry(string partyId) => PartyId = partyId;

    /// <summary>Whose entry it is.</summary>
    public string PartyId { get; }

    /// <summary>One of the three entry types.</summary>
    public abstract string EntryType { get; }

    /// <summary>Who the party is. Again: name, GLN, roles and prefixes replace those before.</summary>
    /// <param name="PartyId">See <see cref="PartyNames"/>.</param>
    /// <param name="Name">For people.</param>
    /// <param name="Gln">13 digits with their check digit; null if it has none.</param>
    /// <param name="Roles">At least one.</param>
    /// <param name="GlnPrefixes">Where its events may happen; empty for anywhere.</param>
    public sealed record Registered(
        string PartyId, string Name, string? Gln, PartyRoles Roles, IReadOnlyList<string> GlnPrefixes) : PartyEntry(PartyId)
    {
        public override string EntryType => RegisteredType;
    }

    /// <summary>A key by which the party signs from now on.</summary>
    /// <param name="PartyId">The party.</param>
    /// <param name="Key">Its public half.</param>
    /// <param name="ValidFromMs">First instant, in milliseconds since the epoch.</param>
    /// <param name="ValidUntilMs">First instant at which it is no longer valid; null for no end.</param>
    public sealed record KeyAdded(string PartyId, PartyKey Key, long ValidFromMs, long? ValidUntilMs) : PartyEntry(PartyId)
    {
        public override string EntryType => KeyAddedType;
    }

    /// <summary>A key that signs nothing any more; what it signed before stays signed.</summary>
    /// <param name="PartyId">The party.</param>
    /// <param name="KeyId">The key.</param>
    /// <param name="Reason">For people; null for none.</param>
    public sealed record KeyRevoked(string PartyId, string KeyId, string? Reason) : PartyEntry(PartyId)
    {
        public override string EntryType => KeyRevokedType;
    }

    /// <summary>The content's bytes: JSON, one line, members in the order of docs/formats.md.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("party", PartyId);
            WriteMembers(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a content group.</summary>
    /// <param name="entryType">Of the type group.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="entry">The entry, when the answer is true.</param>
    /// <param name="error">What is wrong, naming the member, when the answer is false.</param>
    public static bool TryParse(
        string entryType, ReadOnlyMemory<byte> content, [NotNullWhen(true)] out PartyEntry? entry, [NotNullWhen(false)] out string? error)
    {
        entry = null;
        if (content.Length > MaxBytes)
        {
            error = $"it has {content.Length} bytes, at most {MaxBytes} are read";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(content, PartyEntryReader.Options);
            return PartyEntryReader.TryRead(entryType, document.RootElement, out entry, out error);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            error = "it is not JSON";
            return false;
        }
    }

    /// <summary>Whether an entry type is one of a party's own.</summary>
    public static bool IsPartyType(string entryType) => entryType is RegisteredType or KeyAddedType or KeyRevokedType;

    /// <summary>An instant as the entries have it: RFC 3339, UTC, milliseconds.</summary>
    public static string FormatTime(long timeMs) =>
        // A header may hold any positive number; a date cannot.
        timeMs is < 0 or > 253_402_300_799_999 ? $"{timeMs} ms"
        : DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void WriteMembers(Utf8JsonWriter writer)
    {
        switch (this)
        {
            case Registered registered:
                writer.WriteString("name", registered.Name);
                writer.WriteString("gln", registered.Gln);
                WriteTexts(writer, "roles", PartyNames.OfRoles(registered.Roles));
                WriteTexts(writer, "glnPrefixes", registered.GlnPrefixes);
                break;
            case KeyAdded added:
                writer.WriteString("keyId", added.Key.Id);
                writer.WritePropertyName("jwk");
                writer.WriteRawValue(added.Key.ToJwk());
                writer.WriteString("validFrom", FormatTime(added.ValidFromMs));
                writer.WriteString("validUntil", added.ValidUntilMs is { } until ? FormatTime(until) : null);
                break;
            case KeyRevoked revoked:
                writer.WriteString("keyId", revoked.KeyId);
                writer.WriteString("reason", revoked.Reason);
                break;
        }
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
