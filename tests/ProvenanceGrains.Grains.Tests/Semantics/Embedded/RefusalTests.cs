using System.Net;
using Microsoft.Extensions.Hosting;
using ProvenanceGrains.EmbeddedOrleans.Hosting;

namespace ProvenanceGrains.Grains.Tests.Semantics.Embedded;

/// <summary>What only the embedded runtime does: refusing to be taken for a cluster.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("Orleans:Clustering:ProviderType", "AdoNet")]
    [InlineData("Orleans:Reminders:ProviderType", "AdoNet")]
    [InlineData("Orleans:GrainStorage:Default:ProviderType", "AdoNet")]
    [InlineData("Orleans:GrainDirectory:Default:ProviderType", "Redis")]
    [InlineData("Orleans:Clustering:Invariant", "Npgsql")]
    public async Task A_cluster_setting_stops_the_start(string key, string value)
    {
        var refusal = await Assert.ThrowsAsync<OrleansConfigurationException>(
            () => SiloUnderTest.StartAsync(configuration: new() { [key] = value }));

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(EmbeddedRuntime.Name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_local_setting_is_accepted()
    {
        await using var silo = await SiloUnderTest.StartAsync(configuration: new()
        {
            ["Orleans:Clustering:ProviderType"] = "Development",
            ["Orleans:ClusterId"] = "dev",
        });

        Assert.Equal("k", await silo.Get<IStringGrain>("k").Key());
    }

    [Fact]
    public void A_primary_silo_is_refused()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);

        Assert.Throws<OrleansConfigurationException>(() => builder.UseOrleans(
            silo => silo.UseLocalhostClustering(primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, 11111))));
    }
}
