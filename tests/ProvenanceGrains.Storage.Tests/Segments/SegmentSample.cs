using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Segments;

/// <summary>A small segment, made by the codec alone and the same at every run.</summary>
internal sealed record SegmentSample(byte[] Bytes, IReadOnlyList<CommitUnit> Units, IReadOnlyList<int> FrameOffsets)
{
    public static SegmentSample Create()
    {
        var book = new JournalBook();
        var lots = Enumerable.Range(1, 3).Select(SupplyChainUnits.Lot).ToList();
        CommitUnit[] written =
        [
            book.Write(1, 1_700_000_000_000, Draft("first", [new Part(lots[0], "epc")])),
            book.Write(
                2, 1_700_000_000_001, Draft("second", [new Part(lots[0], "parent"), new Part(lots[1], "child")]),
                Draft("third", [new Part(lots[2], "")]), Draft("", [new Part(lots[2], "épc")])),
            book.Write(3, 1_700_000_000_002, Draft("fourth", [new Part(lots[1], "epc"), new Part(lots[1], "epc")])),
        ];
        var segment = new SegmentHeader(0, 0, Hash256.Sha256("log"u8), 0, default);
        var header = new byte[SegmentHeader.Size];
        segment.WriteTo(header);
        var bytes = new List<byte>(header);
        var offsets = new List<int>();
        long ordinal = 0;
        foreach (var unit in written)
        {
            var encoded = UnitCodec.Encode(unit);
            var frame = new FrameHeader(
                encoded.Length, UnitCodec.HeadLength(unit), ordinal, unit.Entries.Count, ordinal);
            var start = new byte[FrameHeader.Size];
            frame.WriteTo(segment, bytes.Count, start, encoded.AsSpan(0, frame.HeadLength));
            offsets.Add(bytes.Count);
            bytes.AddRange(start);
            bytes.AddRange(encoded);
            ordinal = frame.EndOrdinal;
        }

        return new SegmentSample([.. bytes], written, offsets);
    }

    /// <summary>All steps of a reader, given windows of this size.</summary>
    public static List<SegmentStep> Walk(byte[] bytes, int window = int.MaxValue)
    {
        var reader = new SegmentReader();
        var steps = new List<SegmentStep>();
        while (true)
        {
            var at = (int)reader.Position;
            var length = Math.Min(bytes.Length - at, Math.Max(window, reader.Wanted));
            var step = reader.Read(bytes.AsMemory(at, length), at + length == bytes.Length);
            if (step.Kind == SegmentStepKind.End)
            {
                return steps;
            }

            if (step.Kind != SegmentStepKind.More)
            {
                steps.Add(step);
            }
        }
    }

    private static MatterDraft Draft(string text, IReadOnlyList<Part> parts) =>
        new(System.Text.Encoding.UTF8.GetBytes(text), parts, text.Length == 0 ? [] : [SupplyChainUnits.NameOf(text)]);
}
