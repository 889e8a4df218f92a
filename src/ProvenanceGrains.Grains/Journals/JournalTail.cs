using ProvenanceGrains.Grains.Contracts.Journals;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Journals;

/// <summary>The end of one journal as its grain believes it to be, and how entries are put behind it.</summary>
/// <remarks>Written only in the owning grain's turns. The belief may be ahead of the store (entries under way) and may be wrong
/// (a unit was refused): the store's fence decides, <see cref="Forget"/> repairs.</remarks>
internal sealed class JournalTail(IJournalReader store, IEntityIndexFunction indexes, EntityId entity)
{
    private readonly EntityIndex _index = indexes.Compute(entity);
    private JournalHead? _head;

    public void Forget() => _head = null;

    public async ValueTask<ChainedEntries> ChainAsync(ChainRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Commitments.Length == 0 || request.Commitments.Length % Hash256.Size != 0)
        {
            throw new ArgumentException($"{request.Commitments.Length} bytes are no commitments.", nameof(request));
        }

        _head ??= await ReadHeadAsync();
        return Chain(request, _head.Value);
    }

    /// <remarks>The store's own exceptions have no serializer: between two silos they would arrive as something else.</remarks>
    private async ValueTask<JournalHead> ReadHeadAsync()
    {
        try
        {
            return await store.GetHeadAsync(entity, CancellationToken.None);
        }
        catch (Exception failure) when (failure is not IOException)
        {
            throw new IOException($"The journal of {entity} cannot be read: {failure.Message}");
        }
    }

    private ChainedEntries Chain(ChainRequest request, JournalHead head)
    {
        var count = request.Commitments.Length / Hash256.Size;
        var headers = new byte[count * EntryHeader.Size];
        var time = Math.Max(request.TimeMs, head.LastTimeMs);
        for (var i = 0; i < count; i++)
        {
            var header = new EntryHeader(
                _index,
                head.Length,
                head.LastLeafHash,
                time,
                new Hash256(request.Commitments.AsSpan(i * Hash256.Size, Hash256.Size)));
            header.WriteTo(headers.AsSpan(i * EntryHeader.Size));
            head = new JournalHead(head.Length + 1, header.LeafHash(), time);
        }

        _head = head;
        return new ChainedEntries(headers);
    }
}
