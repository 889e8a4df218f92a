namespace ProvenanceGrains.Cli.Output;

/// <summary>Where a command writes: results to <see cref="Out"/>, progress and errors to <see cref="Error"/>.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool interactive, bool color, TimeProvider clock)
{
    public TextWriter Out { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>Whether a person watches <see cref="Error"/>: only then is there a progress bar.</summary>
    public bool Interactive { get; } = interactive;

    public TimeProvider Clock { get; } = clock;

    public static Terminal OfThisProcess()
    {
        // https://no-color.org: set and not empty, whatever its value.
        var wanted = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(
            Console.Out, Console.Error, !Console.IsErrorRedirected, wanted && !Console.IsOutputRedirected, TimeProvider.System);
    }

    public string Good(string text) => color ? $"\u001b[32m{text}\u001b[0m" : text;

    public string Bad(string text) => color ? $"\u001b[1;31m{text}\u001b[0m" : text;

    public string Faint(string text) => color ? $"\u001b[2m{text}\u001b[0m" : text;
}
