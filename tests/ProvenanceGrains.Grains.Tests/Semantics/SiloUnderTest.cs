using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using ProvenanceGrains.EmbeddedOrleans.Hosting;
using ProvenanceGrains.EmbeddedOrleans.Reminders;

namespace ProvenanceGrains.Grains.Tests.Semantics;

/// <summary>
/// A silo in a host of its own, on fake time. This file alone says which runtime the suite runs on: the tests
/// and their grains use nothing but Orleans' own API.
/// </summary>
internal sealed class SiloUnderTest : IAsyncDisposable
{
    private readonly IHost _host;

    private SiloUnderTest(IHost host) => _host = host;

    public FakeTime Time => (FakeTime)_host.Services.GetRequiredService<TimeProvider>();

    public Probe Probe => _host.Services.GetRequiredService<Probe>();

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<SiloUnderTest> StartAsync(
        FakeTime? time = null,
        Probe? probe = null,
        IReminderStore? reminders = null,
        Dictionary<string, string?>? configuration = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(probe ?? new Probe());
        builder.Services.AddScoped<ScopedThing>();
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time ?? new FakeTime()));
        foreach (var (key, value) in configuration ?? [])
        {
            builder.Configuration[key] = value;
        }

        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(10));
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(30));
            if (reminders is not null)
            {
                silo.UseEmbeddedReminderStore(reminders);
            }
        });
        var host = builder.Build();
        await host.StartAsync();
        return new SiloUnderTest(host);
    }

    /// <summary>A grain with a string key.</summary>
    public T Get<T>(string key = "a")
        where T : IGrainWithStringKey => Grains.GetGrain<T>(key);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
