using ProvenanceGrains.Grains.Contracts.Journals;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Journals;

/// <summary>The owner of one journal of any kind that has no grain of its own; its key is <c>kind/key</c>.</summary>
public sealed class OtherJournalGrain(IGrainContext context, IJournalReader store, IEntityIndexFunction indexes)
    : Grain(context), IOtherJournalGrain
{
    private JournalTail? _tail;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var name = this.GetPrimaryKeyString();
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        _tail = new JournalTail(store, indexes, EntityId.Create(name[..slash], name[(slash + 1)..]));
        return Task.CompletedTask;
    }

    public Task<ChainedEntries> ChainAsync(ChainRequest request) => Tail.ChainAsync(request).AsTask();

    public Task ForgetAsync()
    {
        Tail.Forget();
        return Task.CompletedTask;
    }

    private JournalTail Tail => _tail ?? throw new InvalidOperationException("The grain is not activated.");
}
