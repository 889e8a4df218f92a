namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>What the writer and the readers of one index share in memory.</summary>
internal sealed class IndexState
{
    public PresenceFilter Entities { get; } = new();

    public PresenceFilter Claims { get; } = new();

    public ZoneMap Zones { get; } = new();

    public SharedPairs EntityPairs { get; } = new();

    public SharedPairs ClaimPairs { get; } = new();

    public SharedPairs UnitPairs { get; } = new();
}

/// <summary>How far the index has followed the log: the next frame's place.</summary>
internal readonly record struct IndexPosition(long NextOrdinal, long Segment, long Offset);

/// <summary>64 bits that stand for a longer name in the index.</summary>
internal static class IndexHash
{
    public static long Of(Ledger.Hash256 name) =>
        System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(name.AsSpan());

    public static long Of(UInt128 id) => unchecked((long)((ulong)(id >> 64) ^ (ulong)id));
}
