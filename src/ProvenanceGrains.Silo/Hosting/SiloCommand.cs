using System.CommandLine;
using System.Reflection;
using ProvenanceGrains.Silo.Actors;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>The command line of the silo.</summary>
internal static class SiloCommand
{
    /// <summary>The engine's version, as built.</summary>
    public static string Version { get; } =
        typeof(SiloCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    public static Task<int> RunAsync(string[] args)
    {
        var urls = new Option<string?>("--urls")
        {
            Description = "Addresses to listen on, separated by ';'. Default: http://127.0.0.1:8080 (this machine only).",
        };
        var data = new Option<string?>("--data") { Description = "Data folder, made on the first start. Default: ./data." };
        var roles = new Option<string?>("--roles")
        {
            Description = "What this process does: ingest, query, sealer (separated by ','), or all. Default: all.",
        };
        var demo = new Option<bool>("--demo")
        {
            Description = "Load a sample supply chain, and print pages to open, an API key and a curl line.",
        };
        var apiKey = new Option<string?>("--api-key")
        {
            Description = "Register this API key (16 to 256 printable characters) for the party 'script'.",
        };
        var origin = new Option<string?>("--origin")
        {
            Description = "Name of the log, used when its key is made on the first start, e.g. log.example.com/trace.",
        };
        var index = new Option<string?>("--index")
        {
            Description = "How entities are indexed in the public log: hash (whoever knows a product number can find out whether the log "
                + "has it) or vrf (nobody can). Fixed by the first start. Default: what the folder has; hash for a new one.",
        };
        var publicUrl = new Option<string?>("--public-url")
        {
            Description = "Base of the links in QR codes, e.g. https://id.example.com. Default: the address of the request.",
        };
        var witnessPolicy = new Option<string?>("--witness-policy")
        {
            Description = "Policy file (C2SP tlog-policy) with the log's key, witnesses with their URLs, and a quorum. Each checkpoint is "
                + "published with the quorum's cosignatures.",
        };
        var witnessMode = new Option<string?>("--witness-mode")
        {
            Description = "While the quorum is out of reach: hold checkpoints back, or publish them with what came. Default: hold.",
        };
        var requireSignatures = new Option<string?>("--require-signatures")
        {
            Description = "Roles (capture, query, admin; separated by ',') in which requests must be signed. Default: none.",
        };
        var rateLimit = new Option<int?>("--rate-limit")
        {
            Description = "Requests that one party may send in a second. Default: 5000.",
        };
        var anchor = new Option<string?>("--anchor")
        {
            Description = "File on another disk to which each committed checkpoint goes. A start with an older data folder than it is refused.",
        };
        var newIncarnation = new Option<string?>("--new-incarnation")
        {
            Description = "Only after the data folder was set back (restored from a backup) and no newer one is to be had: leaves the log of this "
                + "origin. Its chain and log are kept under incarnations/, all entries are sealed anew into ORIGIN/i2 (i3, ...), and a signed note "
                + "names the old log's last known head. Everybody must be told the new key. A log that was left before is left alone.",
            HelpName = "ORIGIN",
        };
        var oldHead = new Option<string?>("--old-head")
        {
            Description = "With --new-incarnation: a checkpoint of the old log, e.g. a customer's or a witness's, that is ahead of the restored one.",
        };
        var version = new Option<bool>("--version") { Description = "Print the version and the actor runtime." };
        var root = new RootCommand(
            "ProvenanceGrains silo: takes tracking events in, seals them into a public log, serves verifiable product pages. "
            + "Every option can also be set in appsettings.json (section Provenance: Data, Roles, Demo, ApiKey, Origin, Index, PublicUrl, WitnessPolicy, WitnessMode, Anchor; "
            + "Urls at the top) or in the environment (Provenance__Data, ..., ASPNETCORE_URLS).");
        foreach (var builtIn in root.Options.Where(option => option is VersionOption).ToArray())
        {
            root.Options.Remove(builtIn);
        }

        Option[] all =
        [
            urls, data, roles, demo, apiKey, origin, index, publicUrl, witnessPolicy, witnessMode, requireSignatures, rateLimit,
            anchor, newIncarnation, oldHead, version,
        ];
        foreach (var option in all)
        {
            root.Options.Add(option);
        }

        root.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(version))
            {
                Console.WriteLine($"ProvenanceGrains {Version}, actor runtime: {ActorHost.RuntimeName}");
                return 0;
            }

            var settings = new Dictionary<string, string?>
            {
                ["urls"] = parsed.GetValue(urls),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.Data)}"] = parsed.GetValue(data),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.Roles)}"] = parsed.GetValue(roles),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.Demo)}"] = parsed.GetValue(demo) ? "true" : null,
                [$"{SiloOptions.Section}:{nameof(SiloOptions.ApiKey)}"] = parsed.GetValue(apiKey),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.Origin)}"] = parsed.GetValue(origin),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.Index)}"] = parsed.GetValue(index),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.PublicUrl)}"] = parsed.GetValue(publicUrl),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.RequireSignatures)}"] = parsed.GetValue(requireSignatures),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.RateLimit)}"] =
                    parsed.GetValue(rateLimit)?.ToString(System.Globalization.CultureInfo.InvariantCulture),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.WitnessPolicy)}"] = parsed.GetValue(witnessPolicy),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.WitnessMode)}"] = parsed.GetValue(witnessMode),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.Anchor)}"] = parsed.GetValue(anchor),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.NewIncarnation)}"] = parsed.GetValue(newIncarnation),
                [$"{SiloOptions.Section}:{nameof(SiloOptions.OldHead)}"] = parsed.GetValue(oldHead),
            };
            return await RunSiloAsync(settings.Where(setting => setting.Value is not null), cancellation);
        });
        return root.Parse(args).InvokeAsync();
    }

    /// <summary>Runs until it is told to stop. What keeps a silo from starting is one line, not a stack trace.</summary>
    private static async Task<int> RunSiloAsync(
        IEnumerable<KeyValuePair<string, string?>> settings, CancellationToken cancellation)
    {
        try
        {
            await using var silo = await SiloHost.StartAsync(settings, cancellation);
            await silo.WaitForShutdownAsync(cancellation);
            return 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidDataException or IOException
            or UnauthorizedAccessException or InvalidOperationException or FormatException
            or StoreUnavailableException or StoreDamagedException)
        {
            await Console.Error.WriteLineAsync($"The silo cannot start: {failure.Message}");
            return 1;
        }
    }
}
