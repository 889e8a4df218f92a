using System.Globalization;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.Storage.Tests.Segments;

namespace ProvenanceGrains.Storage.Tests.Faults;

/// <summary>
/// The whole write path in a process of its own, for a tracer to put faults under: units are appended and, every second one, sealed.
/// It prints <c>ack N F</c> for unit N as soon as the store has committed it at ordinal F.
/// </summary>
internal static class SealingProcess
{
    public static readonly SignerKey Key =
        SignerKey.Create("log.example/traced", NoteSignatureType.Ed25519, new byte[32]);

    public static async Task<int> RunAsync(string folder, int count)
    {
        try
        {
            await using var store = await OpenAsync(folder);
            using var seals = new FileSealStore(folder, BlockRecord.SizeOf(IndexRule.Hash));
            var sealer = NewSealer(store, seals);
            var number = 0;
            foreach (var unit in AppendProcess.Units().Take(count))
            {
                var outcome = await store.AppendAsync(unit, null, default);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"ack {number} {((AppendOutcome.Committed)outcome).FirstOrdinal}"));
                if (number++ % 2 == 1)
                {
                    await sealer.SealAsync(default);
                }
            }

            return 0;
        }
        catch (Exception refused) when (refused is StoreUnavailableException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(refused.ToString());
            return AppendProcess.Refused;
        }
    }

    public static Task<Storage.Segments.SegmentStore> OpenAsync(string folder) =>
        StoreFolder.OpenAsync(new() { Folder = folder }, SealedWatermark.Read(folder));

    public static ChainSealer NewSealer(Storage.Segments.SegmentStore store, ISealStore seals) =>
        new(store, seals, Key, HashedEntityIndex.Instance, TimeProvider.System);
}
