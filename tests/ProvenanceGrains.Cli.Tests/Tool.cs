using ProvenanceGrains.Cli.Output;

namespace ProvenanceGrains.Cli.Tests;

/// <summary>What a run of the tool did.</summary>
internal sealed record ToolResult(int Code, string Out, string Error);

/// <summary>Runs the tool in this process, as a script would: no terminal, no colours.</summary>
internal static class Tool
{
    public static async Task<ToolResult> RunAsync(params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var terminal = new Terminal(output, error, interactive: false, color: false, TimeProvider.System);
        var code = await ProvenanceTool.RunAsync(args, terminal, CancellationToken.None);
        return new ToolResult(code, output.ToString(), error.ToString());
    }
}

/// <summary>A folder of its own for each test.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("provenance-cli-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Every file below, relative.</summary>
    public IReadOnlyList<string> Files() =>
    [
        .. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(Path, file))
            .Order(StringComparer.Ordinal),
    ];
}
