namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>What a reader of Digital Links accepts beyond the current standard.</summary>
[Flags]
public enum DigitalLinkOptions
{
    /// <summary>Only what GS1 Digital Link Standard: URI Syntax 1.6 allows.</summary>
    None = 0,

    /// <summary>Alphabetic short names (<c>/gtin/</c>, <c>/lot/</c>), which versions before 1.2 allowed.</summary>
    AllowShortNames = 1,

    /// <summary>GTINs of 8, 12 or 13 digits, which versions before 1.2 allowed; they are padded to 14.</summary>
    AllowShortGtin = 2,

    /// <summary>Data with a wrong check digit: to compare with systems that never looked, not to record.</summary>
    IgnoreCheckDigits = 4,
}
