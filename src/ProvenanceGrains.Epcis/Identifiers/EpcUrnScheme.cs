using System.Collections.Frozen;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>How the EPC URN of one GS1 key is put together (GS1 EPC Tag Data Standard section 6.3, CBV 2.0 section 8).</summary>
internal sealed class EpcUrnScheme
{
    /// <summary>What follows the company prefix and the reference.</summary>
    internal enum Tail
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>A serial that is a qualifier of its own in Digital Link.</summary>
        Qualifier,

        /// <summary>A serial that is part of the primary key.</summary>
        Appended,

        /// <summary>The GLN extension, where a single zero means that there is none.</summary>
        Extension,
    }

    private static readonly FrozenDictionary<string, EpcUrnScheme> ByName = new EpcUrnScheme[]
    {
        new("sgtin")
        {
            Digits = 13, IndicatorFirst = true, TailKind = Tail.Qualifier, MaxTail = 20,
            Form = Gs1KeyForm.GtinSerial, ClassForm = Gs1KeyForm.Gtin,
        },
        new("lgtin")
        {
            Digits = 13, IndicatorFirst = true, TailKind = Tail.Qualifier, MaxTail = 20, Form = Gs1KeyForm.GtinLot,
            Namespace = "class",
        },
        new("upui")
        {
            Digits = 13, IndicatorFirst = true, TailKind = Tail.Qualifier, MaxTail = 28,
            Form = Gs1KeyForm.GtinThirdPartySerial, ClassForm = Gs1KeyForm.Gtin,
        },
        new("itip")
        {
            Digits = 13, IndicatorFirst = true, HasPieces = true, TailKind = Tail.Qualifier, MaxTail = 20,
            Form = Gs1KeyForm.ItipSerial, ClassForm = Gs1KeyForm.Itip,
        },
        new("sscc")
        {
            Digits = 17, IndicatorFirst = true, Form = Gs1KeyForm.Sscc,
        },
        new("sgln")
        {
            Digits = 12, TailKind = Tail.Extension, MaxTail = 20, Form = Gs1KeyForm.GlnExtension,
        },
        new("pgln")
        {
            Digits = 12, Form = Gs1KeyForm.Party,
        },
        new("grai")
        {
            Digits = 12, Lead = "0", TailKind = Tail.Appended, MaxTail = 16, Form = Gs1KeyForm.Grai,
            ClassForm = Gs1KeyForm.GraiType,
        },
        new("gdti")
        {
            Digits = 12, TailKind = Tail.Appended, MaxTail = 17, Form = Gs1KeyForm.Gdti,
            ClassForm = Gs1KeyForm.GdtiType,
        },
        new("sgcn")
        {
            Digits = 12, TailKind = Tail.Appended, MaxTail = 12, NumericTail = true, Form = Gs1KeyForm.Gcn,
            ClassForm = Gs1KeyForm.GcnType,
        },
        new("gsrn")
        {
            Digits = 17, Form = Gs1KeyForm.ServiceRecipient,
        },
        new("gsrnp")
        {
            Digits = 17, Form = Gs1KeyForm.ServiceProvider,
        },
        new("gsin")
        {
            Digits = 16, Form = Gs1KeyForm.Gsin,
        },
        new("giai")
        {
            Form = Gs1KeyForm.Giai,
        },
        new("ginc")
        {
            Form = Gs1KeyForm.Ginc,
        },
        new("cpi")
        {
            Set39Reference = true, TailKind = Tail.Qualifier, MaxTail = 12, NumericTail = true, NoZeroPrefix = true,
            Form = Gs1KeyForm.CpiSerial, ClassForm = Gs1KeyForm.Cpi,
        },
    }.ToFrozenDictionary(static s => s.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, EpcUrnScheme>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    private EpcUrnScheme(string name)
    {
        Name = name;
    }

    /// <summary>The longest alphanumeric key, company prefix included: GIAI, GINC and CPI.</summary>
    public const int MaxAlphanumericKey = 30;

    public string Name { get; }

    /// <summary><c>id</c>, or <c>class</c> for the one scheme that is a class by itself.</summary>
    public string Namespace { get; private init; } = "id";

    /// <summary>The digits of company prefix and reference together; 0 where the reference is alphanumeric.</summary>
    public int Digits { get; private init; }

    /// <summary>Whether the reference's first digit moves before the company prefix (indicator, extension digit).</summary>
    public bool IndicatorFirst { get; private init; }

    /// <summary>Whether piece and total follow the reference.</summary>
    public bool HasPieces { get; private init; }

    /// <summary>Whether an alphanumeric reference is of character set 39, not 82.</summary>
    public bool Set39Reference { get; private init; }

    /// <summary>What Digital Link writes before the digits.</summary>
    public string Lead { get; private init; } = "";

    public Tail TailKind { get; private init; }

    public int MaxTail { get; private init; }

    public bool NumericTail { get; private init; }

    public bool NoZeroPrefix { get; private init; }

    public required Gs1KeyForm Form { get; init; }

    /// <summary>The shape of the identity pattern whose tail is <c>*</c>, where there is such a class.</summary>
    public Gs1KeyForm? ClassForm { get; private init; }

    public static EpcUrnScheme? Find(ReadOnlySpan<char> name) => BySpan.TryGetValue(name, out var scheme) ? scheme : null;

    /// <summary>The scheme that writes a key of this shape, or null where no URN does.</summary>
    public static EpcUrnScheme? Of(Gs1KeyForm form)
    {
        // A bare GTIN is the pattern of an SGTIN, not of a UPUI; a bare GLN is an SGLN whose extension is zero.
        if (form == Gs1KeyForm.Gtin)
        {
            return ByName["sgtin"];
        }

        if (form == Gs1KeyForm.Gln)
        {
            return ByName["sgln"];
        }

        foreach (var scheme in ByName.Values)
        {
            if (scheme.Form == form || scheme.ClassForm == form)
            {
                return scheme;
            }
        }

        return null;
    }
}
