using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>An event while it is being read.</summary>
internal struct EventDraft
{
    public EventDraft()
    {
    }

    public EventFields Present { get; set; }

    public EventType? Type { get; set; }

    public string TypeName { get; set; } = "";

    public long TypeOffset { get; set; }

    public string? EventId { get; set; }

    public long EventTimeMs { get; set; }

    public string TimeZoneOffset { get; set; } = "";

    public long? RecordTimeMs { get; set; }

    public EventAction? Action { get; set; }

    public string? BizStep { get; set; }

    public string? Disposition { get; set; }

    public Epc? ReadPoint { get; set; }

    public Epc? BizLocation { get; set; }

    public Epc? Parent { get; set; }

    public Epc[] Epcs { get; set; } = [];

    public QuantityElement[] Quantities { get; set; } = [];

    public Epc[] ChildEpcs { get; set; } = [];

    public QuantityElement[] ChildQuantities { get; set; } = [];

    public Epc[] InputEpcs { get; set; } = [];

    public QuantityElement[] InputQuantities { get; set; } = [];

    public Epc[] OutputEpcs { get; set; } = [];

    public QuantityElement[] OutputQuantities { get; set; } = [];

    public string? TransformationId { get; set; }

    public TypedIdentifier[] BizTransactions { get; set; } = [];

    public TypedIdentifier[] Sources { get; set; } = [];

    public TypedIdentifier[] Destinations { get; set; } = [];

    /// <summary>How many there are, sound or not.</summary>
    public int SensorElements { get; set; }

    public long IlmdOffset { get; set; }

    /// <summary>The first identifier that a list names twice; most types, not all, forbid that.</summary>
    public (long Offset, string Field)? RepeatedEpc { get; set; }

    /// <summary>Names outside the standard and without a prefix: wrong except in an extended type.</summary>
    public List<(long Offset, string Name)>? BareNames { get; set; }

    public Range OwnContextMember { get; set; }

    public JsonLdContext? OwnContext { get; set; }

    public readonly bool Has(EventFields field) => (Present & field) != 0;
}
