using System.Text.Json.Nodes;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Browser.Tests.Fixtures;

/// <summary>What the test host serves; a test changes the part that it is about.</summary>
internal sealed class Scenario
{
    public Scenario(SampleLog log, JsonObject story)
    {
        Log = log;
        Story = story;
        Bundle = log.Bundle();
        History = log.History();
        Absence = log.Bundle(Absent);
        Checkpoint = log.Checkpoint();
        VerifierKey = log.VerifierKey;
    }

    public SampleLog Log { get; }

    public JsonObject Story { get; set; }

    /// <summary>A product that the log knows nothing about.</summary>
    public static EntityId Absent { get; } = EntityId.Create("lot", "01/09506000134376");

    public JsonObject Bundle { get; set; }

    /// <summary>Served when the bundle is said to be too large.</summary>
    public JsonObject History { get; set; }

    /// <summary>The bundle of <see cref="Absent"/>.</summary>
    public JsonObject Absence { get; set; }

    /// <summary>The status that stands in for the bundle's own, e.g. 413.</summary>
    public int BundleStatus { get; set; } = 200;

    /// <summary>The product's address answers that nothing was ever recorded.</summary>
    public bool DeniesProduct { get; set; }

    /// <summary>The log's tlog-policy; null where it asks no witness.</summary>
    public string? Policy { get; set; } = SampleLog.Policy;

    public string Checkpoint { get; set; }

    public string VerifierKey { get; set; }

    /// <summary>Changes the page after it was rendered, as someone between server and reader would.</summary>
    public Func<string, string> EditPage { get; set; } = page => page;

    /// <summary>Asked before each delivery of the bundle, with the number of deliveries so far.</summary>
    public Func<int, JsonObject>? BundleAt { get; set; }

    public static Scenario Sound()
    {
        var log = new SampleLog(EntityId.Create("lot", Chocolate.Key), Chocolate.Events());
        return new Scenario(log, Chocolate.Story(log));
    }

    public JsonObject Journal => Bundle["journals"]![0]!.AsObject();

    public JsonNode Entry(int i) => Journal["entries"]![i]!;

    public void ChangeBytes(int entry, string member, int at) =>
        Entry(entry)[member] = Changed((string)Entry(entry)[member]!, at);

    /// <summary>The base64 of the same bytes with one bit changed.</summary>
    public static string Changed(string base64, int at)
    {
        var bytes = Convert.FromBase64String(base64);
        bytes[at] ^= 0x01;
        return Convert.ToBase64String(bytes);
    }
}
