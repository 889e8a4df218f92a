using ProvenanceGrains.Grains.Contracts.Journals;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Journals;

/// <summary>A lot, a serialised item or a logistic unit: the owner of one journal of kind <c>lot</c>.</summary>
public sealed class LotGrain(IGrainContext context, IJournalReader store, IEntityIndexFunction indexes) : Grain(context), ILotGrain
{
    /// <summary>The entity kind of traceable objects.</summary>
    public const string Kind = "lot";

    private JournalTail? _tail;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tail = new JournalTail(store, indexes, EntityId.Create(Kind, this.GetPrimaryKeyString()));
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
