using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Activations;
using ProvenanceGrains.EmbeddedOrleans.Hosting;
using ProvenanceGrains.EmbeddedOrleans.Reminders;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds a silo to a host.</summary>
public static class GenericHostExtensions
{
    /// <summary>The configuration sections that mean a cluster or something kept by one, and what each may say.</summary>
    private static readonly (string Section, string[] Allowed)[] Refused =
    [
        ("Orleans:Clustering", ["Development"]),
        ("Orleans:Reminders", ["Memory"]),
        ("Orleans:GrainStorage", []),
        ("Orleans:GrainDirectory", []),
        ("Orleans:Streaming", []),
        ("Orleans:BroadcastChannel", []),
    ];

    /// <summary>Adds a silo to this host.</summary>
    /// <exception cref="OrleansConfigurationException">The configuration names a cluster provider.</exception>
    public static IHostApplicationBuilder UseOrleans(
        this IHostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostAppBuilder);
        Add(hostAppBuilder.Services, hostAppBuilder.Configuration, configureDelegate);
        return hostAppBuilder;
    }

    /// <inheritdoc cref="UseOrleans(IHostApplicationBuilder, Action{ISiloBuilder})"/>
    public static HostApplicationBuilder UseOrleans(
        this HostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostAppBuilder);
        Add(hostAppBuilder.Services, hostAppBuilder.Configuration, configureDelegate);
        return hostAppBuilder;
    }

    /// <inheritdoc cref="UseOrleans(IHostApplicationBuilder, Action{ISiloBuilder})"/>
    public static IHostBuilder UseOrleans(this IHostBuilder hostBuilder, Action<ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostBuilder);
        return hostBuilder.ConfigureServices((context, services) => Add(services, context.Configuration, configureDelegate));
    }

    private static void Add(IServiceCollection services, IConfiguration configuration, Action<ISiloBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Refuse(configuration);
        if (services.All(s => s.ServiceType != typeof(Silo)))
        {
            services.AddOptions();
            services.AddLogging();
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<IReminderStore, MemoryReminderStore>();
            services.AddSingleton<ReminderService>();
            services.AddSingleton<Silo>();
            services.AddSingleton<IClusterClient>(s => s.GetRequiredService<Silo>());
            services.AddSingleton<IGrainFactory>(s => s.GetRequiredService<Silo>());
            services.AddScoped<IGrainContext>(_ => Activation.Current
                ?? throw new InvalidOperationException("IGrainContext is there for grains only."));
            services.AddHostedService<SiloHost>();
        }

        configure(new SiloBuilder(services, configuration));
    }

    private static void Refuse(IConfiguration configuration)
    {
        foreach (var (section, allowed) in Refused)
        {
            var given = configuration.GetSection(section).AsEnumerable()
                .FirstOrDefault(pair => pair.Value is not null && !allowed.Contains(pair.Value, StringComparer.OrdinalIgnoreCase));
            if (given.Key is not null)
            {
                throw new OrleansConfigurationException(
                    $"{given.Key} is set, but this host runs on: {EmbeddedRuntime.Name}. It has no cluster and would "
                    + "ignore the setting. Remove it, or build with -p:ActorRuntime=Orleans.");
            }
        }
    }

    private sealed record SiloBuilder(IServiceCollection Services, IConfiguration Configuration) : ISiloBuilder;
}
