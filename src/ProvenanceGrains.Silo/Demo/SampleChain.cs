using ProvenanceGrains.Epcis.Samples;
using ProvenanceGrains.Grains.Contracts.Capture;

namespace ProvenanceGrains.Silo.Demo;

/// <summary>Captures the sample supply chain, by the same way in as anybody's documents.</summary>
internal static class SampleChain
{
    /// <returns>How many events were new; a second start finds them all there.</returns>
    public static async Task<int> LoadAsync(
        ICaptureService capture, SupplyChainOptions options, string partyId, string keyId, CancellationToken cancellation)
    {
        var fresh = 0;
        foreach (var document in SupplyChain.Generate(options))
        {
            var command = new CaptureCommand(
                document.Json, SingleEvent: false, partyId, keyId, CaptureErrorBehaviour.Rollback);
            var outcome = await capture.CaptureAsync(command, cancellation);
            if (outcome is not CaptureOutcome.Captured captured)
            {
                throw new InvalidOperationException($"The sample document {document.Name} was not captured: {outcome}");
            }

            fresh += captured.Receipt.Replayed ? 0 : document.Events;
        }

        return fresh;
    }
}
