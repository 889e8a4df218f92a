using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ProvenanceGrains.Cli.Authorship;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Keys;

/// <summary>Makes a signer key (C2SP signed-note) and prints its public half.</summary>
internal static class KeygenCommand
{
    public static Command Create(Terminal terminal)
    {
        var name = new Option<string?>("--name")
        {
            Description = "The key's name; for a log its origin, e.g. log.example.org/2026. No spaces, no '+'.",
            HelpName = "NAME",
        };
        var type = new Option<string?>("--type")
        {
            Description = "A key of a party, in place of a log's: es256 or ed25519. Standard output has its public JWK.",
            HelpName = "es256|ed25519",
        };
        var file = new Option<string?>("--out", "-o")
        {
            Description = "Where the private key goes (mode 0600). It must not exist yet. Default: log.key, or party.jwk.",
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "keygen",
            "Makes a key for a log, or with --type for a party.",
            "The private key goes into a file that only you can read, the public one to standard output.",
            "provenance keygen --name log.example.org/2026 --out log.key > log.vkey",
            "provenance keygen --type es256 --out acme.jwk > acme.pub.jwk")
        {
            name,
            type,
            file,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(name) is null == result.GetResult(type) is null)
            {
                result.AddError("Give --name for a log's key, or --type for a party's.");
            }
        });
        command.SetAction(parsed => parsed.GetValue(type) is { } partyType
            ? RunParty(terminal, partyType, parsed.GetValue(file) ?? "party.jwk")
            : Run(terminal, parsed.GetValue(name) ?? "", parsed.GetValue(file) ?? "log.key"));
        return command;
    }

    private static int RunParty(Terminal terminal, string type, string file)
    {
        using var key = PartyKeyFile.Create(type switch
        {
            "es256" => PartyKeyType.Es256,
            "ed25519" => PartyKeyType.Ed25519,
            _ => throw new UnusableException($"--type: es256 or ed25519, not '{type}'."),
        });
        key.WriteNew(file);
        terminal.Out.WriteLine(key.Key.ToJwk());
        terminal.Error.WriteLine(
            $"Key id {key.Key.Id}. The private key is in {Path.GetFullPath(file)}. Whoever has it can sign in the party's name.");
        return ExitCode.Sound;
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
            options.UnixCreateMode = SecretFile.Mode;
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
