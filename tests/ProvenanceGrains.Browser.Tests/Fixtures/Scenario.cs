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
        History = log.History();
        Checkpoint = log.Checkpoint();
        VerifierKey = log.VerifierKey;
    }

    public SampleLog Log { get; }

    public JsonObject Story { get; set; }

    public JsonObject History { get; set; }

    public string Checkpoint { get; set; }

    public string VerifierKey { get; set; }

    /// <summary>Changes the page after it was rendered, as someone between server and reader would.</summary>
    public Func<string, string> EditPage { get; set; } = page => page;

    /// <summary>Asked before each delivery of the history, with the number of deliveries so far.</summary>
    public Func<int, JsonObject>? HistoryAt { get; set; }

    public static Scenario Sound()
    {
        var log = new SampleLog(EntityId.Create("lot", Chocolate.Key), Chocolate.Events());
        return new Scenario(log, Chocolate.Story(log));
    }

    public JsonNode Entry(int i) => History["entries"]![i]!;

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
