using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing.Incarnations;

/// <summary>
/// Compares a data folder with its anchor: the last committed checkpoint, kept on another disk, which a restored backup does not set back.
/// </summary>
internal static class Anchor
{
    /// <param name="path">The anchor; it may be missing, before the first commit.</param>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="key">The log's key; null if there is none yet.</param>
    /// <param name="incarnation">The note of the log's incarnation; null for the first.</param>
    /// <exception cref="InvalidDataException">The anchor is ahead of the folder, beside it, or another log's.</exception>
    public static void Check(string path, string dataFolder, VerifierKey? key, byte[]? incarnation)
    {
        if (!File.Exists(path))
        {
            return;
        }

        if (key is null)
        {
            throw new InvalidDataException($"{path} is the anchor of a log, but the data folder has no log.key: is it the right folder?");
        }

        if (IsOfOldIncarnation(path, key, incarnation))
        {
            return;
        }

        var anchor = LogIncarnations.Open(path, key);
        var committedPath = Path.Combine(dataFolder, "chain", "checkpoint");
        var committed = File.Exists(committedPath) ? LogIncarnations.Open(committedPath, key) : null;
        var size = committed?.Size ?? 0;
        if (anchor.Size > size || committed is null)
        {
            throw new InvalidDataException(
                $"{path} knows {anchor.Size} leaves of {key.Name}, but chain/checkpoint has {size}: the data folder was set back, e.g. restored "
                + $"from a backup. Going on would sign a second history. {Remedy(key)}");
        }

        if (RootAt(dataFolder, anchor.Size, committed) != anchor.Root)
        {
            throw new InvalidDataException(
                $"{path} knows another root for {anchor.Size} leaves of {key.Name} than this folder's log of {size} leaves has: a second history is "
                + $"signed already. {Remedy(key)} provenance compare makes evidence of the two.");
        }
    }

    /// <summary>A trial: what cannot be written would protect nothing, and would be found out only after the first commit.</summary>
    /// <exception cref="IOException">It cannot be written; the message says why.</exception>
    public static void RequireWritable(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"The anchor {path} is a folder: it must be a file, on another disk than the data.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new IOException($"The anchor {path} cannot be written: its folder is not there.");
        }

        try
        {
            var trial = path + ".tmp";
            File.WriteAllBytes(trial, []);
            File.Delete(trial);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The anchor {path} cannot be written: {failure.Message}", failure);
        }
    }

    private static string Remedy(VerifierKey key) =>
        $"Restore a newer backup, or start once with --new-incarnation {key.Name}: it begins a new log that names the old one's last known head.";

    /// <summary>After a new incarnation the anchor is the old log's until the first commit. It must not know more than the link says.</summary>
    private static bool IsOfOldIncarnation(string path, VerifierKey key, byte[]? incarnation)
    {
        if (incarnation is null || !IncarnationLink.TryOpen(incarnation, key, out var link, out _) || link.NewOrigin != key.Name)
        {
            return false;
        }

        var old = VerifierKey.Create(link.OldOrigin, key.Type, key.PublicKey);
        if (!OpenedNote.TryOpen(File.ReadAllBytes(path), [old], out _, out _))
        {
            return false;
        }

        var anchor = LogIncarnations.Open(path, old);
        return anchor.Size < link.OldSize || (anchor.Size == link.OldSize && anchor.Root == link.OldRoot)
            ? true
            : throw new InvalidDataException(
                $"{path} knows {anchor.Size} leaves of {link.OldOrigin}, but log/incarnation names {link.OldSize} as its last head: it was made "
                + "without the anchor. Keep the anchor's checkpoint, and remove it to go on.");
    }

    /// <summary>The root that the folder's tree has at a size, by its tiles; those of a committed stage count as written.</summary>
    private static Hash256 RootAt(string dataFolder, long size, Checkpoint committed)
    {
        if (size == committed.Size)
        {
            return committed.Root;
        }

        var stagePath = Path.Combine(dataFolder, "chain", "stage");
        var staged = File.Exists(stagePath) && SealBundleCodec.TryDecode(File.ReadAllBytes(stagePath), out var bundle)
            ? bundle.Files.ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal)
            : [];
        return MerkleProofs.Root(size, TileLayout.NodesFrom(committed.Size, Read));

        ReadOnlyMemory<byte> Read(TilePath tile)
        {
            var path = Path.Combine(dataFolder, "log", tile.ToString());
            return staged.TryGetValue(tile.ToString(), out var content) ? content
                : File.Exists(path) ? File.ReadAllBytes(path)
                : throw new InvalidDataException($"log/{tile} is missing.");
        }
    }
}
