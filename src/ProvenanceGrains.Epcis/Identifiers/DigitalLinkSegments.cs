using System.Runtime.CompilerServices;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>One AI of a Digital Link's path and where its encoded value stands.</summary>
internal readonly record struct DigitalLinkSegment(ApplicationIdentifier Ai, Range Value);

/// <summary>Room for a primary key and its qualifiers: no primary key takes more than three.</summary>
[InlineArray(Capacity)]
internal struct DigitalLinkSegmentBuffer
{
    public const int Capacity = 4;

    private DigitalLinkSegment _first;
}

/// <summary>Finds the AIs in the path of a Digital Link (GS1 Digital Link URI Syntax section 4).</summary>
internal static class DigitalLinkSegments
{
    /// <summary>Finds the primary key: the last pair of segments that begins with one, counted in pairs from the end.</summary>
    /// <param name="path">The path, beginning with a slash.</param>
    /// <param name="options">Whether short names count.</param>
    /// <param name="primary">The key.</param>
    /// <returns>The index of the slash before it, or -1.</returns>
    public static int FindPrimary(ReadOnlySpan<char> path, DigitalLinkOptions options, out ApplicationIdentifier? primary)
    {
        var end = path.Length;
        while (end > 0)
        {
            var valueSlash = path[..end].LastIndexOf('/');
            var codeSlash = valueSlash <= 0 ? -1 : path[..valueSlash].LastIndexOf('/');
            if (codeSlash < 0)
            {
                break;
            }

            primary = Find(path[(codeSlash + 1)..valueSlash], options);
            if (primary is { IsPrimaryKey: true })
            {
                return codeSlash;
            }

            end = codeSlash;
        }

        primary = null;
        return -1;
    }

    /// <summary>Reads the pairs from a primary key to the end and checks the order of the qualifiers.</summary>
    /// <param name="path">The path.</param>
    /// <param name="start">What <see cref="FindPrimary"/> found.</param>
    /// <param name="options">Whether short names count.</param>
    /// <param name="segments">Takes the pairs; the primary key first.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>Null, or the reason.</returns>
    public static string? Read(
        ReadOnlySpan<char> path,
        int start,
        DigitalLinkOptions options,
        Span<DigitalLinkSegment> segments,
        out int count)
    {
        count = 0;
        while (start < path.Length)
        {
            var codeStart = start + 1;
            var codeLength = path[codeStart..].IndexOf('/');
            var code = codeLength < 0 ? path[codeStart..] : path.Slice(codeStart, codeLength);
            var ai = Find(code, options);
            if (ai is null)
            {
                return $"'{code}' is no GS1 application identifier.";
            }

            if (codeLength < 0)
            {
                return $"({ai.Code}) has no value.";
            }

            if (count == segments.Length)
            {
                return $"({ai.Code}) is one qualifier too many.";
            }

            var valueStart = codeStart + codeLength + 1;
            var valueLength = path[valueStart..].IndexOf('/');
            start = valueLength < 0 ? path.Length : valueStart + valueLength;
            if (start == valueStart)
            {
                return $"({ai.Code}) has no value.";
            }

            segments[count++] = new DigitalLinkSegment(ai, valueStart..start);
        }

        return CheckOrder(segments[..count]);
    }

    /// <summary>Decodes one value, pads a short GTIN, and checks it against the AI's rules.</summary>
    /// <param name="ai">The AI.</param>
    /// <param name="encoded">The value as it stands in the URI.</param>
    /// <param name="options">What to let pass.</param>
    /// <param name="destination">Room for <see cref="ApplicationIdentifier.MaxDataLength"/> characters.</param>
    /// <param name="length">Characters written.</param>
    /// <returns>Null, or the reason, which names the AI.</returns>
    public static string? DecodeValue(
        ApplicationIdentifier ai, ReadOnlySpan<char> encoded, DigitalLinkOptions options, Span<char> destination, out int length)
    {
        var padding = 0;
        if (ai.IsGtin && encoded.Length is 8 or 12 or 13)
        {
            if (!options.HasFlag(DigitalLinkOptions.AllowShortGtin))
            {
                length = 0;
                return $"({ai.Code}) {ai.Title} '{encoded}': it must be padded with zeros to 14 digits.";
            }

            padding = 14 - encoded.Length;
            destination[..padding].Fill('0');
        }

        var error = PercentEncoding.Decode(
            encoded, destination[padding..ApplicationIdentifier.MaxDataLength], out length);
        length += padding;
        if (error is not null)
        {
            return $"({ai.Code}) {ai.Title} '{encoded}': {error}";
        }

        return ai.Check(destination[..length], !options.HasFlag(DigitalLinkOptions.IgnoreCheckDigits));
    }

    private static ApplicationIdentifier? Find(ReadOnlySpan<char> code, DigitalLinkOptions options)
    {
        if (ApplicationIdentifiers.TryGet(code, out var ai))
        {
            return ai;
        }

        return options.HasFlag(DigitalLinkOptions.AllowShortNames)
            && ApplicationIdentifiers.CodeOfShortName(code) is { } known
            ? ApplicationIdentifiers.Get(known)
            : null;
    }

    private static string? CheckOrder(ReadOnlySpan<DigitalLinkSegment> segments)
    {
        var primary = segments[0].Ai;
        foreach (var sequence in primary.QualifierSequences!)
        {
            var next = 0;
            var read = 1;
            while (read < segments.Length && next < sequence.Length)
            {
                if (string.Equals(sequence[next++], segments[read].Ai.Code, StringComparison.Ordinal))
                {
                    read++;
                }
            }

            if (read == segments.Length)
            {
                return null;
            }
        }

        var allowed = string.Join(" or ", primary.QualifierSequences!.Select(static s => string.Join(", ", s)));
        return allowed.Length == 0
            ? $"({primary.Code}) takes no qualifiers."
            : $"The qualifiers of ({primary.Code}) are {allowed}, in this order, each at most once.";
    }
}
