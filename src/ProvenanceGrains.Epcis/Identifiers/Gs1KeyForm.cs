using System.Collections.Frozen;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>One shape that the canonical key of a GS1 object can have: a primary key with at most one qualifier.</summary>
/// <remarks>
/// The shapes are those of the canonical GS1 Digital Link URI of CBV 2.0 section 8.2 and 8.3: of the qualifiers of a
/// link only the one that names the object stays (a serial makes the lot and the variant superfluous).
/// </remarks>
internal sealed class Gs1KeyForm
{
    public static readonly Gs1KeyForm Sscc = new("00", null, EpcKind.LogisticUnit);
    public static readonly Gs1KeyForm Gtin = new("01", null, EpcKind.Class);
    public static readonly Gs1KeyForm GtinLot = new("01", "10", EpcKind.Lot);
    public static readonly Gs1KeyForm GtinSerial = new("01", "21", EpcKind.InstanceItem);
    public static readonly Gs1KeyForm GtinThirdPartySerial = new("01", "235", EpcKind.InstanceItem);
    public static readonly Gs1KeyForm GdtiType = new("253", null, EpcKind.Class);
    public static readonly Gs1KeyForm Gdti = new("253", null, EpcKind.Document, typeLength: 13);
    public static readonly Gs1KeyForm GcnType = new("255", null, EpcKind.Class);
    public static readonly Gs1KeyForm Gcn = new("255", null, EpcKind.InstanceItem, typeLength: 13);
    public static readonly Gs1KeyForm Ginc = new("401", null, EpcKind.Shipment);
    public static readonly Gs1KeyForm Gsin = new("402", null, EpcKind.Shipment);
    public static readonly Gs1KeyForm Gln = new("414", null, EpcKind.Location);
    public static readonly Gs1KeyForm GlnExtension = new("414", "254", EpcKind.Location);
    public static readonly Gs1KeyForm PayTo = new("415", null, EpcKind.Party);
    public static readonly Gs1KeyForm PaymentSlip = new("415", "8020", EpcKind.Document);
    public static readonly Gs1KeyForm Party = new("417", null, EpcKind.Party);
    public static readonly Gs1KeyForm GraiType = new("8003", null, EpcKind.Class);
    public static readonly Gs1KeyForm Grai = new("8003", null, EpcKind.InstanceItem, typeLength: 14);
    public static readonly Gs1KeyForm Giai = new("8004", null, EpcKind.InstanceItem);
    public static readonly Gs1KeyForm Itip = new("8006", null, EpcKind.Class);
    public static readonly Gs1KeyForm ItipLot = new("8006", "10", EpcKind.Lot);
    public static readonly Gs1KeyForm ItipSerial = new("8006", "21", EpcKind.InstanceItem);
    public static readonly Gs1KeyForm Cpi = new("8010", null, EpcKind.Class);
    public static readonly Gs1KeyForm CpiSerial = new("8010", "8011", EpcKind.InstanceItem);
    public static readonly Gs1KeyForm Gmn = new("8013", null, EpcKind.Class);
    public static readonly Gs1KeyForm ServiceProvider = new("8017", null, EpcKind.ServiceRelation);
    public static readonly Gs1KeyForm ServiceRecipient = new("8018", null, EpcKind.ServiceRelation);

    // The finest first: the qualifier that decides when several are given.
    private static readonly FrozenDictionary<string, Gs1KeyForm[]> ByPrimary = new Dictionary<string, Gs1KeyForm[]>
    {
        ["00"] = [Sscc],
        ["01"] = [GtinSerial, GtinThirdPartySerial, GtinLot, Gtin],
        ["253"] = [Gdti, GdtiType],
        ["255"] = [Gcn, GcnType],
        ["401"] = [Ginc],
        ["402"] = [Gsin],
        ["414"] = [GlnExtension, Gln],
        ["415"] = [PaymentSlip, PayTo],
        ["417"] = [Party],
        ["8003"] = [Grai, GraiType],
        ["8004"] = [Giai],
        ["8006"] = [ItipSerial, ItipLot, Itip],
        ["8010"] = [CpiSerial, Cpi],
        ["8013"] = [Gmn],
        ["8017"] = [ServiceProvider],
        ["8018"] = [ServiceRecipient],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private Gs1KeyForm(string primary, string? qualifier, EpcKind kind, int typeLength = 0)
    {
        Primary = primary;
        Qualifier = qualifier;
        Kind = kind;
        TypeLength = typeLength;
    }

    public string Primary { get; }

    public string? Qualifier { get; }

    public EpcKind Kind { get; }

    /// <summary>Where the serial is part of the primary key: the length of what comes before it; else 0.</summary>
    public int TypeLength { get; }

    public bool IsClassLevel => Kind is EpcKind.Class or EpcKind.Lot;

    /// <summary>The shapes of a primary key, finest first.</summary>
    public static Gs1KeyForm[] Of(string primary) => ByPrimary[primary];
}
