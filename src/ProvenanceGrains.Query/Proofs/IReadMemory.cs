namespace ProvenanceGrains.Query.Proofs;

/// <summary>One reader's share of the memory that all readers may hold at a time. Called by one reader, a call at a time.</summary>
public interface IReadMemory
{
    /// <summary>What an entry takes beside its payload: header, groups, salts and proof, in bytes. Measured, rounded up.</summary>
    const int BytesPerEntry = 1_536;

    /// <summary>Takes more, before it is allocated.</summary>
    /// <param name="bytes">How many more, not negative.</param>
    /// <returns>False if there is no room: the reader gives up, and its share is given back as a whole.</returns>
    bool TryTake(long bytes);
}

/// <summary>No limit but the document's own, for a process with one reader.</summary>
internal sealed class UnboundedMemory : IReadMemory
{
    public static readonly UnboundedMemory Instance = new();

    public bool TryTake(long bytes) => true;
}
