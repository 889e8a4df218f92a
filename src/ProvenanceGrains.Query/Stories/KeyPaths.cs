using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Query.Stories;

/// <summary>Entity keys as parts of a URL's path, there and back.</summary>
/// <remarks>
/// The key of a GS1 identifier is a Digital Link path already, percent-encoded as GS1 wants it, and stands in a URL as it is.
/// Any other key (a URI, a name) is percent-encoded whole, slashes included.
/// </remarks>
public static class KeyPaths
{
    /// <summary>Whether a key is the path of a canonical Digital Link.</summary>
    public static bool IsDigitalLink(string key) =>
        DigitalLinkPath.TryParse("/" + key, out var path, out _) && path.CanonicalKey == key;

    /// <summary>A key as it stands in a path, without a leading slash.</summary>
    public static string Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsDigitalLink(key) ? key : Uri.EscapeDataString(key);
    }

    /// <summary>
    /// The key of the traceable object that a part of a path names: a Digital Link path, or any identifier that an event may
    /// use, percent-encoded.
    /// </summary>
    /// <param name="encoded">As it was sent, still percent-encoded.</param>
    /// <param name="key">The canonical key, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryReadLotKey(string encoded, out string key, out string? error)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        if (DigitalLinkPath.TryParse("/" + encoded, out var path, out error))
        {
            key = path.CanonicalKey;
            return true;
        }

        var text = Uri.UnescapeDataString(encoded);
        if (Epc.TryParse(text, out var epc, out var otherError))
        {
            (key, error) = (epc.CanonicalKey, null);
            return true;
        }

        // Nothing can be recorded under any other text: that it is absent would be proven, and would mislead who meant something else.
        key = text;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var meantAsLink = ApplicationIdentifiers.TryGet(slash < 0 ? text : text.AsSpan(0, slash), out _);
        error = meantAsLink || !text.Contains(':', StringComparison.Ordinal) ? error : otherError;
        return false;
    }
}
