using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>Puts the publication with witnesses into a host that seals.</summary>
public static class WitnessingServices
{
    private const int MaxPolicyBytes = 1 << 20;

    /// <summary>Registers it; <see cref="SealingServices.AddSealing"/> must come after, and then the sealer hands over to it.</summary>
    /// <param name="services">Must come to hold the seal store and the clock.</param>
    /// <param name="policy">See <see cref="ReadPolicy"/>.</param>
    /// <param name="logKey">The log's public key.</param>
    /// <param name="options">Mode and time limits.</param>
    public static void AddWitnessing(
        this IServiceCollection services, LogPolicy policy, VerifierKey logKey, WitnessingOptions options)
    {
        services.AddSingleton(policy);
        services.AddSingleton(provider => new WitnessingStatus(policy, options.Mode, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IWitnessClient, HttpWitnessClient>();
        services.AddSingleton(provider => new WitnessedPublication(
            provider.GetRequiredService<ISealStore>(),
            policy,
            logKey,
            provider.GetRequiredService<IWitnessClient>(),
            options,
            provider.GetRequiredService<SealingProgress>(),
            provider.GetRequiredService<WitnessingStatus>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WitnessedPublication>>()));
        services.AddSingleton<ICheckpointPublication>(provider => provider.GetRequiredService<WitnessedPublication>());
        services.AddHostedService<WitnessingService>();
    }

    /// <summary>Reads a policy file (C2SP tlog-policy) and checks that this log can live by it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="logKey">The log's key: if the policy names logs, this is among them.</param>
    /// <exception cref="ArgumentException">The policy cannot be read, is another log's, or its quorum can never be reached.</exception>
    public static LogPolicy ReadPolicy(string file, VerifierKey logKey)
    {
        ArgumentNullException.ThrowIfNull(logKey);
        var info = new FileInfo(file);
        if (!info.Exists || info.Length > MaxPolicyBytes)
        {
            throw new ArgumentException($"The witness policy {info.FullName} is not there or is no policy file.");
        }

        if (!LogPolicy.TryParse(File.ReadAllBytes(file), out var policy, out var error))
        {
            throw new ArgumentException($"The witness policy {info.FullName}: {error}");
        }

        if (!policy.Logs.Any(log => log.Key.ToString() == logKey.ToString()))
        {
            throw new ArgumentException($"The witness policy {info.FullName} does not name this log; replace its log line by: log {logKey}");
        }

        var usable = policy.Witnesses.Where(witness => witness.Key.CanVerify && IsWeb(witness.Url)).Select(witness => witness.Name);
        return policy.IsQuorum(usable.ToHashSet(StringComparer.Ordinal))
            ? policy
            : throw new ArgumentException(
                $"The witness policy {info.FullName}: quorum '{policy.Quorum}' can never be reached. A witness that is to be asked needs an "
                + "Ed25519 cosignature key and the URL of its submission prefix.");
    }

    /// <exception cref="ArgumentException">It is no mode.</exception>
    public static WitnessMode ParseMode(string? mode) => mode switch
    {
        null or "hold" => WitnessMode.Hold,
        "publish" => WitnessMode.Publish,
        _ => throw new ArgumentException($"'{mode}' is no witness mode: say hold or publish."),
    };

    private static bool IsWeb(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https";

    private sealed class WitnessingService(WitnessedPublication publication) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => publication.RunAsync(stoppingToken);
    }
}
