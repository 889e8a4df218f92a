using System.Text.Json;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Epcis.Tests.Documents;
using ProvenanceGrains.Epcis.Tests.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Hashing;

public sealed class EventHashVectorTests
{
    private static string Folder => Path.Combine(IdentifierVectors.Root, "epcis", "event-hash");

    /// <summary>Where the reference implementation leaves the order of the text, the text is followed.</summary>
    [IdentifierVectorFact]
    public void Event_hashes_are_those_published_or_those_of_the_text_order()
    {
        var deviations = Deviations();
        var failures = new List<string>();
        var checkedEvents = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, "examples"), "*.jsonld"))
        {
            var hashes = Lines(Path.ChangeExtension(file, ".hashes"));
            var prehashes = Lines(Path.ChangeExtension(file, ".prehashes"));
            var events = Corpus.Parse(File.ReadAllBytes(file)).Document!.Events;
            for (var i = 0; i < events.Count; i++)
            {
                var (expectedHash, expectedText) =
                    (hashes.ElementAtOrDefault(i), prehashes.ElementAtOrDefault(i));
                if (deviations.TryGetValue((Path.GetFileNameWithoutExtension(file), i), out var text))
                {
                    (expectedHash, expectedText) = text;
                }

                if (expectedHash is null && expectedText is null)
                {
                    continue;
                }

                checkedEvents++;
                if (expectedText is not null && EventHash.PreHashString(events[i]) != expectedText)
                {
                    failures.Add($"{file} #{i}\n  expected {expectedText}\n  actual   {EventHash.PreHashString(events[i])}");
                }
                else if (expectedHash is not null && EventHash.Compute(events[i]) != expectedHash)
                {
                    failures.Add($"{file} #{i}: {EventHash.Compute(events[i])}: {EventHash.PreHashString(events[i])}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(checkedEvents > 0, "There is no hash to check.");
    }

    private static Dictionary<(string Stem, int Event), (string? Hash, string? Text)> Deviations()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "deviations-from-text-order.json")));
        return document.RootElement.GetProperty("events").EnumerateArray().ToDictionary(
            e => (Path.GetFileNameWithoutExtension(e.Text("file")!), e.Number("event")!.Value),
            e => (e.Text("text_order_hash"), e.Text("text_order_prehash")));
    }

    private static string[] Lines(string file) =>
        File.Exists(file) ? [.. File.ReadAllLines(file).Where(static line => line.Length > 0)] : [];
}
