using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Api;
using ProvenanceGrains.Api.Capture;
using ProvenanceGrains.Api.Operation;
using ProvenanceGrains.Api.Parties;
using ProvenanceGrains.Api.Reading;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Grains.Parties;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Vrf;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Sealing.Incarnations;
using ProvenanceGrains.Sealing.Witnessing;
using ProvenanceGrains.Silo.Actors;
using ProvenanceGrains.Silo.Pages;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Files;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.Storage.Segments;
using ProvenanceGrains.Web.Serving;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>A running silo: the stores in its data folder, the grains, the sealer and the HTTP interface.</summary>
public sealed class SiloHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SegmentStore _store;
    private readonly FileSealStore _seals;

    private SiloHost(WebApplication app, SegmentStore store, FileSealStore seals)
    {
        _app = app;
        _store = store;
        _seals = seals;
    }

    /// <summary>The services of the silo, for tests and tools.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Starts a silo. In this order: the key, the stores (which recover), the grains, HTTP.</summary>
    /// <param name="settings">What overrides <c>appsettings.json</c> and the environment.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="InvalidDataException">The data folder is damaged: the message names the file.</exception>
    /// <exception cref="IOException">The data folder is another process's, or cannot be written.</exception>
    public static async Task<SiloHost> StartAsync(
        IEnumerable<KeyValuePair<string, string?>> settings, CancellationToken cancellation)
    {
        var builder = CreateBuilder(settings);
        var options = builder.Configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new SiloOptions();
        var roles = options.ParseRoles();
        if (options.Demo && !(roles.HasFlag(SiloRoles.Ingest) && roles.HasFlag(SiloRoles.Query)))
        {
            throw new ArgumentException("--demo needs the roles ingest and query.");
        }

        var data = Path.GetFullPath(options.Data);
        Directory.CreateDirectory(data);

        // Before anything else looks at the folder: a start that finishes an incarnation changes what is there.
        var anchor = options.Anchor is { } file ? Path.GetFullPath(file) : null;
        LogIncarnations.Prepare(data, new IncarnationSettings(options.NewIncarnation, options.OldHead, anchor)
        {
            Accept = options.WitnessPolicy is { } policy ? next => WitnessingServices.ReadPolicy(policy, next) : null,
        });
        var indexes = new IndexRuleFiles(data).Open(options.Index, () => RandomNumberGenerator.GetBytes(VrfPrivateKey.Size));

        using var startLog = LoggerFactory.Create(log =>
            log.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole());
        var store = await SegmentStore.OpenAsync(
            new SegmentStoreOptions { Folder = data, EntityIndex = indexes },
            new EventProjector(),
            TimeProvider.System,
            startLog.CreateLogger<SegmentStore>(),
            SealedWatermark.Read(data),
            cancellation);
        FileSealStore? seals = null;
        WebApplication? app = null;
        try
        {
            seals = new FileSealStore(data, BlockRecord.SizeOf(indexes.Rule), anchor);
            var run = roles.HasFlag(SiloRoles.Sealer);
            var key = builder.Services.AddSealing(data, options.Origin, () => RandomNumberGenerator.GetBytes(32), run);
            WitnessProbe.AddWitnesses(builder.Services, options, key, run);
            var parties = new ApiKeys(
                Path.Combine(data, "parties.json"),
                (path, content) => DurableFile.Replace(path, content.Span, SecretFile.Mode),
                () => RandomNumberGenerator.GetHexString(16, lowercase: true),
                () => RandomNumberGenerator.GetHexString(64, lowercase: true));
            if (options.ApiKey is { } apiKey)
            {
                parties.Register(ApiKeys.ScriptParty, apiKey);
            }

            AddServices(builder, options, roles, store, seals, indexes, key, parties);
            app = builder.Build();
            app.UseExceptionHandler();
            app.UseStatusCodePages();
            app.MapProvenanceApi(roles.HasFlag(SiloRoles.Ingest), roles.HasFlag(SiloRoles.Query));
            if (roles.HasFlag(SiloRoles.Query))
            {
                app.MapWebAssets();
                app.MapGet("/", (HttpContext http, WebPages pages) => pages.RenderHomeAsync(http)).ExcludeFromDescription();
            }

            await IncarnationEntry.AppendAsync(
                data,
                key,
                store,
                store,
                app.Services.GetRequiredService<IEntityIndexFunction>(),
                TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
                RandomNumberGenerator.GetBytes,
                cancellation);
            await app.StartAsync(cancellation);

            // Read back from the journals now: a registry that does not fit keeps the silo from starting.
            await app.Services.GetRequiredService<IPartyDirectory>().ListAsync(cancellation);
            var host = new SiloHost(app, store, seals);
            await Banner.PrintAsync(host, options, roles, data, cancellation);
            return host;
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            seals?.Dispose();
            await store.DisposeAsync();
            throw;
        }
    }

    public Task WaitForShutdownAsync(CancellationToken cancellation) => _app.WaitForShutdownAsync(cancellation);

    /// <summary>Stops taking requests, lets the ones under way end, then closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _seals.Dispose();
        await _store.DisposeAsync();
    }

    private static WebApplicationBuilder CreateBuilder(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddJsonFile(Path.Combine(Directory.GetCurrentDirectory(), "appsettings.json"), optional: true);
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration["urls"] ??= "http://127.0.0.1:8080";
        builder.WebHost.UseUrls(builder.Configuration["urls"]!);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = new CaptureLimits().MaxDocumentBytes;

            // A reader that takes less holds memory that others need.
            kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 4_096, gracePeriod: TimeSpan.FromSeconds(10));
        });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        return builder;
    }

    private static void AddServices(
        WebApplicationBuilder builder,
        SiloOptions options,
        SiloRoles roles,
        SegmentStore store,
        FileSealStore seals,
        IEntityIndexFunction indexes,
        VerifierKey key,
        ApiKeys parties)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(indexes);
        services.AddSingleton<IJournalWriter>(store);
        services.AddSingleton<IJournalReader>(store);
        services.AddSingleton<IMatterIndex>(store);
        services.AddSingleton<ISealStore>(seals);
        services.AddSingleton<ILogReader>(seals);
        services.AddSingleton(parties);
        services.AddSingleton(key);
        services.AddSingleton(new PublicAddress(options.PublicUrl));
        services.AddSingleton(new SiloIdentity(SiloCommand.Version, ActorHost.RuntimeName, options.Roles, key.Name));
        services.AddSingleton<SampleProducts>();
        services.AddSingleton<WebPages>();
        services.AddSingleton<IPageRenderer>(provider => provider.GetRequiredService<WebPages>());

        services.AddSingleton<ISaltSource, SystemSalts>();
        services.AddSingleton<IRequestIds, SystemRequestIds>();
        services.AddSingleton<UnitCommitter>();
        services.AddSingleton<ICaptureService, CaptureService>();
        var limits = new CaptureLimits();
        services.AddSingleton(ParseLimits.Default with
        {
            MaxBodyBytes = limits.MaxDocumentBytes,
            MaxEventsPerDocument = limits.MaxEvents,
        });
        services.AddSingleton<IPartyDirectory, PartyDirectory>();
        services.AddProvenanceApi(limits, options.ParseAccess(TimeProvider.System.GetUtcNow()));

        var probe = new StoreProbe(store);
        services.AddSingleton<IHealthProbe>(probe);
        services.AddSingleton<IMetricsProbe>(probe);
        ActorHost.Add(builder);
        if (roles.HasFlag(SiloRoles.Sealer))
        {
            services.AddSingleton<SealingProbe>();
            services.AddSingleton<IHealthProbe>(provider => provider.GetRequiredService<SealingProbe>());
            services.AddSingleton<IMetricsProbe>(provider => provider.GetRequiredService<SealingProbe>());
        }
    }
}
