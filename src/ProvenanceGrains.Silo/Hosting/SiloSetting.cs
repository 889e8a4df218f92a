using System.CommandLine;
using System.Globalization;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>A setting and the option of the command line that gives it.</summary>
internal sealed class SiloSetting
{
    private SiloSetting(Option option, string? property, Func<ParseResult, string?> read)
    {
        Option = option;
        Property = property;
        Read = read;
    }

    public Option Option { get; }

    /// <summary>The property of <see cref="SiloOptions"/>; null for the one setting that is the web server's.</summary>
    public string? Property { get; }

    /// <summary>The key under which configuration has it.</summary>
    public string Key => Property is null ? "urls" : $"{SiloOptions.Section}:{Property}";

    /// <summary>What the command line says; null if it says nothing, and the environment or <c>appsettings.json</c> is to say.</summary>
    public Func<ParseResult, string?> Read { get; }

    /// <summary>Every setting, in the order of the help text.</summary>
    public static IReadOnlyList<SiloSetting> All() =>
    [
        Text("--urls", null, "Addresses to listen on, separated by ';'. Default: http://127.0.0.1:8080 (this machine only)."),
        Text("--data", nameof(SiloOptions.Data), "Data folder, made on the first start. Default: ./data."),
        Text("--roles", nameof(SiloOptions.Roles), "What this process does: ingest, query, sealer (separated by ','), or all. Default: all."),
        Flag("--demo", nameof(SiloOptions.Demo), "Load a sample supply chain, and print pages to open, an API key and a curl line."),
        Text(
            "--api-key",
            nameof(SiloOptions.ApiKey),
            "Register this API key (16 to 256 printable characters) for the party 'script'."),
        Text(
            "--origin",
            nameof(SiloOptions.Origin),
            "Name of the log, used when its key is made on the first start, e.g. log.example.com/trace."),
        Text(
            "--index",
            nameof(SiloOptions.Index),
            "How entities are indexed in the public log: hash (whoever knows a product number can find out whether the log "
            + "has it) or vrf (nobody can). Fixed by the first start. Default: what the folder has; hash for a new one."),
        Text(
            "--public-url",
            nameof(SiloOptions.PublicUrl),
            "Base of the links in QR codes, e.g. https://id.example.com. Default: the address of the request."),
        Text(
            "--witness-policy",
            nameof(SiloOptions.WitnessPolicy),
            "Policy file (C2SP tlog-policy) with the log's key, witnesses with their URLs, and a quorum. Each checkpoint is "
            + "published with the quorum's cosignatures."),
        Text(
            "--witness-mode",
            nameof(SiloOptions.WitnessMode),
            "While the quorum is out of reach: hold checkpoints back, or publish them with what came. Default: hold."),
        Text(
            "--require-signatures",
            nameof(SiloOptions.RequireSignatures),
            "Roles (capture, query, admin; separated by ',') in which requests must be signed. Default: none."),
        Number(
            "--signature-window",
            nameof(SiloOptions.SignatureWindow),
            "How many seconds old a request's signature may be. Default: 300."),
        Number("--rate-limit", nameof(SiloOptions.RateLimit), "Requests that one party may send in a second. Default: 20000."),
        Text(
            "--anchor",
            nameof(SiloOptions.Anchor),
            "File on another disk to which each committed checkpoint goes. A start with an older data folder than it is refused."),
        Text(
            "--new-incarnation",
            nameof(SiloOptions.NewIncarnation),
            "Only after the data folder was set back (restored from a backup) and no newer one is to be had: leaves the log of this "
            + "origin. Its chain and log are kept under incarnations/, all entries are sealed anew into ORIGIN/i2 (i3, ...), and a signed note "
            + "names the old log's last known head. Everybody must be told the new key. A log that was left before is left alone.",
            "ORIGIN"),
        Text(
            "--old-head",
            nameof(SiloOptions.OldHead),
            "With --new-incarnation: a checkpoint of the old log, e.g. a customer's or a witness's, that is ahead of the restored one."),
    ];

    private static SiloSetting Text(string name, string? property, string description, string? helpName = null)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
        return new SiloSetting(option, property, parsed => parsed.GetValue(option));
    }

    private static SiloSetting Number(string name, string property, string description)
    {
        var option = new Option<int?>(name) { Description = description };
        return new SiloSetting(option, property, parsed => parsed.GetValue(option)?.ToString(CultureInfo.InvariantCulture));
    }

    private static SiloSetting Flag(string name, string property, string description)
    {
        var option = new Option<bool>(name) { Description = description };
        return new SiloSetting(option, property, parsed => parsed.GetValue(option) ? "true" : null);
    }
}
