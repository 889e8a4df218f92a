using System.Text;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Vrf;
using ProvenanceGrains.Storage.Files;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>
/// Gives a data folder its index function, and keeps it the one that it has: <c>vrf.key</c>, which only its owner may read, and the
/// public half in <c>log/vrf</c>.
/// </summary>
/// <remarks>
/// Runs before the stores are open, which need the function. <c>vrf.key</c> is written first and <c>log/vrf</c> before any entry is: a
/// crash between the two leaves a key that the next start takes. Neither is overwritten by a second process that starts meanwhile;
/// the store's lock then keeps that one out.
/// </remarks>
internal sealed class IndexRuleFiles(string dataFolder)
{
    private const string Hash = "hash";
    private const string Vrf = "vrf";

    private readonly string _keyPath = Path.Combine(dataFolder, "vrf.key");
    private readonly string _publicPath = Path.Combine(dataFolder, "log", "vrf");

    /// <summary>Opens the folder's index function, or makes one for a new folder.</summary>
    /// <param name="wanted"><c>hash</c>, <c>vrf</c>, or null for what the folder has: <c>hash</c> for a new one.</param>
    /// <param name="random">32 random bytes for a key to be made.</param>
    /// <exception cref="ArgumentException">Another word.</exception>
    /// <exception cref="InvalidDataException">The folder's log has another rule, or its key is missing or another.</exception>
    public IEntityIndexFunction Open(string? wanted, Func<byte[]> random)
    {
        if (wanted is not (null or Hash or Vrf))
        {
            throw new ArgumentException($"--index is {Hash} or {Vrf}, not '{wanted}'.");
        }

        var has = Read();
        var name = has switch { null => wanted ?? Hash, IndexRule.Vrf => Vrf, _ => Hash };
        if (wanted is not null && wanted != name)
        {
            throw new InvalidDataException(
                $"--index {wanted}: the log in {dataFolder} has the indexes of --index {name}, and a log keeps its rule for life. "
                + "Take another data folder.");
        }

        if (name == Vrf)
        {
            return new VrfEntityIndex(OpenKey(has as IndexRule.Vrf, random));
        }

        return File.Exists(_keyPath)
            ? throw new InvalidDataException(
                $"{_keyPath} is there, but nothing says that this folder's indexes were made with it: log/vrf or chain/ is missing.")
            : HashedEntityIndex.Instance;
    }

    private VrfPrivateKey OpenKey(IndexRule.Vrf? has, Func<byte[]> random)
    {
        var key = File.Exists(_keyPath) ? Load()
            : has is null ? Create(random)
            : throw new InvalidDataException(
                $"{_keyPath} is missing, but this folder's indexes were made with it. Restore it: without it no journal is found again.");
        if (has is not null && has.Key != key.Public)
        {
            throw new InvalidDataException(
                $"{_keyPath} is not the key that this folder's indexes were made with, which is the private half of {has.Key}. Restore that one.");
        }

        var text = Encoding.UTF8.GetBytes(key.Public + "\n");
        if (!File.Exists(_publicPath) || !File.ReadAllBytes(_publicPath).AsSpan().SequenceEqual(text))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_publicPath)!);
            DurableFile.SyncFolder(dataFolder);
            DurableFile.Replace(_publicPath, text);
        }

        return key;
    }

    /// <summary>The rule of the log: what its first block says, else <c>log/vrf</c>; null for a folder that has no log yet.</summary>
    private IndexRule? Read()
    {
        var blocks = Path.Combine(dataFolder, "chain", "blocks.bin");
        if (File.Exists(blocks) && ReadFirstBlock(blocks) is { } block)
        {
            return block.Content.IndexRule;
        }

        if (File.Exists(_publicPath))
        {
            return VrfPublicKey.TryParseText(File.ReadAllText(_publicPath), out var key, out var error)
                ? new IndexRule.Vrf(key)
                : throw new InvalidDataException($"{_publicPath} is damaged: {error}");
        }

        var segments = Path.Combine(dataFolder, "segments");
        return Directory.Exists(segments) && Directory.EnumerateFileSystemEntries(segments).Any() ? IndexRule.Hash : null;
    }

    private static BlockRecord? ReadFirstBlock(string path)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite);
        Span<byte> bytes = stackalloc byte[BlockRecord.MaxSize];
        var length = RandomAccess.Read(file, bytes, 0);
        if (length < BlockRecord.PrefixSize || BlockRecord.SizeByPrefix(bytes) is not { } size || length < size)
        {
            // Torn before it was ever whole, or damaged: the sealer's recovery knows which.
            return null;
        }

        return BlockRecord.TryParse(bytes[..size], out var record, out var error)
            ? record
            : throw new InvalidDataException($"chain/blocks.bin, block 0: {error}");
    }

    private VrfPrivateKey Load()
    {
        if (SecretFile.IsOpenToOthers(_keyPath))
        {
            throw new InvalidDataException($"{_keyPath} may be read by others, who could then guess what the log holds: chmod 600 it.");
        }

        return VrfPrivateKey.TryParseText(File.ReadAllText(_keyPath).TrimEnd('\n'), out var key, out var error)
            ? key
            : throw new InvalidDataException($"{_keyPath} holds no VRF key: {error}");
    }

    private VrfPrivateKey Create(Func<byte[]> random)
    {
        VrfPrivateKey? key;
        while (!VrfPrivateKey.TryCreate(random(), out key, out _))
        {
            // One in 2^32 numbers of 32 bytes is no key.
        }

        DurableFile.Create(_keyPath, Encoding.UTF8.GetBytes(key.ExportText() + "\n"), SecretFile.Mode);
        return key;
    }
}
