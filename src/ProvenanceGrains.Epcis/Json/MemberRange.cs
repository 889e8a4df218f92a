namespace ProvenanceGrains.Epcis.Json;

/// <summary>Where a member of an object stands, so that it can be cut out of the text.</summary>
internal static class MemberRange
{
    /// <summary>The member and the comma that goes with it: the one after it or, for the last, the one before.</summary>
    /// <param name="text">The object's text.</param>
    /// <param name="nameStart">The opening quote of the name.</param>
    /// <param name="valueEnd">Just after the value.</param>
    public static Range Find(ReadOnlySpan<byte> text, int nameStart, int valueEnd)
    {
        var end = valueEnd;
        while (end < text.Length && IsSpace(text[end]))
        {
            end++;
        }

        if (end < text.Length && text[end] == ',')
        {
            return nameStart..(end + 1);
        }

        var start = nameStart;
        while (IsSpace(text[start - 1]))
        {
            start--;
        }

        return (text[start - 1] == ',' ? start - 1 : nameStart)..valueEnd;
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
