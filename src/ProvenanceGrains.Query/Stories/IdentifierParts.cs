using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Query.Stories;

/// <summary>Takes a GS1 key apart into its application identifiers, as people read it on a label.</summary>
internal static class IdentifierParts
{
    /// <summary>AI, GS1 data title and value of each part; none for an identifier that is not GS1's.</summary>
    public static IEnumerable<(string Ai, string Title, string Value)> Of(Epc identifier)
    {
        if (!identifier.IsGs1)
        {
            yield break;
        }

        var parts = identifier.CanonicalKey.Split('/');
        for (var i = 0; i + 1 < parts.Length; i += 2)
        {
            var title = ApplicationIdentifiers.TryGet(parts[i], out var ai) ? ai.Title : parts[i];
            yield return (parts[i], title, Uri.UnescapeDataString(parts[i + 1]));
        }
    }
}
