using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ProvenanceGrains.Api.Parties;

/// <summary>A party that may write.</summary>
/// <param name="Id">Short name, <c>a-z</c>, <c>0-9</c>, <c>-</c>.</param>
/// <param name="KeyId">Public name of its API key: it stands in every entry, and says nothing about the key.</param>
public sealed record Party(string Id, string KeyId);

/// <summary>The parties and their API keys: <c>parties.json</c> in the data folder. Of a key only the SHA-256 is stored.</summary>
/// <remarks>
/// A plain hash suffices because keys are 256 random bits, or, where an operator brings one, at least
/// <see cref="MinKeyLength"/> characters; there is no password to guess. The file is read once: a single process owns it.
/// </remarks>
public sealed class ApiKeys
{
    /// <summary>The shortest key that may be registered, in characters.</summary>
    public const int MinKeyLength = 16;

    /// <summary>The longest key, in characters.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>The party of the operator's <c>--api-key</c>.</summary>
    public const string ScriptParty = "script";

    /// <summary>The party of <c>--demo</c>.</summary>
    public const string DemoParty = "demo";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _path;
    private readonly Action<string, ReadOnlyMemory<byte>> _replaceFile;
    private readonly Func<string> _newKeyId;
    private readonly Func<string> _newApiKey;
    private readonly Lock _lock = new();
    private Dictionary<string, Party> _byKeyHash = [];

    /// <param name="path">The file; read if it is there.</param>
    /// <param name="replaceFile">Replaces a file durably and atomically, for the owner's eyes only.</param>
    /// <param name="newKeyId">Makes a key id: random, 16 characters.</param>
    /// <param name="newApiKey">Makes an API key: 256 random bits as text.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public ApiKeys(
        string path, Action<string, ReadOnlyMemory<byte>> replaceFile, Func<string> newKeyId, Func<string> newApiKey)
    {
        _newApiKey = newApiKey;
        _path = path;
        _newKeyId = newKeyId;
        _replaceFile = replaceFile;
        if (File.Exists(path))
        {
            _byKeyHash = Read(path);
        }
    }

    public int Count => _byKeyHash.Count;

    /// <summary>
    /// Whether an id is of the operator's own, used yet or not, or has an API key here: in the log's registry such a party would take the
    /// operator's roles away.
    /// </summary>
    public bool Knows(string partyId) => partyId is ScriptParty or DemoParty || _byKeyHash.Values.Any(party => party.Id == partyId);

    /// <summary>Makes a party one more API key. It is told once: nothing here can tell it again.</summary>
    public (string ApiKey, string KeyId) Issue(string partyId)
    {
        var apiKey = _newApiKey();
        return (apiKey, Register(partyId, apiKey).KeyId);
    }

    /// <summary>Registers a key for a party; again is no error. A party may have several keys.</summary>
    /// <exception cref="ArgumentException">The key is shorter or longer than the bounds.</exception>
    public Party Register(string partyId, string apiKey)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        if (apiKey.Length is < MinKeyLength or > MaxKeyLength || apiKey.Any(c => c is <= ' ' or > '~'))
        {
            throw new ArgumentException(
                $"An API key has {MinKeyLength} to {MaxKeyLength} printable ASCII characters without spaces.", nameof(apiKey));
        }

        lock (_lock)
        {
            var hash = HashOf(apiKey);
            if (_byKeyHash.TryGetValue(hash, out var known))
            {
                return known;
            }

            var next = new Dictionary<string, Party>(_byKeyHash, StringComparer.Ordinal);
            var party = new Party(partyId, _newKeyId());
            next[hash] = party;
            _replaceFile(
                _path,
                JsonSerializer.SerializeToUtf8Bytes(next.Select(p => new StoredParty(p.Value.Id, p.Value.KeyId, p.Key)), Json));
            _byKeyHash = next;
            return party;
        }
    }

    /// <summary>The party that a key belongs to; null if it is nobody's.</summary>
    /// <remarks>The look-up is by hash: its timing says nothing about a key.</remarks>
    public Party? Authenticate(string apiKey)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        return apiKey.Length is >= MinKeyLength and <= MaxKeyLength
            ? _byKeyHash.GetValueOrDefault(HashOf(apiKey))
            : null;
    }

    private static string HashOf(string apiKey) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(apiKey)));

    private static Dictionary<string, Party> Read(string path)
    {
        try
        {
            var parties = new Dictionary<string, Party>(StringComparer.Ordinal);
            foreach (var stored in JsonSerializer.Deserialize<StoredParty?[]>(File.ReadAllBytes(path), Json) ?? [])
            {
                if (stored is not { Id.Length: > 0, KeyId.Length: > 0, KeySha256.Length: 64 })
                {
                    throw new InvalidDataException($"{path} holds a party without id, keyId or keySha256.");
                }

                parties[stored.KeySha256] = new Party(stored.Id, stored.KeyId);
            }

            return parties;
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException($"{path} is not a list of parties: {damaged.Message}", damaged);
        }
    }

    private sealed record StoredParty(string? Id, string? KeyId, string? KeySha256);
}
