using System.CommandLine;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Keys;

/// <summary><c>--key VKEY</c> or <c>--key @FILE</c>.</summary>
internal static class KeyOption
{
    /// <summary>A key file is one line; nobody means to read more.</summary>
    private const int MaxFileBytes = 16 * 1024;

    public static Option<string> Create(bool required) => new("--key", "-k")
    {
        Description = "The log's verifier key (vkey), or @FILE to read it from a file.",
        HelpName = "VKEY|@FILE",
        Required = required,
    };

    /// <exception cref="UnusableException">It is no vkey, or the file cannot be read.</exception>
    public static VerifierKey Parse(string text, string option = "--key")
    {
        var vkey = text;
        if (text.StartsWith('@'))
        {
            var file = new FileInfo(text[1..]);
            if (!file.Exists || file.Length > MaxFileBytes)
            {
                throw new UnusableException($"{option}: {file.FullName} is not there or is no key file.");
            }

            vkey = File.ReadAllText(file.FullName);
        }

        if (!VerifierKey.TryParse(vkey.Trim(), out var key, out var error))
        {
            throw new UnusableException($"{option}: {error}");
        }

        return key.CanVerify && key.Type == NoteSignatureType.Ed25519
            ? key
            : throw new UnusableException($"{option}: a log signs with Ed25519; this key is of another type.");
    }
}
