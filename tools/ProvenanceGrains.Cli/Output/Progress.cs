using Spectre.Console;

namespace ProvenanceGrains.Cli.Output;

/// <summary>Takes word of how far a long piece of work has come.</summary>
internal interface IProgressMeter
{
    /// <param name="done">Of <paramref name="total"/>; never less than before.</param>
    /// <param name="total">May grow.</param>
    void Report(long done, long total);
}

/// <summary>A progress bar on the error stream where a person watches it; nothing elsewhere.</summary>
internal static class Progress
{
    public static async Task<T> RunAsync<T>(Terminal terminal, string title, Func<IProgressMeter, Task<T>> work)
    {
        if (!terminal.Interactive)
        {
            return await work(NoMeter.Instance);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new BarMeter(context.AddTask(Markup.Escape(title)))));
    }

    private sealed class BarMeter(ProgressTask task) : IProgressMeter
    {
        public void Report(long done, long total)
        {
            task.MaxValue = total;
            task.Value = done;
        }
    }
}

/// <summary>For work that nobody watches, or that is a part of other work.</summary>
internal sealed class NoMeter : IProgressMeter
{
    public static readonly NoMeter Instance = new();

    private NoMeter()
    {
    }

    public void Report(long done, long total)
    {
    }
}
