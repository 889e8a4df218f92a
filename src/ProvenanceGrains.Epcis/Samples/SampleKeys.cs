using System.Globalization;

namespace ProvenanceGrains.Epcis.Samples;

/// <summary>GS1 keys under seven-digit company prefixes, with their check digits (GS1 General Specifications, 7.9.1).</summary>
internal static class SampleKeys
{
    public const string Resolver = "https://id.gs1.org";

    public const string Cooperative = "9521101";
    public const string Brand = "9521102";
    public const string Carrier = "9521103";
    public const string Shop = "9521104";

    /// <summary>A GTIN-14: indicator, prefix, five digits of item reference, check digit.</summary>
    public static string Gtin(char indicator, string prefix, int item) =>
        WithCheckDigit(indicator + prefix + item.ToString("D5", CultureInfo.InvariantCulture));

    /// <summary>A GLN: prefix, five digits of location reference, check digit.</summary>
    public static string Gln(string prefix, int location) =>
        WithCheckDigit(prefix + location.ToString("D5", CultureInfo.InvariantCulture));

    public static string Lot(string gtin, string lot) => $"{Resolver}/01/{gtin}/10/{lot}";

    public static string Item(string gtin, string serial) => $"{Resolver}/01/{gtin}/21/{serial}";

    /// <summary>An SSCC with extension digit 0 and nine digits of serial reference.</summary>
    public static string LogisticUnit(string prefix, long serial) =>
        $"{Resolver}/00/{WithCheckDigit("0" + prefix + serial.ToString("D9", CultureInfo.InvariantCulture))}";

    /// <summary>The same logistic unit as an EPC URN (TDS 6.3.2).</summary>
    public static string LogisticUnitUrn(string prefix, long serial) =>
        $"urn:epc:id:sscc:{prefix}.0{serial.ToString("D9", CultureInfo.InvariantCulture)}";

    public static string Location(string prefix, int location) => $"{Resolver}/414/{Gln(prefix, location)}";

    /// <summary>The same location as an EPC URN without an extension (TDS 6.3.3).</summary>
    public static string LocationUrn(string prefix, int location) =>
        $"urn:epc:id:sgln:{prefix}.{location.ToString("D5", CultureInfo.InvariantCulture)}.0";

    public static string Party(string prefix) => $"{Resolver}/417/{Gln(prefix, 0)}";

    /// <summary>A business document of a party (CBV 2.0, 8.5.2).</summary>
    public static string BusinessDocument(string prefix, string id) => $"urn:epcglobal:cbv:bt:{Gln(prefix, 0)}:{id}";

    public static string Device(string prefix, string reference) => $"{Resolver}/8004/{prefix}{reference}";

    private static string WithCheckDigit(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            sum += (digits[^(i + 1)] - '0') * (i % 2 == 0 ? 3 : 1);
        }

        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }
}
