using System.Globalization;
using ProvenanceGrains.Api.Operation;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing.Witnessing;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>Whether the witnesses cosign, for <c>/health/ready</c> and <c>/metrics</c>.</summary>
/// <remarks>
/// Witnesses that are away make the silo degraded, not unready: it captures, seals and answers; a load balancer that took it out
/// would turn somebody else's outage into one of ours. A log that contradicts itself makes it unready.
/// </remarks>
internal sealed class WitnessProbe(WitnessingStatus status) : IHealthProbe, IMetricsProbe
{
    public string Name => "witnesses";

    /// <summary>Registers the publication with witnesses and its probe, where a policy asks for it.</summary>
    /// <exception cref="ArgumentException">The policy or the mode is not usable.</exception>
    public static void AddWitnesses(IServiceCollection services, SiloOptions options, VerifierKey key, bool sealer)
    {
        var mode = WitnessingServices.ParseMode(options.WitnessMode);
        if (options.WitnessPolicy is null)
        {
            if (options.WitnessMode is not null)
            {
                throw new ArgumentException("--witness-mode needs --witness-policy.");
            }

            return;
        }

        if (!sealer)
        {
            throw new ArgumentException("--witness-policy is for the silo with the role sealer: it asks the witnesses.");
        }

        services.AddWitnessing(
            WitnessingServices.ReadPolicy(options.WitnessPolicy, key), key, new WitnessingOptions { Mode = mode });
        services.AddSingleton<WitnessProbe>();
        services.AddSingleton<IHealthProbe>(provider => provider.GetRequiredService<WitnessProbe>());
        services.AddSingleton<IMetricsProbe>(provider => provider.GetRequiredService<WitnessProbe>());
    }

    public string? Problem() => status.Publication.Halted
        ?? (status.Publication.Failure is { } failure ? $"Publishing failed: {failure}" : null);

    public string? Notice()
    {
        var publication = status.Publication;
        if (publication.QuorumLostSince is not { } since)
        {
            return null;
        }

        var witnesses = status.Witnesses;
        var held = status.Mode == WitnessMode.Hold
            ? $"{publication.HeldBlocks} blocks are sealed and held back"
            : "checkpoints are published without it";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Quorum '{status.Quorum}' is out of reach since {since:O}: {Count(witnesses)} of {witnesses.Count} witnesses cosign; {held}.");
    }

    public object Detail()
    {
        var publication = status.Publication;
        return new
        {
            status.Quorum,
            mode = status.Mode == WitnessMode.Hold ? "hold" : "publish",
            publication.QuorumLostSince,
            publication.PublishedSize,
            publication.HeldBlocks,
            witnesses = status.Witnesses.Select(witness => new
            {
                witness.Name,
                state = witness.Since is null ? "not asked yet" : witness.Problem is null ? "cosigns" : "away",
                witness.Problem,
                witness.Since,
                witness.CosignedSize,
            }).ToArray(),
        };
    }

    public void Write(PrometheusText text)
    {
        var publication = status.Publication;
        var witnesses = status.Witnesses;
        text.Gauge("provenance_log_published_size", "Leaves of the published tree.", publication.PublishedSize);
        text.Gauge("provenance_log_held_blocks", "Blocks that are sealed and not public yet.", publication.HeldBlocks);
        text.Counter("provenance_log_published_total", "Checkpoints published.", publication.Published);
        text.Counter("provenance_witness_quorum_missed_total", "Tries that ended without quorum.", publication.Unreached);
        text.Gauge("provenance_witness_quorum", "1 if the last try reached the quorum.", publication.QuorumLostSince is null ? 1 : 0);
        text.Gauge("provenance_log_halted", "1 if nothing is published any more: the log contradicts itself.", publication.Halted is null ? 0 : 1);
        foreach (var witness in witnesses)
        {
            text.Counter("provenance_witness_cosignatures_total", "Cosignatures by witness.", witness.Cosignatures, ("witness", witness.Name));
        }

        foreach (var witness in witnesses)
        {
            text.Counter("provenance_witness_failures_total", "Requests without one, by witness.", witness.Failures, ("witness", witness.Name));
        }
    }

    private static int Count(IEnumerable<WitnessState> witnesses) =>
        witnesses.Count(witness => witness is { Problem: null, Since: not null });
}
