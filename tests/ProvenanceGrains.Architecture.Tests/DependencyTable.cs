using System.Xml.Linq;

namespace ProvenanceGrains.Architecture.Tests;

/// <summary>docs/dependencies.md names every package and framework that a project references, and the project.</summary>
public sealed class DependencyTable
{
    private static readonly string[] Rows =
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "dependencies.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal))];

    public static TheoryData<string> Projects() =>
    [
        .. new[] { "src", "tools" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "ProvenanceGrains.*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_reference_has_a_row_that_names_the_project(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project)["ProvenanceGrains.".Length..];
        var xml = XDocument.Load(Path.Combine(Repository.Root, project));
        var references = xml.Descendants("PackageReference").Concat(xml.Descendants("FrameworkReference"))
            .Where(item => item.Attribute("Condition") is null)
            .Select(item => (string)item.Attribute("Include")!);
        Assert.All(references, reference => Assert.Contains(Rows, row => Names(row, reference, name)));
    }

    private static bool Names(string row, string reference, string project)
    {
        var cells = row.Split('|');
        return cells[1].Contains(reference, StringComparison.Ordinal)
            && cells[2].Split(',', StringSplitOptions.TrimEntries).Contains(project, StringComparer.OrdinalIgnoreCase);
    }
}
