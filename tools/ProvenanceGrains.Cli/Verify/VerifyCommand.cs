using System.CommandLine;
using System.Text;
using ProvenanceGrains.Cli.Keys;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Verify;

/// <summary>Verifies a bundle, a receipt or an exported history, offline.</summary>
internal static class VerifyCommand
{
    private const int MaxPolicyBytes = 1 << 20;

    private const string Details = """
        Prints each check with its reason and, if all is sound, the facts that are proven. A check that is 'open' could not
        be made; its reason says why.

        A receipt proves one entry. A history proves every entry that it shows, link by link, against one checkpoint; whether the
        log holds later entries is not proven by it. A bundle proves that too, and is called complete, incomplete, absent (the log
        provably holds nothing), forged or untrusted. Only complete and absent are sound.

        Of evidence of a fork (provenance compare and audit write it) it says FORK PROVEN, exit code 0, or FORK NOT PROVEN,
        exit code 1. It needs --key. So does a log's incarnation note (log/incarnation): --key is the old log's or the new one's,
        and the verdict names the key of the new one.

        Trust is either --key, the log's verifier key, or --policy, a C2SP tlog-policy file with logs, witnesses and a
        quorum. Have it from somewhere else than the file: whoever can forge the one could forge the other.
        """;

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The bundle, receipt or history; - for standard input." };
        var key = KeyOption.Create(required: false);
        var policy = new Option<string?>("--policy", "-p") { Description = "A tlog-policy file, in place of --key.", HelpName = "FILE" };
        var payload = new Option<string?>("--payload")
        {
            Description = "With a receipt: a history whose entry shows the payload that the receipt's header commits to.",
            HelpName = "FILE",
        };
        var entity = new Option<string?>("--entity")
        {
            Description = "Whose bundle or history it has to be, e.g. lot/01/09506000134352/21/17. A sound one of another product is not what you asked for.",
            HelpName = "KIND/KEY",
        };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };
        var vrfKey = VrfKeyOption.Create(
            "With a history or a payload of a log whose indexes are not hashes: the log's VRF key (.../log/vrf). A bundle needs none.");
        var command = new ToolCommand(
            "verify",
            "Verifies a bundle, a receipt (tlog-proof@v1), an exported history or evidence of a fork, offline.",
            Details,
            "provenance verify bar.bundle.json --key @log.vkey --entity lot/01/09506000134352/21/17",
            "provenance verify receipt.txt --key @log.vkey",
            "provenance verify bar.json --key log.example.org+1f0a2b3c+Ab...",
            "provenance verify bar.json --policy trust.policy --json",
            "provenance verify fork.json --key @log.vkey")
        {
            file,
            key,
            policy,
            payload,
            entity,
            json,
            vrfKey,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(key) is null == result.GetResult(policy) is null)
            {
                result.AddError("Give either --key or --policy: nothing can be verified without something to trust.");
            }
        });
        command.SetAction(parsed => Run(
            terminal,
            parsed.GetRequiredValue(file),
            ReadTrust(parsed.GetValue(key), parsed.GetValue(policy)),
            parsed.GetValue(payload),
            parsed.GetValue(entity),
            VrfKeyOption.Parse(parsed.GetValue(vrfKey)),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(
        Terminal terminal, string file, byte[] trust, string? payload, string? entity, IndexRule rule, bool json)
    {
        var result = FileVerification.Of(
            InputFile.Read(file, Bundle.MaxBytes), trust, payload is null ? null : InputFile.Read(payload, History.MaxBytes), entity, rule);
        if (json)
        {
            VerifyOutput.WriteJson(terminal, file, result);
        }
        else
        {
            VerifyOutput.WriteText(terminal, file, result);
        }

        return result.IsSound ? ExitCode.Sound : ExitCode.Failed;
    }

    private static byte[] ReadTrust(string? key, string? policy)
    {
        if (key is not null)
        {
            return Encoding.UTF8.GetBytes(KeyOption.Parse(key).ToString());
        }

        var bytes = InputFile.Read(policy!, MaxPolicyBytes);
        return OfflineVerifier.TryReadTrust(bytes, out _, out var error) ? bytes : throw new UnusableException($"--policy: {error}");
    }
}
