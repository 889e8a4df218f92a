using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>The rules that need the whole event: which fields its type has, must have, and must not combine.</summary>
/// <param name="errors">Where to say what is wrong.</param>
/// <param name="start">Where the event starts in the document.</param>
/// <param name="errorsBefore">How many errors there were before the event.</param>
internal readonly ref struct EventRules(ErrorList errors, long start, int errorsBefore)
{
    /// <summary>Checks an event whose fields have been read.</summary>
    /// <param name="draft">The event.</param>
    /// <param name="isBare">It stands alone and must bring its own <c>@context</c>.</param>
    public void Check(in EventDraft draft, bool isBare)
    {
        if (isBare)
        {
            CheckContext(in draft);
        }

        if (!draft.Has(EventFields.Type))
        {
            Missing("type", "An event must have 'type'.");
        }

        if (draft.Type is not { } type)
        {
            return;
        }

        CheckFields(in draft, type);
        if (type is EventType.ObjectEvent or EventType.TransformationEvent && draft.RepeatedEpc is { } repeated)
        {
            errors.Add(
                EpcisErrorCodes.InvalidValue, repeated.Offset, repeated.Field, $"{repeated.Field} names an EPC twice.");
        }

        switch (type)
        {
            case EventType.ObjectEvent:
                CheckObject(in draft);
                break;
            case EventType.AggregationEvent:
            case EventType.AssociationEvent:
                Require(
                    draft.ChildEpcs.Length > 0 || draft.ChildQuantities.Length > 0 || draft.Action is EventAction.Delete,
                    "childEPCs", "Unless its action is DELETE, the event must have 'childEPCs' or 'childQuantityList', not empty.");
                break;
            case EventType.TransactionEvent:
                CheckTransaction(in draft);
                break;
            case EventType.TransformationEvent:
                CheckTransformation(in draft);
                break;
            case EventType.Extended:
                break;
        }
    }

    private void CheckContext(in EventDraft draft)
    {
        if (!draft.Has(EventFields.Context))
        {
            Missing("@context", "An event that stands alone must have '@context'.");
        }
        else if (draft.OwnContext is { HasEpcis: false })
        {
            errors.Add(
                EpcisErrorCodes.InvalidValue, start, "@context",
                $"The @context must name the EPCIS context, {JsonLdContext.EpcisContextUrl}.",
                missing: true);
        }
    }

    private void CheckFields(in EventDraft draft, EventType type)
    {
        var surplus = draft.Present & ~EventFieldTable.Allowed(type);
        foreach (var field in Bits(surplus))
        {
            var name = EventFieldTable.NameOf(field);
            errors.Add(EpcisErrorCodes.UnknownField, start, name, $"{type} has no field '{name}'.", missing: true);
        }

        foreach (var field in Bits(EventFieldTable.Required(type) & ~draft.Present))
        {
            var name = EventFieldTable.NameOf(field);
            Missing(name, $"{type} must have '{name}'.");
        }

        if (type != EventType.Extended && draft.BareNames is { } bare)
        {
            foreach (var (offset, name) in bare)
            {
                errors.Add(
                    EpcisErrorCodes.UnknownField, offset, name,
                    $"'{name}' is not a field of {type}; the name of an extension has a prefix or is a URI.");
            }
        }
    }

    private void CheckObject(in EventDraft draft)
    {
        Require(
            draft.Has(EventFields.EpcList) || draft.Quantities.Length > 0
                || (draft.SensorElements > 0 && draft.ReadPoint is not null),
            "epcList", "ObjectEvent must have 'epcList', or 'quantityList' with an element, or sensor data and a 'readPoint'.");
        if (draft.Has(EventFields.Ilmd) && draft.Action is EventAction.Observe or EventAction.Delete)
        {
            errors.Add(
                EpcisErrorCodes.InvalidValue, draft.IlmdOffset, "ilmd", "ObjectEvent may have 'ilmd' only if its action is ADD.");
        }
    }

    private void CheckTransaction(in EventDraft draft)
    {
        Require(
            draft.BizTransactions.Length > 0 || !draft.Has(EventFields.BizTransactionList),
            "bizTransactionList", "TransactionEvent must have 'bizTransactionList' with an element.");
        Require(
            draft.Has(EventFields.EpcList) || draft.Quantities.Length > 0 || draft.Action is EventAction.Delete,
            "epcList", "Unless its action is DELETE, TransactionEvent must have 'epcList', or 'quantityList' with an element.");
    }

    private void CheckTransformation(in EventDraft draft)
    {
        var input = draft.InputEpcs.Length > 0 || draft.InputQuantities.Length > 0;
        var output = draft.OutputEpcs.Length > 0 || draft.OutputQuantities.Length > 0;
        var isPart = draft.Has(EventFields.TransformationId);
        Require(
            (input && output) || (isPart && (input || output)),
            input ? "outputEPCList" : "inputEPCList",
            "TransformationEvent must have inputs and outputs; with a 'transformationID', one of them is enough.");
    }

    private void Require(bool condition, string field, string message)
    {
        // Elements that were refused are not in the lists: then the event has been refused already, for a better reason.
        if (!condition && errors.Count == errorsBefore)
        {
            Missing(field, message);
        }
    }

    private void Missing(string field, string message) =>
        errors.Add(EpcisErrorCodes.MissingField, start, field, message, missing: true);

    private static IEnumerable<EventFields> Bits(EventFields fields)
    {
        for (var bit = 0; bit < 29; bit++)
        {
            if (((int)fields & (1 << bit)) != 0)
            {
                yield return (EventFields)(1 << bit);
            }
        }
    }
}
