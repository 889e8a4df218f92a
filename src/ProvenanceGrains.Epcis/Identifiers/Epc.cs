using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>
/// The identifier of something that events speak of: an EPC URN, a GS1 Digital Link URI, or a private absolute URI.
/// </summary>
/// <remarks>
/// Two identifiers are equal when they name the same thing: equality is that of <see cref="CanonicalKey"/>, so the URN
/// and the Digital Link of one object are equal. The default value names nothing; all others are valid.
/// </remarks>
public readonly record struct Epc
{
    /// <summary>The longest identifier, in characters.</summary>
    public const int MaxLength = 1024;

    /// <summary>What the canonical URI of every GS1 identifier begins with (GS1 Digital Link URI Syntax section 4.11).</summary>
    public const string CanonicalStem = "https://id.gs1.org/";

    private readonly string? _original;
    private readonly string? _key;
    private readonly Gs1KeyForm? _form;
    private readonly byte _companyPrefixLength;

    internal Epc(string original, string key, Gs1KeyForm? form, EpcKind kind, byte companyPrefixLength)
    {
        _original = original;
        _key = key;
        _form = form;
        _companyPrefixLength = companyPrefixLength;
        Kind = kind;
    }

    /// <summary>The text as it was read.</summary>
    public string Original => _original ?? "";

    /// <summary>
    /// For a GS1 identifier the path of its canonical Digital Link, such as <c>01/04012345001012/21/17</c>; for any
    /// other the URI itself. Never longer than <see cref="MaxLength"/>, and ASCII.
    /// </summary>
    public string CanonicalKey => _key ?? "";

    /// <summary>For a GS1 identifier its canonical Digital Link (CBV 2.0 section 8.2); for any other the URI itself.</summary>
    public string CanonicalUri => _form is null ? CanonicalKey : CanonicalStem + _key;

    /// <summary>What sort of thing it names.</summary>
    public EpcKind Kind { get; }

    /// <summary>Whether it is a GS1 key, so that <see cref="CanonicalKey"/> is a Digital Link path.</summary>
    public bool IsGs1 => _form is not null;

    /// <summary>Whether it names a class (a product, a lot) and not one thing: an EPC class in EPCIS.</summary>
    public bool IsClassLevel => Kind is EpcKind.Class or EpcKind.Lot;

    /// <summary>The digits of the GS1 company prefix, known where the identifier was a URN, else null.</summary>
    public int? CompanyPrefixLength => _companyPrefixLength == 0 ? null : _companyPrefixLength;

    internal Gs1KeyForm? Form => _form;

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Epc, out string?)"/>
    public static bool TryParse(string text, out Epc epc, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EpcReader.TryRead(text, text, EpcReader.Accepted, out epc, out error);
    }

    /// <summary>Reads an identifier and checks it whole: lengths, characters, order of qualifiers, check digits.</summary>
    /// <param name="text">
    /// A pure identity EPC URN (<c>urn:epc:id:</c>, <c>urn:epc:class:</c>, <c>urn:epc:idpat:</c> for a class), a GS1
    /// Digital Link URI on any host, or another absolute URI of at most <see cref="MaxLength"/> characters.
    /// </param>
    /// <param name="epc">The identifier, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out Epc epc, [NotNullWhen(false)] out string? error) =>
        EpcReader.TryRead(text, null, EpcReader.Accepted, out epc, out error);

    /// <summary>The canonical URI of an identifier whose check digit is not looked at.</summary>
    /// <remarks>The CBV event hash is defined on the text of a document, wrong check digits included: only for comparing.</remarks>
    public static bool TryCanonicalizeUnverified(
        string text, [NotNullWhen(true)] out string? canonicalUri, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var options = EpcReader.Accepted | DigitalLinkOptions.IgnoreCheckDigits;
        canonicalUri = EpcReader.TryRead(text, text, options, out var epc, out error) ? epc.CanonicalUri : null;
        return canonicalUri is not null;
    }

    /// <summary>The EPC URN, or null where there is none.</summary>
    /// <param name="companyPrefixLength">
    /// Digits of the GS1 company prefix, 6 to 12: a Digital Link does not tell. Null: as in the URN that was read.
    /// </param>
    public string? ToUrnOrNull(int? companyPrefixLength) => EpcUrnWriter.Write(this, companyPrefixLength);

    /// <summary>Whether both name the same thing.</summary>
    public bool Equals(Epc other) => string.Equals(CanonicalKey, other.CanonicalKey, StringComparison.Ordinal);

    public override int GetHashCode() => string.GetHashCode(CanonicalKey, StringComparison.Ordinal);

    public override string ToString() => Original;
}
