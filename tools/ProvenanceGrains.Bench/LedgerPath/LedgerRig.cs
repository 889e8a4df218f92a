using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Grains.Parties;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.Bench.LedgerPath;

/// <summary>The ledger path of a silo in this process: committer, grains, segment store and sealer, without HTTP and EPCIS.</summary>
internal sealed class LedgerRig : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly SegmentStore _store;
    private readonly FileSealStore _seals;

    private LedgerRig(IHost host, SegmentStore store, FileSealStore seals, RecordingDisk disk)
    {
        _host = host;
        _store = store;
        _seals = seals;
        Disk = disk;
    }

    public UnitCommitter Committer => _host.Services.GetRequiredService<UnitCommitter>();

    public SealingStatus Sealing => _host.Services.GetRequiredService<SealingStatus>();

    public RecordingDisk Disk { get; }

    public static async Task<LedgerRig> OpenAsync(
        string data, IMatterProjector projector, CancellationToken cancellation, IEntityIndexFunction? indexes = null)
    {
        indexes ??= HashedEntityIndex.Instance;
        var disk = new RecordingDisk();
        var store = await SegmentStore.OpenAsync(
            new SegmentStoreOptions { Folder = data, Disk = disk, EntityIndex = indexes },
            projector, TimeProvider.System, NullLogger.Instance, mustHoldOrdinal: 0, cancellation);
        var seals = new FileSealStore(data, BlockRecord.SizeOf(indexes.Rule));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering()
            .Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(1)));
        var key = builder.Services.AddSealing(data, origin: null, () => RandomNumberGenerator.GetBytes(32), run: true);
        builder.Services.AddSingleton(indexes);
        builder.Services.AddSingleton<IJournalWriter>(store);
        builder.Services.AddSingleton<IJournalReader>(store);
        builder.Services.AddSingleton<ISealStore>(seals);
        builder.Services.AddSingleton<ISaltSource, RandomSalts>();
        builder.Services.AddSingleton<UnitCommitter>();
        builder.Services.AddSingleton<IRequestIds, RandomIds>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PartyDirectory>();
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return new LedgerRig(host, store, seals, disk) { LogKey = key };
    }

    public IJournalReader Journals => _store;

    public ILogReader Seals => _seals;

    /// <summary>Verifies the log's checkpoints.</summary>
    public required VerifierKey LogKey { get; init; }

    /// <summary>Entries in the log.</summary>
    public long Entries => _store.Committed;

    /// <summary>The way in for documents, as the HTTP interface has it.</summary>
    public ICaptureService CreateCapture() =>
        new CaptureService(Committer, _store, _host.Services.GetRequiredService<PartyDirectory>(), new RandomIds(), TimeProvider.System, ParseLimits.Default);

    /// <summary>Waits until everything that is durable is sealed, published and indexed.</summary>
    public async Task WaitQuietAsync(CancellationToken cancellation)
    {
        var status = Sealing;
        while (status.Report is null || status.Report.NextOrdinal < _store.Committed
            || _store.ReadMetrics().IndexLagEntries > 0)
        {
            if (status.Failure is { } failure)
            {
                throw new BenchException($"Sealing failed: {failure}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _seals.Dispose();
        await _store.DisposeAsync();
    }

    private sealed class RandomSalts : ISaltSource
    {
        public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
    }

    private sealed class RandomIds : IRequestIds
    {
        public UInt128 Next()
        {
            Span<byte> bytes = stackalloc byte[16];
            RandomNumberGenerator.Fill(bytes);
            return BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }
    }
}
