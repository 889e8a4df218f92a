namespace ProvenanceGrains.Epcis.Events;

/// <summary>The part that an entity plays in an event. An entity that plays two has an entry for each.</summary>
/// <remarks>Whether an EPC or an EPC class (a lot, a product) plays it is in the entity's key, not in the role.</remarks>
public static class EventRoles
{
    /// <summary>Named by <c>epcList</c> or <c>quantityList</c>.</summary>
    public const string Epc = "epc";

    /// <summary>Named by <c>parentID</c>: what others were put into, attached to or taken from.</summary>
    public const string Parent = "parent";

    /// <summary>Named by <c>childEPCs</c> or <c>childQuantityList</c>.</summary>
    public const string Child = "child";

    /// <summary>Named by <c>inputEPCList</c> or <c>inputQuantityList</c>.</summary>
    public const string Input = "input";

    /// <summary>Named by <c>outputEPCList</c> or <c>outputQuantityList</c>.</summary>
    public const string Output = "output";

    /// <summary>The place of an event that names no object.</summary>
    public const string Place = "place";

    /// <summary>The party that reported an event which names neither object nor place.</summary>
    public const string Reporter = "reporter";
}

/// <summary>The entity kinds that events touch.</summary>
public static class LotEntity
{
    /// <summary>A traceable object: a serialised item, a logistic unit, a lot, a product.</summary>
    public const string Kind = "lot";

    /// <summary>A place.</summary>
    public const string PlaceKind = "place";

    /// <summary>A party.</summary>
    public const string ReporterKind = "reporter";
}
