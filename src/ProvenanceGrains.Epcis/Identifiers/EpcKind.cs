namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>What sort of thing an identifier names.</summary>
public enum EpcKind
{
    /// <summary>A private identifier or one whose sort is not known.</summary>
    Other = 0,

    /// <summary>One physical thing: SGTIN, UPUI, ITIP, GRAI or GIAI with its serial, CPI, SGCN, GID, USDOD, ADI, BIC, IMO vessel.</summary>
    InstanceItem,

    /// <summary>SSCC.</summary>
    LogisticUnit,

    /// <summary>A batch of a trade item: LGTIN, or an ITIP with a lot.</summary>
    Lot,

    /// <summary>A product or another class without a serial: GTIN, GRAI, GDTI, GCN, CPI or ITIP type, GMN.</summary>
    Class,

    /// <summary>A place: GLN with AI 414, with or without extension.</summary>
    Location,

    /// <summary>A company: GLN with AI 417.</summary>
    Party,

    /// <summary>A document with its serial: GDTI.</summary>
    Document,

    /// <summary>A provider or recipient of a service: GSRN.</summary>
    ServiceRelation,

    /// <summary>A grouping for transport: GINC, GSIN.</summary>
    Shipment,
}
