using System.CommandLine;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench;

/// <summary>The options that every command takes.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string> _folder = new("--folder")
    {
        Description = "On the disk to measure; work folders are made in it and removed.",
        HelpName = "DIR",
        DefaultValueFactory = _ => WorkFolder.DefaultParent,
        Recursive = true,
    };

    private readonly Option<string?> _output = new("--out")
    {
        Description = "A Markdown file whose section of the same name is replaced, e.g. docs/performance.md.",
        HelpName = "FILE",
        Recursive = true,
    };

    public IEnumerable<Option> All => [_folder, _output];

    public string Folder(ParseResult parsed) => Path.GetFullPath(parsed.GetRequiredValue(_folder));

    public Report Report(ParseResult parsed) => new(parsed.GetValue(_output));
}
