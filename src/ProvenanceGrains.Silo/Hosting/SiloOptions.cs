using ProvenanceGrains.Api.Parties;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>What this process does of the engine's work.</summary>
[Flags]
public enum SiloRoles
{
    None = 0,

    /// <summary>Takes documents in.</summary>
    Ingest = 1,

    /// <summary>Answers questions and serves pages and the public log.</summary>
    Query = 2,

    /// <summary>Seals blocks. One process at a time.</summary>
    Sealer = 4,

    All = Ingest | Query | Sealer,
}

/// <summary>The settings of a silo: command line over environment (<c>Provenance__Data</c>, ...) over <c>appsettings.json</c>.</summary>
public sealed class SiloOptions
{
    /// <summary>The section of <c>appsettings.json</c> and the prefix of environment variables.</summary>
    public const string Section = "Provenance";

    /// <summary>The data folder; made on the first start.</summary>
    public string Data { get; set; } = "./data";

    /// <summary>Comma-separated: ingest, query, sealer, or all.</summary>
    public string Roles { get; set; } = "all";

    /// <summary>Load the sample chain and print where to look.</summary>
    public bool Demo { get; set; }

    /// <summary>An API key to register at the start, for scripts.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The log's origin, used when its key is made; later it must be the same or absent.</summary>
    public string? Origin { get; set; }

    /// <summary><c>hash</c> or <c>vrf</c>: whether everybody can compute the indexes of the log's entities, or only this log. Fixed by the first start.</summary>
    public string? Index { get; set; }

    /// <summary>Base of the links in QR codes, e.g. <c>https://id.example.com</c>; the request's own host if absent.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>A policy file (C2SP tlog-policy): its witnesses are asked to cosign each checkpoint. None: nobody is asked.</summary>
    public string? WitnessPolicy { get; set; }

    /// <summary>While the quorum is out of reach: <c>hold</c> checkpoints back (default), or <c>publish</c> them all the same.</summary>
    public string? WitnessMode { get; set; }

    /// <summary>A file on another disk to which each committed checkpoint goes; a start behind it is refused.</summary>
    public string? Anchor { get; set; }

    /// <summary>The origin of a log that was set back and is to be left for a new incarnation.</summary>
    public string? NewIncarnation { get; set; }

    /// <summary>With <see cref="NewIncarnation"/>: a checkpoint of the old log that is ahead of the restored one.</summary>
    public string? OldHead { get; set; }

    /// <summary>Comma-separated: the parties' roles (capture, query, admin) in which requests must be signed.</summary>
    public string RequireSignatures { get; set; } = "";

    /// <summary>Requests of one party in a second.</summary>
    public int RateLimit { get; set; } = 20_000;

    /// <summary>How old a request's signature may be, in seconds.</summary>
    public int SignatureWindow { get; set; } = 300;

    /// <exception cref="ArgumentException">A role is unknown, or a number out of bounds.</exception>
    public AccessRules ParseAccess(DateTimeOffset now)
    {
        var signed = PartyRoles.None;
        foreach (var name in RequireSignatures.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            signed |= PartyNames.RoleOf(name) is var role and not PartyRoles.None
                ? role
                : throw new ArgumentException($"'{name}' is no role of a party: say capture, query or admin.");
        }

        if (RateLimit < 1)
        {
            throw new ArgumentException($"A rate limit is at least 1 request a second, not {RateLimit}.");
        }

        var widest = Ledger.Authorship.SignatureWindow.Widest.MaxAge;
        return SignatureWindow >= 1 && SignatureWindow <= widest.TotalSeconds
            ? new AccessRules
            {
                SignedRoles = signed,
                RequestsPerSecond = RateLimit,
                StartedAt = now,
                Window = Ledger.Authorship.SignatureWindow.Default with { MaxAge = TimeSpan.FromSeconds(SignatureWindow) },
            }
            : throw new ArgumentException($"A signature may be 1 to {widest.TotalSeconds} s old, not {SignatureWindow}.");
    }

    /// <exception cref="ArgumentException">A role is unknown.</exception>
    public SiloRoles ParseRoles()
    {
        var roles = SiloRoles.None;
        foreach (var name in Roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            roles |= name.ToLowerInvariant() switch
            {
                "ingest" => SiloRoles.Ingest,
                "query" => SiloRoles.Query,
                "sealer" => SiloRoles.Sealer,
                "all" => SiloRoles.All,
                _ => throw new ArgumentException($"'{name}' is no role: say ingest, query, sealer or all."),
            };
        }

        return roles == SiloRoles.None
            ? throw new ArgumentException("A silo needs a role: ingest, query, sealer or all.")
            : roles;
    }
}
