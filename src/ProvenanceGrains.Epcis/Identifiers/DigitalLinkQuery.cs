namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>The data attributes in the query string of a Digital Link (GS1 Digital Link URI Syntax section 4.8).</summary>
internal static class DigitalLinkQuery
{
    /// <summary>More parameters than any label holds.</summary>
    public const int MaxAttributes = 64;

    /// <summary>Checks without keeping anything.</summary>
    public static string? Check(ReadOnlySpan<char> query, DigitalLinkOptions options) => Read(query, options, new List<ElementString>());

    /// <summary>Reads the parameters whose names are digits; the others are not GS1's and are left alone.</summary>
    /// <param name="query">What follows the question mark.</param>
    /// <param name="options">What to let pass.</param>
    /// <param name="attributes">Holds the AIs of the path; takes the attributes in the order of the URI.</param>
    /// <returns>Null, or the reason.</returns>
    public static string? Read(ReadOnlySpan<char> query, DigitalLinkOptions options, List<ElementString> attributes)
    {
        Span<char> decoded = stackalloc char[ApplicationIdentifier.MaxDataLength];
        foreach (var range in query.SplitAny("&;"))
        {
            var parameter = query[range];
            var equals = parameter.IndexOf('=');
            var name = equals < 0 ? parameter : parameter[..equals];
            if (equals <= 0 || !Gs1Characters.AreDigits(name))
            {
                continue;
            }

            if (!ApplicationIdentifiers.TryGet(name, out var ai))
            {
                return $"'{name}' is no GS1 application identifier.";
            }

            if (!ai.IsDataAttribute)
            {
                return $"({ai.Code}) {ai.Title} may not stand in the query string of a Digital Link.";
            }

            if (attributes.Exists(a => a.Ai == ai.Code) || attributes.Count == MaxAttributes)
            {
                return $"({ai.Code}) {ai.Title} stands there twice, or there are more than {MaxAttributes} attributes.";
            }

            var encoded = parameter[(equals + 1)..];
            if (encoded.Contains('+'))
            {
                return $"({ai.Code}) {ai.Title} '{encoded}': '+' means a space in a query string; write %2B.";
            }

            var error = DigitalLinkSegments.DecodeValue(ai, encoded, options, decoded, out var length);
            if (error is not null)
            {
                return error;
            }

            attributes.Add(new ElementString(ai.Code, decoded[..length].ToString()));
        }

        return null;
    }
}
