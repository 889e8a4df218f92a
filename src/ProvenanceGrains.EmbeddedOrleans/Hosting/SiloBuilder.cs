using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>What a host configures of its silo.</summary>
public interface ISiloBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>The host's configuration.</summary>
    IConfiguration Configuration { get; }
}

/// <summary>Options and services of a silo.</summary>
public static class SiloBuilderExtensions
{
    /// <summary>Configures options of the runtime or of the host's own.</summary>
    public static ISiloBuilder Configure<TOptions>(this ISiloBuilder builder, Action<TOptions> configureOptions)
        where TOptions : class
    {
        builder.Services.Configure(configureOptions);
        return builder;
    }

    /// <summary>Registers services.</summary>
    public static ISiloBuilder ConfigureServices(
        this ISiloBuilder builder, Action<IServiceCollection> configureDelegate)
    {
        configureDelegate(builder.Services);
        return builder;
    }
}

/// <summary>The one kind of clustering that one process has: none.</summary>
public static class CoreHostingExtensions
{
    /// <summary>
    /// Says that this silo is alone. No port is opened. A <paramref name="primarySiloEndpoint"/> would mean joining
    /// another silo, which this runtime cannot do.
    /// </summary>
    /// <exception cref="OrleansConfigurationException">A primary silo was named.</exception>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = 11111,
        int gatewayPort = 30000,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev")
    {
        if (primarySiloEndpoint is not null)
        {
            throw new OrleansConfigurationException(
                $"primarySiloEndpoint is {primarySiloEndpoint}, but the embedded runtime cannot join a silo. "
                + "Build with -p:ActorRuntime=Orleans for a cluster.");
        }

        return builder;
    }
}
