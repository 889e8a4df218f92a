using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Segments;

/// <summary>The embedded store keeps the contract, with limits so small that segments roll and caches turn over.</summary>
public sealed class SegmentStoreContractTests : JournalStoreContract, IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<OpenStore> OpenAsync()
    {
        var store = await StoreFolder.OpenAsync(_folder.Options with
        {
            SegmentBytes = 20_000,
            MaxBatchBytes = 5_000,
            CachedHeads = 4,
            CachedHeaders = 16,
            MaxIndexLagEntries = 50,
        });
        return new OpenStore(store, store, store, store.DisposeAsync);
    }
}

/// <summary>The same with the limits of production.</summary>
public sealed class SegmentStoreDefaultContractTests : JournalStoreContract, IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<OpenStore> OpenAsync()
    {
        var store = await _folder.OpenAsync();
        return new OpenStore(store, store, store, store.DisposeAsync);
    }
}
