using System.Runtime.InteropServices;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>The row of <c>meta</c> that says how far the index has come. Each transaction writes it.</summary>
/// <param name="Position">The next frame's place.</param>
/// <param name="NextEntity">The number that the next new entity gets.</param>
internal readonly record struct IndexPlace(IndexPosition Position, long NextEntity)
{
    public const string Name = "place";
    public const string Query = "SELECT value FROM meta WHERE name='place'";

    public byte[] ToArray() => RowCheck.Seal(Name, 0, MemoryMarshal.AsBytes<long>(
        [Position.NextOrdinal, Position.Segment, Position.Offset, NextEntity]));

    /// <summary>Runs <see cref="Query"/>.</summary>
    /// <exception cref="IndexException">The row is not there or damaged.</exception>
    public static IndexPlace Read(SqliteStatement query)
    {
        var stored = query.Step() ? query.Blob(0).ToArray() : [];
        query.Reset();
        var numbers = MemoryMarshal.Cast<byte, long>(RowCheck.Open(Name, 0, stored));
        return numbers.Length == 4
            ? new IndexPlace(new IndexPosition(numbers[0], numbers[1], numbers[2]), numbers[3])
            : throw IndexException.Contradicts("its place has another length");
    }
}
