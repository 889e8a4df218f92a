using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using ProvenanceGrains.Cli.Audit;
using ProvenanceGrains.Cli.Authorship;
using ProvenanceGrains.Cli.Export;
using ProvenanceGrains.Cli.Forks;
using ProvenanceGrains.Cli.Keys;
using ProvenanceGrains.Cli.Load;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Cli.Redact;
using ProvenanceGrains.Cli.Verify;
using ProvenanceGrains.Cli.Witnesses;

namespace ProvenanceGrains.Cli;

/// <summary>The <c>provenance</c> tool: its commands, and how their failures become exit codes.</summary>
internal static class ProvenanceTool
{
    private const string Description = """
        Verifies, audits and feeds ProvenanceGrains logs.

        verify and audit trust nothing but the log's verifier key (vkey) that you give them.

        Exit codes: 0 all is sound, 1 verification failed, 2 nothing was decided (usage, input, network).
        Results go to standard output, progress and errors to standard error. NO_COLOR is honoured.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation)
    {
        // Without response files: @FILE is how --key takes a file, and what the file holds is no command line.
        var parsed = Build(terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
        };
        if (parsed.Action is ParseErrorAction refusal)
        {
            // Its own exit code is 1, which here means something else.
            refusal.ShowHelp = parsed.CommandResult.Command is RootCommand;
            await parsed.InvokeAsync(configuration, cancellation);
            return ExitCode.Unusable;
        }

        try
        {
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (Exception failure) when (Describe(failure) is { } message)
        {
            await terminal.Error.WriteLineAsync($"provenance: {message}");
            return ExitCode.Unusable;
        }
    }

    private static RootCommand Build(Terminal terminal)
    {
        var root = new RootCommand(Description)
        {
            VerifyCommand.Create(terminal),
            RedactCommand.Create(terminal),
            AuditCommand.Create(terminal),
            CompareCommand.Create(terminal),
            KeygenCommand.Create(terminal),
            ExportCommand.Create(terminal),
            LoadCommand.Create(terminal),
            CaptureCommand.Create(terminal),
            WitnessCommand.Create(terminal),
        };
        foreach (var command in root.Subcommands)
        {
            RefuseEmptyTexts(command);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    /// <summary>No path, key, address or name is empty: said here once, and not by whoever meets it.</summary>
    private static void RefuseEmptyTexts(Command command)
    {
        foreach (var option in command.Options)
        {
            option.Validators.Add(result => Refuse(option.Name, result.Tokens, result.AddError));
        }

        foreach (var argument in command.Arguments)
        {
            argument.Validators.Add(result => Refuse(argument.Name, result.Tokens, result.AddError));
        }

        static void Refuse(string name, IReadOnlyList<Token> tokens, Action<string> refuse)
        {
            if (tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            {
                refuse($"{name}: the value is empty.");
            }
            else if (tokens.Any(token => token.Value.Any(char.IsControl)))
            {
                refuse($"{name}: the value holds a control character.");
            }
        }
    }

    private static string? Describe(Exception failure) => failure switch
    {
        UnusableException or IOException or UnauthorizedAccessException or FormatException or SocketException => failure.Message,
        HttpRequestException { InnerException: { } inner } => $"{failure.Message} {inner.Message}",
        HttpRequestException => failure.Message,
        OperationCanceledException => "Stopped.",
        _ => null,
    };

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is ToolCommand command)
            {
                var output = parseResult.InvocationConfiguration.Output;
                output.WriteLine(command.Details);
                output.WriteLine();
                output.WriteLine("Examples:");
                foreach (var line in command.Examples)
                {
                    output.WriteLine("  " + line);
                }
            }

            return code;
        }
    }
}

/// <summary>A command whose help ends with details and examples.</summary>
internal sealed class ToolCommand(string name, string description, string details, params string[] examples)
    : Command(name, description)
{
    public string Details { get; } = details;

    public IReadOnlyList<string> Examples { get; } = examples;
}
