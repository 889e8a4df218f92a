using System.Text.Json;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Epcis.Vocabulary;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>Reads an event's lists of objects; same calling rules as <see cref="ValueReader"/>.</summary>
internal sealed class EventListReader(ValueReader values)
{
    private readonly List<Epc> _epcs = [];
    private readonly List<QuantityElement> _quantities = [];
    private readonly List<TypedIdentifier> _typed = [];
    private int _documentTotal;

    private int _eventTotal;

    /// <summary>The first identifier that a list of this event names twice: where, and in which list.</summary>
    public (long Offset, string Field)? RepeatedEpc { get; private set; }

    public void BeginEvent()
    {
        _eventTotal = 0;
        RepeatedEpc = null;
    }

    public Epc[] ReadEpcs(ref Utf8JsonReader reader, string field)
    {
        if (!values.TryArray(ref reader, field))
        {
            return [];
        }

        var start = reader.TokenStartIndex;
        _epcs.Clear();
        values.Names.Open();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!CountOne(start, field))
            {
                reader.Skip();
            }
            else if (values.TryEpc(ref reader, field, out var epc))
            {
                if (!reader.ValueIsEscaped && !values.Names.Add(reader.ValueSpan))
                {
                    RepeatedEpc ??= (reader.TokenStartIndex, field);
                }

                _epcs.Add(epc);
            }
        }

        values.Names.Close();
        return [.. _epcs];
    }

    public QuantityElement[] ReadQuantities(ref Utf8JsonReader reader, string field, ShapeReader shapes)
    {
        if (!values.TryArray(ref reader, field))
        {
            return [];
        }

        var start = reader.TokenStartIndex;
        _quantities.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!CountOne(start, field))
            {
                reader.Skip();
            }
            else if (shapes.Read(ref reader, field, ObjectShape.QuantityElement) && shapes.LastIdentifier is { } epcClass)
            {
                _quantities.Add(new QuantityElement(epcClass, shapes.LastNumber, shapes.LastUnit));
            }
        }

        return [.. _quantities];
    }

    public TypedIdentifier[] ReadTyped(
        ref Utf8JsonReader reader, string field, ObjectShape shape, ShapeReader shapes)
    {
        if (!values.TryArray(ref reader, field))
        {
            return [];
        }

        var start = reader.TokenStartIndex;
        var count = 0;
        _typed.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (count > values.Limits.MaxListElements)
            {
                reader.Skip();
            }
            else if (shapes.Read(ref reader, field, shape) && shapes.LastReference is { } id)
            {
                _typed.Add(new TypedIdentifier(shapes.LastType, id));
            }
        }

        shapes.CheckCount(start, field, count);
        return [.. _typed];
    }

    /// <summary><c>set</c> and <c>unset</c>, at least one of them, each a list of one or more dispositions.</summary>
    public void ReadPersistentDisposition(ref Utf8JsonReader reader, string field)
    {
        if (!values.TryObject(ref reader, field))
        {
            return;
        }

        var start = reader.TokenStartIndex;
        values.Names.Open();
        var any = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!values.TryUnescape(ref reader, field, out var name))
            {
                reader.Skip();
                continue;
            }

            if (!values.Names.Add(name))
            {
                values.DuplicateName(ref reader, name);
            }

            var isSet = name.SequenceEqual("set"u8);
            if (isSet || name.SequenceEqual("unset"u8))
            {
                any = true;
                reader.Read();
                ReadDispositions(ref reader, isSet ? "set" : "unset");
            }
            else
            {
                values.UnknownName(ref reader, name, field);
                reader.Skip();
            }
        }

        values.Names.Close();
        if (!any)
        {
            values.Errors.Add(
                EpcisErrorCodes.MissingField, start, "set", $"{field} must have 'set' or 'unset'.", missing: true);
        }
    }

    private void ReadDispositions(ref Utf8JsonReader reader, string field)
    {
        if (!values.TryArray(ref reader, field))
        {
            return;
        }

        var start = reader.TokenStartIndex;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (values.TryVocabulary(ref reader, field, VocabularyKind.Disposition, out var value) && !seen.Add(value!))
            {
                values.Error(ref reader, EpcisErrorCodes.InvalidValue, field, $"{field} names a disposition twice.");
            }
        }

        if (seen.Count == 0)
        {
            values.Errors.Add(EpcisErrorCodes.InvalidValue, start, field, $"{field} must have at least one element.");
        }
        else if (seen.Count > values.Limits.MaxListElements)
        {
            values.Errors.Add(
                EpcisErrorCodes.LimitExceeded, start, field,
                $"{field} has {seen.Count} elements; at most {values.Limits.MaxListElements} are allowed.");
        }
    }

    private bool CountOne(long start, string field)
    {
        _eventTotal++;
        _documentTotal++;
        if (_eventTotal > values.Limits.MaxEpcsPerEvent)
        {
            if (_eventTotal == values.Limits.MaxEpcsPerEvent + 1)
            {
                values.Errors.Add(
                    EpcisErrorCodes.LimitExceeded, start, field,
                    $"The event has more than {values.Limits.MaxEpcsPerEvent} EPCs and quantity elements.");
            }

            return false;
        }

        if (_documentTotal > values.Limits.MaxEpcsPerDocument)
        {
            if (_documentTotal == values.Limits.MaxEpcsPerDocument + 1 || _eventTotal == 1)
            {
                values.Errors.Add(
                    EpcisErrorCodes.LimitExceeded, start, field,
                    $"The document has more than {values.Limits.MaxEpcsPerDocument} EPCs and quantity elements.");
            }

            return false;
        }

        return true;
    }
}
