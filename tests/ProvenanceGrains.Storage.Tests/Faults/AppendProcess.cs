using System.Globalization;
using ProvenanceGrains.Storage.Tests.Segments;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Faults;

/// <summary>
/// A process of its own that opens a data folder and appends units one by one, for a tracer to put faults under. It
/// prints <c>open</c>, then <c>ack N F</c> for unit N as soon as the store has committed it at ordinal F.
/// </summary>
internal static class AppendProcess
{
    public const int Refused = 3;
    private const int Seed = 9;
    private const int Lots = 5;

    /// <summary>The units in their order; the same in every process.</summary>
    public static IEnumerable<Ledger.Units.CommitUnit> Units()
    {
        var units = new SupplyChainUnits(Seed);
        var book = new JournalBook();
        while (true)
        {
            yield return units.Next(book, Lots);
        }
    }

    public static async Task<int> Main(string[] args)
    {
        if (args is [var sealedFolder, var units, "seal"])
        {
            return await SealingProcess.RunAsync(sealedFolder, int.Parse(units, CultureInfo.InvariantCulture));
        }

        if (args is not [var folder, var count])
        {
            await Console.Error.WriteLineAsync("FOLDER COUNT");
            return 2;
        }

        try
        {
            await using var store = await StoreFolder.OpenAsync(new() { Folder = folder });
            Console.WriteLine("open");
            var number = 0;
            foreach (var unit in Units().Take(int.Parse(count, CultureInfo.InvariantCulture)))
            {
                var outcome = await store.AppendAsync(unit, null, default);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"ack {number++} {((AppendOutcome.Committed)outcome).FirstOrdinal}"));
            }

            return 0;
        }
        catch (Exception refused) when (refused is StoreUnavailableException or IOException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Refused;
        }
    }
}
