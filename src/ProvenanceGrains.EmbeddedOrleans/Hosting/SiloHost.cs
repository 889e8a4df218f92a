using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.EmbeddedOrleans.Activations;

namespace ProvenanceGrains.EmbeddedOrleans.Hosting;

/// <summary>Starts and stops the silo with its host.</summary>
internal sealed partial class SiloHost(Silo silo, ILogger<SiloHost> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogRuntime(logger, EmbeddedRuntime.Name);
        return silo.Reminders.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        silo.Reminders.Stop();
        await silo.StopAsync(cancellationToken);
    }

    [LoggerMessage(EventId = 1200, Level = LogLevel.Information, Message = "Actor runtime: {Runtime}.")]
    private static partial void LogRuntime(ILogger logger, string runtime);
}
