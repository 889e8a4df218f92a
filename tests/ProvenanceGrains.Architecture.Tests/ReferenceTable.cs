using System.Xml.Linq;

namespace ProvenanceGrains.Architecture.Tests;

/// <summary>The reference table of docs/architecture.md: a reference outside of it fails.</summary>
public sealed class ReferenceTable
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Ledger"] = [],
        ["Epcis"] = [],
        ["Domain"] = ["Epcis"],
        ["Storage"] = ["Ledger"],
        ["EmbeddedOrleans"] = [],
        ["Grains.Contracts"] = ["Domain", "Ledger"],
        ["Grains"] = ["Grains.Contracts", "Storage", "Ledger"],
        ["Sealing"] = ["Storage", "Grains.Contracts"],
        ["Query"] = ["Grains.Contracts", "Storage", "Ledger"],
        ["Api"] = ["Grains.Contracts", "Query"],
        ["Web"] = [],
        ["Silo"] = ["Api", "Web", "Grains", "Sealing", "Query", "Storage"],
        ["TestKit"] = ["Grains", "Query", "Sealing", "Storage"],
        ["Cli"] = ["Ledger", "Epcis"],
    };

    /// <summary>Packages that a pure project may use: the Ed25519 provider, for the ledger alone.</summary>
    private static readonly Dictionary<string, string[]> PurePackages = new()
    {
        ["Ledger"] = ["Portable.BouncyCastle"],
        ["Epcis"] = [],
        ["Domain"] = [],
        ["Web"] = [],
    };

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        var found = Items(project, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))["ProvenanceGrains.".Length..]);
        Assert.Empty(found.Except(Allowed[project]));
    }

    [Fact]
    public void Every_project_under_src_is_in_the_table()
    {
        var projects = Directory.GetDirectories(Path.Combine(Repository.Root, "src"))
            .Select(folder => Path.GetFileName(folder)["ProvenanceGrains.".Length..]);
        Assert.Empty(projects.Except(Allowed.Keys));
    }

    [Theory]
    [InlineData("Ledger")]
    [InlineData("Epcis")]
    [InlineData("Domain")]
    [InlineData("Web")]
    public void What_verifies_uses_no_package_but_the_signature_provider(string project) =>
        Assert.Empty(Items(project, "PackageReference").Except(PurePackages[project]));

    [Theory]
    [InlineData("Ledger")]
    [InlineData("Epcis")]
    [InlineData("Domain")]
    public void A_pure_project_is_held_to_the_pure_bans(string project) =>
        Assert.Equal("true", Load(project).Descendants("PureLayer").SingleOrDefault()?.Value);

    private static IEnumerable<string> Items(string project, string kind) =>
        Load(project).Descendants(kind).Select(item => (string)item.Attribute("Include")!);

    private static XDocument Load(string project)
    {
        var name = $"ProvenanceGrains.{project}";
        var folder = project == "Cli" ? "tools" : "src";
        return XDocument.Load(Path.Combine(Repository.Root, folder, name, $"{name}.csproj"));
    }
}
