using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Cli.Witnesses;

/// <summary>
/// A witness's memory: <c>lock</c>, and for each log <c>ORIGINHASH/checkpoint</c>, the latest cosigned checkpoint as a note
/// (docs/formats.md). One process at a time holds it.
/// </summary>
/// <remarks>
/// Loss of this folder is loss of the witness's word: a witness that forgets can be made to cosign a second history. So a file
/// that is there and cannot be read stops the start, and nothing is ever deleted.
/// </remarks>
internal sealed class WitnessFolder : IDisposable
{
    private const int Exclusive = 2;
    private const int DoNotWait = 4;

    private const string CheckpointName = "checkpoint";
    private const string NewSuffix = ".new";

    private readonly string _path;
    private readonly FileStream _lock;

    private WitnessFolder(string path, FileStream held)
    {
        _path = path;
        _lock = held;
    }

    /// <summary>Whether a witness was here before: then its key must not be made anew.</summary>
    public bool WasUsed => Directory.EnumerateDirectories(_path).Any();

    /// <exception cref="UnusableException">Another process has it.</exception>
    public static WitnessFolder Open(string path)
    {
        Directory.CreateDirectory(path);
        var file = Path.Combine(path, "lock");
        FileStream? held = null;
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

            // .NET's own lock can be switched off by the environment; this one cannot.
            if (!OperatingSystem.IsWindows() && Lock(held.SafeFileHandle, Exclusive | DoNotWait) != 0)
            {
                throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
            }

            return new WitnessFolder(path, held);
        }
        catch (IOException inUse)
        {
            held?.Dispose();
            throw new UnusableException($"{path} is another witness's folder, which runs ({inUse.Message}): one process a folder.", inUse);
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>The state of a log; null if none of its checkpoints was cosigned.</summary>
    /// <exception cref="UnusableException">The file is damaged, of another key, or missing from its folder.</exception>
    public WitnessedLog? Read(IReadOnlyCollection<VerifierKey> logKeys, VerifierKey witness)
    {
        var file = FileOf(logKeys.First().Name);
        if (!File.Exists(file))
        {
            return !Directory.Exists(Path.GetDirectoryName(file))
                ? null
                : throw new UnusableException(
                    $"{file} is missing, but its folder is there: this witness has cosigned checkpoints of {logKeys.First().Name}, and without the file "
                    + "it would cosign any other history of that log. Restore the file. Only if it is certain that it never cosigned for that "
                    + "log, delete the folder: then it begins with size 0.");
        }

        return WitnessedLog.TryRead(File.ReadAllBytes(file), logKeys, witness, out var log, out var error)
            ? log
            : throw new UnusableException(
                $"{file} is not a checkpoint that this witness cosigned: {error} A witness must not forget: restore it, with its key.");
    }

    /// <summary>Makes a state durable. A crash leaves the old or the new, and perhaps a <c>.tmp</c> or <c>.new</c> that the next call overwrites.</summary>
    /// <exception cref="IOException">The disk refused: the old state stands, and no cosignature may go out.</exception>
    public void Write(WitnessedLog log)
    {
        var file = FileOf(log.Checkpoint.Origin);
        var folder = Path.GetDirectoryName(file)!;
        if (Directory.Exists(folder))
        {
            AtomicFile.Replace(file, stream => stream.Write(log.Note.ToArray()));
            return;
        }

        // The first checkpoint comes with its folder, by one rename: a folder without one has lost it.
        var made = folder + NewSuffix;
        Directory.CreateDirectory(made);
        AtomicFile.Replace(Path.Combine(made, CheckpointName), stream => stream.Write(log.Note.ToArray()));
        Directory.Move(made, folder);
        FileSync.Folder(_path);
    }

    /// <summary>Reads the witness's private key, or makes one on the first start.</summary>
    /// <param name="file">The key's file.</param>
    /// <param name="name">Name of a key to be made; null lets the key's own bits name it.</param>
    /// <param name="seed">32 random bytes for a key to be made.</param>
    /// <exception cref="UnusableException">It is missing and must not be, others may read it, or it is no cosignature key or of another name.</exception>
    public SignerKey LoadOrCreateKey(string file, string? name, Func<byte[]> seed)
    {
        if (!File.Exists(file))
        {
            if (WasUsed)
            {
                throw new UnusableException($"{file} is missing, but this folder's checkpoints are cosigned with that key. Restore it.");
            }

            var made = MakeKey(name, seed());
            AtomicFile.Replace(
                file, stream => stream.Write(Encoding.UTF8.GetBytes(made.ExportPrivateKey() + "\n")), SecretFile.Mode);
            return made;
        }

        if (SecretFile.IsOpenToOthers(file))
        {
            throw new UnusableException($"{file} may be read by others. It is the witness's private key: chmod 600 it.");
        }

        if (!SignerKey.TryParse(File.ReadAllText(file).TrimEnd('\n'), out var key, out var error))
        {
            throw new UnusableException($"{file} holds no signer key: {error}");
        }

        return key.Verifier.Type != NoteSignatureType.CosignatureV1
                ? throw new UnusableException($"{file} is no cosignature key: a log's key must not cosign.")
            : name is not null && key.Verifier.Name != name
                ? throw new UnusableException($"{file} is the key of {key.Verifier.Name}, not of {name}.")
            : key;
    }

    private static SignerKey MakeKey(string? name, byte[] seed)
    {
        const byte Type = NoteSignatureType.CosignatureV1;
        var bits = SignerKey.Create("witness.local", Type, seed).Verifier.PublicKey[..4];
        return SignerKey.Create(name ?? "witness.local/" + Convert.ToHexStringLower(bits), Type, seed);
    }

    private string FileOf(string origin) => Path.Combine(_path, WitnessedLog.OriginHash(origin), CheckpointName);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int Lock(SafeFileHandle file, int operation);
}
