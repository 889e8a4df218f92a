using System.Globalization;

namespace ProvenanceGrains.Grains.Contracts.Capture;

/// <summary>Capture job ids as text: 32 lower-case hexadecimal digits.</summary>
public static class JobIds
{
    public static string Format(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out UInt128 id)
    {
        id = default;
        return text is { Length: 32 }
            && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
    }
}
