using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Forks;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Forks;

/// <summary>Keeps evidence of a fork as a file that a third party can check.</summary>
internal static class ForkFile
{
    /// <summary>Writes the evidence, after checking it as the third party will.</summary>
    /// <exception cref="UnusableException">It proves nothing: that would be a fault of this program.</exception>
    public static void Write(string path, ForkEvidence evidence, VerifierKey key)
    {
        if (!ForkVerifier.TryVerify(evidence, key, out _, out var error))
        {
            throw new UnusableException($"The evidence was not written, it does not verify: {error}");
        }

        AtomicFile.Replace(path, stream => stream.Write(ForkEvidenceJson.Write(evidence)));
    }
}
