using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Keys;

/// <summary>Makes a signer key (C2SP signed-note) and prints its public half.</summary>
internal static class KeygenCommand
{
    public static Command Create(Terminal terminal)
    {
        var name = new Option<string>("--name")
        {
            Description = "The key's name; for a log its origin, e.g. log.example.org/2026. No spaces, no '+'.",
            HelpName = "NAME",
            Required = true,
        };
        var file = new Option<string>("--out", "-o")
        {
            Description = "Where the private key goes (mode 0600). It must not exist yet.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "log.key",
        };
        var command = new ToolCommand(
            "keygen",
            "Makes an Ed25519 key for a log.",
            "The private key goes into a file that only you can read, the verifier key to standard output.",
            "provenance keygen --name log.example.org/2026 --out log.key > log.vkey")
        {
            name,
            file,
        };
        command.SetAction(parsed => Run(terminal, parsed.GetRequiredValue(name), parsed.GetRequiredValue(file)));
        return command;
    }

    private static int Run(Terminal terminal, string name, string file)
    {
        if (!NoteKeyName.IsValid(name))
        {
            throw new UnusableException("--name: a key name has no spaces, no '+' and no control characters.");
        }

        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        var key = SignerKey.Create(name, NoteSignatureType.Ed25519, seed);
        CryptographicOperations.ZeroMemory(seed);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(file, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(key.ExportPrivateKey() + "\n"));
            FileSync.Run(stream);
        }

        terminal.Out.WriteLine(key.Verifier.ToString());
        terminal.Error.WriteLine($"The private key is in {Path.GetFullPath(file)}. Whoever has it can sign in the log's name.");
        return ExitCode.Sound;
    }
}
