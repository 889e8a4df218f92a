using ProvenanceGrains.Storage.Memory;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Memory;

/// <summary>The reference keeps its own contract; a "reopening" finds the same instance.</summary>
public sealed class MemoryStoreTests : JournalStoreContract
{
    private readonly MemoryStore _store = new(TextMatterProjector.Instance);

    protected override Task<OpenStore> OpenAsync() =>
        Task.FromResult(new OpenStore(_store, _store, _store, () => ValueTask.CompletedTask));
}
