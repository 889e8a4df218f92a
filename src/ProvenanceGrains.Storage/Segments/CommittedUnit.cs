using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage.Admission;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>A durable unit on its way to the index.</summary>
/// <param name="Admitted">The unit.</param>
/// <param name="FirstOrdinal">Ordinal of its first entry.</param>
/// <param name="Segment">Number of its segment.</param>
/// <param name="Offset">Of its frame in the file.</param>
/// <param name="Head">Its head, for the places of the blocks.</param>
internal sealed record CommittedUnit(
    AdmittedUnit Admitted, long FirstOrdinal, long Segment, long Offset, UnitHead Head)
{
    public long EndOrdinal => FirstOrdinal + Admitted.Unit.Entries.Count;

    public long FrameEnd => Offset + FrameHeader.Size + Admitted.Length;

    public long OrdinalOfMatter(int matter) => FirstOrdinal + Head.Blocks[matter].FirstEntry;

    public BlockLocation LocationOfMatter(int matter)
    {
        var place = Head.Blocks[matter];
        return new BlockLocation(
            Segment, Offset + FrameHeader.Size + place.Offset, place.Length, BlockLocation.Shorten(place.Digest));
    }
}
