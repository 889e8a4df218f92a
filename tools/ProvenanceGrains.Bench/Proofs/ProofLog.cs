using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Bench.LedgerPath;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Bench.Proofs;

/// <summary>Fills a log with units of many entries, a few of them of one entity whose bundle is then asked for.</summary>
internal sealed class ProofLog : IMatterProjector
{
    public const int SubjectEntries = 100;
    private const int EntitiesPerMatter = 100;
    private const int MaxMattersPerUnit = 10;
    private const string EntryType = "bench.entry";

    private static readonly byte[] Author = Payload.EncodeAuthor("bench", "proofs");

    public static EntityId Subject { get; } = EntityId.Create("lot", "01/09521234000037/10/SUBJECT");

    public MatterProjection? Project(string entryType, ReadOnlyMemory<byte> matter) => null;

    /// <summary>Appends entries until there are so many; the subject's are spread evenly.</summary>
    public static async Task FillAsync(LedgerRig rig, long entries, CancellationToken cancellation)
    {
        var matters = (int)Math.Clamp(entries / EntitiesPerMatter / SubjectEntries, 1, MaxMattersPerUnit);
        var units = entries / (EntitiesPerMatter * matters);
        var every = Math.Max(1, units / SubjectEntries);
        var subject = 0;
        for (var unit = 0L; unit < units; unit++)
        {
            var withSubject = unit % every == 0 && subject < SubjectEntries;
            subject += withSubject ? 1 : 0;
            await rig.Committer.CommitAsync(Draft(unit, matters, withSubject), cancellation);
        }

        await rig.WaitQuietAsync(cancellation);
    }

    private static UnitDraft Draft(long number, int matters, bool withSubject)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id[8..], number);
        return new UnitDraft
        {
            Id = BinaryPrimitives.ReadUInt128BigEndian(id),
            TimeMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            Author = Author,
            Matters = [.. Enumerable.Range(0, matters).Select(matter => Matter(number, matter, withSubject && matter == 0))],
            Note = ReadOnlyMemory<byte>.Empty,
        };
    }

    private static MatterDraft Matter(long unit, int matter, bool withSubject)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"urn:bench:{unit}:{matter}").PadRight(SmallEntries.PayloadBytes, '.');
        var content = Encoding.ASCII.GetBytes(text);
        var participants = Enumerable.Range(withSubject ? 1 : 0, EntitiesPerMatter - (withSubject ? 1 : 0))
            .Select(i => (EntityId.Create("lot", string.Create(
                CultureInfo.InvariantCulture, $"01/09521234000037/21/{unit % 64}-{matter}-{i}")), "epc"))
            .ToList();
        if (withSubject)
        {
            participants.Add((Subject, "epc"));
        }

        return new MatterDraft(EntryType, content, Hash256.Sha256(content), participants, null);
    }
}
