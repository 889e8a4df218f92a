using System.Text;
using System.Text.Json;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Json;
using ProvenanceGrains.Epcis.Vocabulary;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>
/// Reads one event after another (EPCIS 2.0 section 7.4). Fields may stand in any order, so each is read by its own rule
/// first and whether the event's type has it is decided at the end.
/// </summary>
internal sealed class EventReader(ReadOnlyMemory<byte> body, ValueReader values, long? latestMs)
{
    private readonly ShapeReader _shapes = new(values);
    private readonly EventListReader _lists = new(values);

    /// <summary>Reads an event: reader on its first token; leaves it on its last.</summary>
    /// <param name="reader">The document's.</param>
    /// <param name="index">Its place in the list.</param>
    /// <param name="outer">The contexts in force around it; null for a bare event.</param>
    /// <returns>Null if anything was wrong; the errors are recorded.</returns>
    public EpcisEvent? Read(ref Utf8JsonReader reader, int index, JsonLdContext? outer)
    {
        if (!values.TryObject(ref reader, "event"))
        {
            return null;
        }

        var start = reader.TokenStartIndex;
        var errorsBefore = values.Errors.Count;
        var again = reader;
        values.Context = outer ?? JsonLdContext.Epcis;
        var draft = new EventDraft();
        ReadMembers(ref reader, ref draft, start, outer, out var late);
        if (late && draft.OwnContext is { } own)
        {
            // Its own @context came after values that may depend on it: read once more, knowing it.
            values.Errors.Rewind(errorsBefore);
            values.Context = own;
            draft = new EventDraft();
            reader = again;
            ReadMembers(ref reader, ref draft, start, outer, out _);
        }

        var length = (int)(reader.BytesConsumed - start);
        new EventRules(values.Errors, start, errorsBefore).Check(in draft, isBare: outer is null);
        if (values.Errors.Count != errorsBefore)
        {
            return null;
        }

        return Build(in draft, index, body.Slice((int)start, length), outer);
    }

    private static EpcisEvent Build(in EventDraft draft, int index, ReadOnlyMemory<byte> utf8, JsonLdContext? outer) =>
        new()
        {
            Index = index,
            Type = draft.Type ?? EventType.Extended,
            TypeName = draft.TypeName,
            Utf8 = utf8,
            Context = draft.OwnContext ?? outer ?? JsonLdContext.Epcis,
            OwnContextMember = draft.Has(EventFields.Context) ? draft.OwnContextMember : new Range(1, 1),
            EventId = draft.EventId,
            EventTimeMs = draft.EventTimeMs,
            TimeZoneOffset = draft.TimeZoneOffset,
            RecordTimeMs = draft.RecordTimeMs,
            Action = draft.Action,
            BizStep = draft.BizStep,
            Disposition = draft.Disposition,
            ReadPoint = draft.ReadPoint,
            BizLocation = draft.BizLocation,
            Parent = draft.Parent,
            Epcs = draft.Epcs,
            Quantities = draft.Quantities,
            ChildEpcs = draft.ChildEpcs,
            ChildQuantities = draft.ChildQuantities,
            InputEpcs = draft.InputEpcs,
            InputQuantities = draft.InputQuantities,
            OutputEpcs = draft.OutputEpcs,
            OutputQuantities = draft.OutputQuantities,
            TransformationId = draft.TransformationId,
            BizTransactions = draft.BizTransactions,
            Sources = draft.Sources,
            Destinations = draft.Destinations,
            IsErrorDeclaration = draft.Has(EventFields.ErrorDeclaration),
        };

    private void ReadMembers(
        ref Utf8JsonReader reader, ref EventDraft draft, long start, JsonLdContext? outer, out bool late)
    {
        late = false;
        _shapes.ExtensionBytes = 0;
        _lists.BeginEvent();
        values.Names.Open();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!values.TryUnescape(ref reader, "event", out var name))
            {
                reader.Skip();
            }
            else if (EventFieldTable.TryFind(name, out var field, out var text))
            {
                if (draft.Has(field))
                {
                    values.DuplicateName(ref reader, name);
                    reader.Skip();
                    continue;
                }

                if (field == EventFields.Context)
                {
                    late = draft.Present != EventFields.None || _shapes.ExtensionBytes > 0;
                    ReadContext(ref reader, ref draft, start, outer);
                }
                else
                {
                    reader.Read();
                    ReadField(ref reader, ref draft, field, text);
                }

                draft.Present |= field;
            }
            else
            {
                ReadExtension(ref reader, ref draft, name);
            }
        }

        values.Names.Close();
        draft.RepeatedEpc = _lists.RepeatedEpc;
        CheckExtensionBytes(start);
    }

    private void ReadContext(ref Utf8JsonReader reader, ref EventDraft draft, long start, JsonLdContext? outer)
    {
        var nameStart = (int)(reader.TokenStartIndex - start);
        reader.Read();
        var context = ContextReader.Read(ref reader, body, values, outer);
        if (context is not null)
        {
            draft.OwnContext = context;
            values.Context = context;
        }

        draft.OwnContextMember = MemberRange.Find(body.Span[(int)start..], nameStart, (int)(reader.BytesConsumed - start));
    }

    private void ReadExtension(ref Utf8JsonReader reader, ref EventDraft draft, scoped ReadOnlySpan<byte> name)
    {
        if (!Utf8Text.IsUri(name))
        {
            var bare = draft.BareNames ??= [];
            if (bare.Count < values.Limits.MaxErrors)
            {
                bare.Add((reader.TokenStartIndex, ValueReader.Show(name)));
            }
        }

        _shapes.ReadExtension(ref reader, "the event", name, ExtensionRule.Any);
    }

    private void CheckExtensionBytes(long start)
    {
        if (_shapes.ExtensionBytes > values.Limits.MaxExtensionBytesPerEvent)
        {
            values.Errors.Add(
                EpcisErrorCodes.LimitExceeded, start, "",
                $"The event's extensions have {_shapes.ExtensionBytes} bytes; "
                + $"at most {values.Limits.MaxExtensionBytesPerEvent} are allowed.");
        }
    }

    private void ReadField(ref Utf8JsonReader reader, ref EventDraft draft, EventFields field, string name)
    {
        switch (field)
        {
            case EventFields.Type:
                ReadType(ref reader, ref draft);
                break;
            case EventFields.EventTime:
                draft.EventTimeMs = ReadInstant(ref reader, name) ?? 0;
                break;
            case EventFields.RecordTime:
                draft.RecordTimeMs = ReadInstant(ref reader, name);
                break;
            case EventFields.EventTimeZoneOffset:
                ReadOffset(ref reader, ref draft, name);
                break;
            case EventFields.EventId:
                draft.EventId = values.TryUri(ref reader, name, out var id) ? Encoding.ASCII.GetString(id) : null;
                break;
            case EventFields.Action:
                ReadAction(ref reader, ref draft, name);
                break;
            case EventFields.BizStep:
                draft.BizStep = ReadVocabulary(ref reader, name, VocabularyKind.BizStep);
                break;
            case EventFields.Disposition:
                draft.Disposition = ReadVocabulary(ref reader, name, VocabularyKind.Disposition);
                break;
            case EventFields.ReadPoint:
                _shapes.Read(ref reader, name, ObjectShape.Place);
                draft.ReadPoint = _shapes.LastIdentifier;
                break;
            case EventFields.BizLocation:
                _shapes.Read(ref reader, name, ObjectShape.Place);
                draft.BizLocation = _shapes.LastIdentifier;
                break;
            case EventFields.ParentId:
                draft.Parent = values.TryEpc(ref reader, name, out var parent) ? parent : null;
                break;
            case EventFields.TransformationId:
                draft.TransformationId =
                    values.TryUri(ref reader, name, out var transformation) ? Encoding.ASCII.GetString(transformation) : null;
                break;
            default:
                ReadListField(ref reader, ref draft, field, name);
                break;
        }
    }

    private void ReadListField(ref Utf8JsonReader reader, ref EventDraft draft, EventFields field, string name)
    {
        switch (field)
        {
            case EventFields.EpcList:
                draft.Epcs = _lists.ReadEpcs(ref reader, name);
                break;
            case EventFields.ChildEpcs:
                draft.ChildEpcs = _lists.ReadEpcs(ref reader, name);
                break;
            case EventFields.InputEpcList:
                draft.InputEpcs = _lists.ReadEpcs(ref reader, name);
                break;
            case EventFields.OutputEpcList:
                draft.OutputEpcs = _lists.ReadEpcs(ref reader, name);
                break;
            case EventFields.QuantityList:
                draft.Quantities = _lists.ReadQuantities(ref reader, name, _shapes);
                break;
            case EventFields.ChildQuantityList:
                draft.ChildQuantities = _lists.ReadQuantities(ref reader, name, _shapes);
                break;
            case EventFields.InputQuantityList:
                draft.InputQuantities = _lists.ReadQuantities(ref reader, name, _shapes);
                break;
            case EventFields.OutputQuantityList:
                draft.OutputQuantities = _lists.ReadQuantities(ref reader, name, _shapes);
                break;
            case EventFields.BizTransactionList:
                draft.BizTransactions = _lists.ReadTyped(ref reader, name, ObjectShape.BizTransaction, _shapes);
                break;
            case EventFields.SourceList:
                draft.Sources = _lists.ReadTyped(ref reader, name, ObjectShape.Source, _shapes);
                break;
            case EventFields.DestinationList:
                draft.Destinations = _lists.ReadTyped(ref reader, name, ObjectShape.Destination, _shapes);
                break;
            case EventFields.SensorElementList:
                draft.SensorElements = _shapes.ReadList(ref reader, name, ObjectShape.SensorElement);
                break;
            case EventFields.PersistentDisposition:
                _lists.ReadPersistentDisposition(ref reader, name);
                break;
            case EventFields.CertificationInfo:
                _shapes.ReadUriOrUris(ref reader, name);
                break;
            case EventFields.ErrorDeclaration:
                _shapes.Read(ref reader, name, ObjectShape.ErrorDeclaration);
                break;
            default:
                ReadIlmd(ref reader, ref draft, name);
                break;
        }
    }

    private void ReadType(ref Utf8JsonReader reader, ref EventDraft draft)
    {
        draft.TypeOffset = reader.TokenStartIndex;
        if (!values.TryText(ref reader, "type", out var type))
        {
            return;
        }

        draft.Type = EventFieldTable.TypeOf(type);
        if (draft.Type is null && Utf8Text.IsUri(type) && type.Length <= values.Limits.MaxIdentifierBytes)
        {
            draft.Type = EventType.Extended;
        }

        if (draft.Type is null)
        {
            values.Error(
                ref reader, EpcisErrorCodes.UnknownEventType, "type",
                $"'{ValueReader.Show(type)}' is not an event type of EPCIS 2.0, and not the URI of another.");
            return;
        }

        draft.TypeName = values.Share(ref reader, type);
    }

    private void ReadOffset(ref Utf8JsonReader reader, ref EventDraft draft, string name)
    {
        if (!values.TryText(ref reader, name, out var text))
        {
            return;
        }

        if (!Utf8Text.IsTimeZoneOffset(text))
        {
            values.Error(
                ref reader, EpcisErrorCodes.InvalidValue, name, $"{name} must be +hh:mm or -hh:mm, at most 14:00.");
            return;
        }

        draft.TimeZoneOffset = values.Share(ref reader, text);
    }

    private void ReadAction(ref Utf8JsonReader reader, ref EventDraft draft, string name)
    {
        if (!values.TryText(ref reader, name, out var text))
        {
            return;
        }

        draft.Action = text.SequenceEqual("ADD"u8) ? EventAction.Add
            : text.SequenceEqual("OBSERVE"u8) ? EventAction.Observe
            : text.SequenceEqual("DELETE"u8) ? EventAction.Delete
            : null;
        if (draft.Action is null)
        {
            values.Error(ref reader, EpcisErrorCodes.InvalidValue, name, $"{name} must be ADD, OBSERVE or DELETE.");
        }
    }

    private void ReadIlmd(ref Utf8JsonReader reader, ref EventDraft draft, string name)
    {
        draft.IlmdOffset = reader.TokenStartIndex;
        if (!values.TryObject(ref reader, name))
        {
            return;
        }

        values.Names.Open();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (values.TryUnescape(ref reader, name, out var member))
            {
                _shapes.ReadExtension(ref reader, name, member, ExtensionRule.Uri);
            }
            else
            {
                reader.Skip();
            }
        }

        values.Names.Close();
    }

    private long? ReadInstant(ref Utf8JsonReader reader, string name)
    {
        if (!values.TryInstant(ref reader, name, out var unixMs))
        {
            return null;
        }

        if (unixMs > latestMs)
        {
            values.Error(
                ref reader, EpcisErrorCodes.FutureTime, name, $"{name} lies further in the future than is allowed.");
        }

        return unixMs;
    }

    private string? ReadVocabulary(ref Utf8JsonReader reader, string name, VocabularyKind kind) =>
        values.TryVocabulary(ref reader, name, kind, out var canonical) ? canonical : null;
}
