using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Bench.LedgerPath;

/// <summary>Units of one entry with a payload of some 200 bytes, each with a claimed name and an indexed matter.</summary>
internal sealed class SmallEntries : IMatterProjector
{
    public const int PayloadBytes = 200;
    private const int LotsPerWriter = 16;
    private const string EntryType = "bench.entry";

    private static readonly byte[] Author = Payload.EncodeAuthor("bench", "ledger");

    /// <summary>One of a writer's drafts; no two are the same.</summary>
    public static UnitDraft Draft(int writer, long number, long nowMs)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"urn:bench:{writer}:{number}");
        var content = new byte[PayloadBytes];
        Encoding.ASCII.GetBytes(id.PadRight(PayloadBytes, '.'), content);
        var lot = EntityId.Create("lot", string.Create(
            CultureInfo.InvariantCulture, $"01/09521234000037/21/{writer}-{number % LotsPerWriter}"));
        Span<byte> unit = stackalloc byte[16];
        BinaryPrimitives.WriteInt32BigEndian(unit, writer);
        BinaryPrimitives.WriteInt64BigEndian(unit[8..], number);
        return new UnitDraft
        {
            Id = BinaryPrimitives.ReadUInt128BigEndian(unit),
            TimeMs = nowMs,
            Author = Author,
            Matters = [new MatterDraft(EntryType, content, Hash256.Sha256(content), [(lot, "epc")], Project(content))],
            Note = ReadOnlyMemory<byte>.Empty,
        };
    }

    public MatterProjection? Project(string entryType, ReadOnlyMemory<byte> matter) => Project(matter);

    private static MatterProjection Project(ReadOnlyMemory<byte> matter) => new(
        Encoding.ASCII.GetString(matter.Span).TrimEnd('.'), EntryType, 0, "OBSERVE", "inspecting", null, null, null);
}
