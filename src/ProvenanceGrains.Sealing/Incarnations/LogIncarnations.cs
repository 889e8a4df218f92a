using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Storage.Incarnations;

namespace ProvenanceGrains.Sealing.Incarnations;

/// <summary>What the start of a silo is told about set-backs.</summary>
/// <param name="Leave">The origin of the log that is to be left for a new incarnation; null for none. A log that was left before is left alone.</param>
/// <param name="OldHead">A checkpoint file of the old log that is ahead of what the folder knows; null for none.</param>
/// <param name="Anchor">The file, on another disk, to which each committed checkpoint goes; null for none.</param>
public sealed record IncarnationSettings(string? Leave, string? OldHead, string? Anchor)
{
    /// <summary>
    /// Asked with the key of the log that is to come, before anything is changed; throws if the silo could not run it. Null asks nobody.
    /// </summary>
    public Action<VerifierKey>? Accept { get; init; }
}

/// <summary>Sees to it that a log that was set back goes on under a new name, by a signed link, or not at all.</summary>
public static class LogIncarnations
{
    private const int MaxCheckpointBytes = SignedNote.MaxBytes;

    /// <summary>
    /// Before any store is open: finishes an incarnation that a crash interrupted, makes one if asked, and refuses a folder that is behind
    /// its anchor.
    /// </summary>
    /// <exception cref="InvalidDataException">The folder was set back, or what was asked does not fit it; the message names the remedy.</exception>
    /// <exception cref="IOException">Another process has the folder open, or the anchor cannot be written.</exception>
    public static void Prepare(string dataFolder, IncarnationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Anchor is { } wanted)
        {
            Anchor.RequireWritable(wanted);
        }

        using var folder = IncarnationFolder.Open(dataFolder);
        var keyFile = Path.Combine(dataFolder, "log.key");
        if (folder.ReadPending() is { } pending)
        {
            Finish(folder, keyFile, pending);
        }

        if (settings.Leave is { } leave)
        {
            var key = LogKeyFile.Read(keyFile);
            var before = folder.ReadNote() is { } note && IncarnationLink.TryOpen(note, key.Verifier, out var made, out _) ? made.OldOrigin : null;
            if (before != leave)
            {
                Finish(folder, keyFile, Begin(folder, dataFolder, key, leave, settings));
            }
        }

        if (settings.Anchor is { } anchor)
        {
            Anchor.Check(anchor, dataFolder, File.Exists(keyFile) ? LogKeyFile.Read(keyFile).Verifier : null, folder.ReadNote());
        }
    }

    private static byte[] Begin(
        IncarnationFolder folder, string dataFolder, SignerKey key, string leave, IncarnationSettings settings)
    {
        var old = key.Verifier;
        if (old.Name != leave)
        {
            throw new InvalidDataException($"A new incarnation of '{leave}' is asked for, but this folder's log is '{old.Name}'.");
        }

        if (IncarnationName.NumberOf(leave) >= IncarnationName.MaxNumber)
        {
            throw new InvalidDataException($"There are {IncarnationName.MaxNumber} incarnations of this log: begin another log.");
        }

        string?[] files =
        [
            Path.Combine(dataFolder, "chain", "checkpoint"), Path.Combine(dataFolder, "log", "checkpoint"), settings.Anchor, settings.OldHead,
        ];
        if (settings.OldHead is { } head && !File.Exists(head))
        {
            throw new InvalidDataException($"{head} is not there.");
        }

        var (size, root, last) = (0L, MerkleHash.EmptyRoot, default(string));
        foreach (var file in files.OfType<string>().Where(File.Exists))
        {
            var known = Open(file, old);
            (size, root, last) = known.Size > size ? (known.Size, known.Root, file) : (size, root, last);
        }

        // From here on there is no way back: the log has a new name.
        var next = key.Rename(IncarnationName.Next(leave));
        settings.Accept?.Invoke(next.Verifier);
        if (last is not null)
        {
            // The anchor is about to be overwritten: the old head's signature must not go with it.
            folder.KeepHead(IncarnationName.NumberOf(leave), File.ReadAllBytes(last));
        }

        var note = new IncarnationLink(next.Verifier.Name, leave, size, root).Sign(next, key).ToArray();
        folder.Begin(note);
        return note;
    }

    private static void Finish(IncarnationFolder folder, string keyFile, byte[] note)
    {
        var key = LogKeyFile.Read(keyFile);
        if (!IncarnationLink.TryOpen(note, key.Verifier, out var link, out var error))
        {
            throw new InvalidDataException($"incarnation.next: {error}");
        }

        var number = IncarnationName.NumberOf(link.OldOrigin);
        folder.KeepOld(number);
        if (key.Verifier.Name != link.NewOrigin)
        {
            LogKeyFile.Write(keyFile, key.Rename(link.NewOrigin));
        }

        folder.PublishNote(number, note);
        folder.End();
    }

    /// <exception cref="InvalidDataException">It is no checkpoint of that key.</exception>
    internal static Checkpoint Open(string file, VerifierKey key)
    {
        string? error = $"it is longer than {MaxCheckpointBytes} bytes.";
        return new FileInfo(file).Length <= MaxCheckpointBytes
            && Checkpoint.TryOpen(File.ReadAllBytes(file), key, out var checkpoint, out error)
                ? checkpoint
                : throw new InvalidDataException($"{file} is no checkpoint of {key.Name}: {error}");
    }
}
