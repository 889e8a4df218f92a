using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ProvenanceGrains.Architecture.Tests;

/// <summary>What a project cannot do, because nothing in its compiled code names the means.</summary>
public sealed class Capabilities
{
    [Theory]
    [InlineData("IJournalWriter")]
    [InlineData("ISealStore")]
    [InlineData("SignerKey")]
    [InlineData("SegmentStore")]
    [InlineData("FileSealStore")]
    public void The_query_side_cannot_append_or_sign(string type) =>
        Assert.DoesNotContain(type, TypesNamedBy("ProvenanceGrains.Query"));

    [Theory]
    [InlineData("ProvenanceGrains.Grains")]
    [InlineData("ProvenanceGrains.Grains.Contracts")]
    [InlineData("ProvenanceGrains.Query")]
    [InlineData("ProvenanceGrains.Api")]
    [InlineData("ProvenanceGrains.Storage")]
    [InlineData("ProvenanceGrains.Web")]
    [InlineData("ProvenanceGrains.Silo")]
    public void Only_the_sealer_can_hold_the_private_key(string assembly)
    {
        Assert.DoesNotContain("SignerKey", TypesNamedBy(assembly));
        Assert.Contains("SignerKey", TypesNamedBy("ProvenanceGrains.Sealing"));
    }

    private static HashSet<string> TypesNamedBy(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(type => metadata.GetString(metadata.GetTypeReference(type).Name))];
    }
}
