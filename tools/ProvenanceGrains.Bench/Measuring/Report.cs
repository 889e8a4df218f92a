using System.Text;

namespace ProvenanceGrains.Bench.Measuring;

/// <summary>Where results go: to the terminal and, if asked for, between two marks of a Markdown file.</summary>
internal sealed class Report(string? file)
{
    /// <summary>Puts a result in place of the one that an earlier run left, or at the end.</summary>
    /// <param name="name">Names the marks.</param>
    /// <param name="text">Markdown.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task PutAsync(string name, string text, CancellationToken cancellation)
    {
        Console.WriteLine();
        Console.WriteLine(text);
        if (file is null)
        {
            return;
        }

        var (begin, end) = ($"<!-- measured: {name} -->", $"<!-- end: {name} -->");
        var old = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellation) : "";
        var from = old.IndexOf(begin, StringComparison.Ordinal);
        var to = old.IndexOf(end, StringComparison.Ordinal);
        var section = $"{begin}\n\n{text.Trim()}\n\n{end}";
        var next = from >= 0 && to > from
            ? old[..from] + section + old[(to + end.Length)..]
            : old + (old.Length > 0 ? "\n" : "") + section + "\n";
        await File.WriteAllTextAsync(file, next, new UTF8Encoding(false), cancellation);
        Console.WriteLine($"(written to {file})");
    }
}
