using System.Globalization;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.TestKit.Storage;

/// <summary>Makes units at random from a seed: few entities, so that journals grow and queries find something.</summary>
public sealed class SupplyChainUnits(int seed)
{
    private static readonly string[] Roles = ["epc", "parent", "child", "input", "output"];
    private static readonly string[] Types = ["ObjectEvent", "AggregationEvent", "TransformationEvent"];
    private static readonly string?[] Actions = [null, "ADD", "OBSERVE", "DELETE"];
    private static readonly string?[] Steps = [null, "shipping", "receiving", "commissioning"];
    private static readonly string?[] Dispositions = [null, "in_transit", "active"];
    private static readonly string?[] Places = [null, "414/1", "414/2", "414/3"];

    private readonly Random _random = new(seed);
    private int _events;
    private int _units;

    public static EntityId Lot(int number) =>
        EntityId.Create("lot", string.Create(CultureInfo.InvariantCulture, $"01/09506000134352/10/L{number}"));

    public static Hash256 NameOf(string matterId) => Hash256.Sha256(System.Text.Encoding.UTF8.GetBytes(matterId));

    public int Next(int below) => _random.Next(below);

    /// <summary>One unit of 1 to 4 matters over 1 to 5 of the first <paramref name="lots"/> lots each.</summary>
    public CommitUnit Next(JournalBook book, int lots)
    {
        ArgumentNullException.ThrowIfNull(book);
        var matters = new List<MatterDraft>();
        var count = _random.Next(1, 5);
        for (var i = 0; i < count; i++)
        {
            matters.Add(NextMatter(lots));
        }

        _units++;
        return book.Write((UInt128)(uint)_units + ((UInt128)(uint)seed << 64), 1_700_000_000_000 + _random.Next(100_000), matters);
    }

    /// <summary>One matter about one lot, with one claim.</summary>
    public MatterDraft MatterOf(EntityId entity, string role = "epc") => Matter([new Part(entity, role)]);

    public MatterDraft Matter(IReadOnlyList<Part> parts)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"urn:uuid:{seed}-{_events++}");
        var projection = new MatterProjection(
            id, Pick(Types)!, 1_600_000_000_000 + (_events * 1000) + _random.Next(5000), Pick(Actions), Pick(Steps),
            Pick(Dispositions), Pick(Places), Pick(Places));
        return new MatterDraft(TextMatterProjector.Write(projection), parts, [NameOf(id)]);
    }

    private MatterDraft NextMatter(int lots)
    {
        var parts = new List<Part>();
        var count = _random.Next(1, 6);
        for (var i = 0; i < count; i++)
        {
            parts.Add(new Part(Lot(_random.Next(lots)), Pick(Roles)!));
        }

        var matter = Matter(parts);
        return _random.Next(10) == 0 ? matter with { Content = [(byte)'#', .. matter.Content] } : matter;
    }

    private string? Pick(string?[] from) => from[_random.Next(from.Length)];
}
