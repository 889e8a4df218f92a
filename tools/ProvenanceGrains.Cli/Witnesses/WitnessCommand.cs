using System.CommandLine;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Witnesses;

/// <summary>Runs a witness.</summary>
internal static class WitnessCommand
{
    private const int MaxLogs = 1024;

    public static Command Create(Terminal terminal)
    {
        var listen = new Option<string>("--listen")
        {
            Description = "Where to listen.",
            HelpName = "URL",
            DefaultValueFactory = _ => "http://127.0.0.1:7380",
        };
        var data = new Option<string>("--data")
        {
            Description = "The witness's memory, made on the first start. Keep it: a witness that forgets is none.",
            HelpName = "DIR",
            Required = true,
        };
        var log = new Option<string[]>("--log")
        {
            Description = "A log's verifier key (vkey), or @FILE to read it from a file; once for each log.",
            HelpName = "VKEY|@FILE",
            Required = true,
        };
        var key = new Option<string?>("--key")
        {
            Description = "The witness's private key, made on the first start (mode 0600). Default: witness.key in the folder.",
            HelpName = "FILE",
        };
        var name = new Option<string?>("--name")
        {
            Description = "Name of a key to be made, e.g. witness.example.org/w1. Default: witness.local/ and bits of the key.",
            HelpName = "NAME",
        };
        var command = new ToolCommand(
            "witness",
            "Runs a witness: it cosigns a log's checkpoint only if that extends the last one it cosigned.",
            """
            Serves C2SP tlog-witness: POST /add-checkpoint for logs, GET /SHA-256-OF-ORIGIN/checkpoint for monitors, on one
            prefix. Its verifier key goes to standard output: put it, with the URL, into the policy of whoever relies on it.
            Only Ed25519 cosignatures. Run it on a machine and by people that the log's operator does not control.
            """,
            "provenance witness --listen http://0.0.0.0:7380 --data ./w1 --log @log.vkey --name witness.example.org/w1",
            "echo \"witness w1 $(cat w1.vkey) http://w1.example.org:7380\" >> policy")
        {
            listen,
            data,
            log,
            key,
            name,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            terminal,
            new WitnessOptions(
                ParseAddress(parsed.GetRequiredValue(listen)),
                parsed.GetRequiredValue(data),
                ParseLogs(parsed.GetRequiredValue(log)),
                parsed.GetValue(key),
                ParseName(parsed.GetValue(name))),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, WitnessOptions options, CancellationToken cancellation)
    {
        await using var server = await WitnessServer.StartAsync(options, terminal.Clock, cancellation);
        await terminal.Out.WriteLineAsync(server.Key.ToString());
        await terminal.Out.FlushAsync(cancellation);
        await terminal.Error.WriteLineAsync($"Witness {server.Key.Name} listens on {server.Url} for {options.Logs.Count} log(s).");
        await server.WaitForShutdownAsync(cancellation);
        return ExitCode.Sound;
    }

    private static string ParseAddress(string listen) =>
        Uri.TryCreate(listen, UriKind.Absolute, out var url) && url.Scheme == "http" && url.AbsolutePath == "/"
            ? listen.TrimEnd('/')
            : throw new UnusableException($"--listen: '{listen}' is no URL such as http://127.0.0.1:7380, without a path. For HTTPS put a proxy before it.");

    private static List<VerifierKey> ParseLogs(string[] logs)
    {
        if (logs.Length > MaxLogs)
        {
            throw new UnusableException($"--log: at most {MaxLogs}.");
        }

        var keys = new List<VerifierKey>();
        foreach (var text in logs)
        {
            var key = Keys.KeyOption.Parse(text, "--log");
            if (keys.Any(other => other.ToString() == key.ToString()))
            {
                throw new UnusableException($"--log: {key.NameAndId} is given twice.");
            }

            keys.Add(key);
        }

        return keys;
    }

    private static string? ParseName(string? name) => name is null || NoteKeyName.IsValid(name)
        ? name
        : throw new UnusableException("--name: a key name has no spaces, no '+' and no control characters.");
}
