using System.Text.Json;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Epcis.Json;
using ProvenanceGrains.Epcis.Vocabulary;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>Reads objects by their <see cref="ObjectShape"/>; same calling rules as <see cref="ValueReader"/>.</summary>
internal sealed class ShapeReader(ValueReader values)
{
    /// <summary>The identifier that the object just read has; null if it has none.</summary>
    public Epc? LastIdentifier { get; private set; }

    /// <summary>The identifier in canonical form, where it need not be one of an object.</summary>
    public string? LastReference { get; private set; }

    /// <summary>The vocabulary value that it has, canonical.</summary>
    public string? LastType { get; private set; }

    /// <summary>The number that it has.</summary>
    public double? LastNumber { get; private set; }

    /// <summary>The unit that it has.</summary>
    public string? LastUnit { get; private set; }

    /// <summary>Bytes of extension members since it was last set to 0.</summary>
    public long ExtensionBytes { get; set; }

    /// <summary>Reads an object. True if nothing was wrong with it.</summary>
    public bool Read(ref Utf8JsonReader reader, string field, ObjectShape shape)
    {
        LastIdentifier = null;
        LastReference = null;
        LastType = null;
        LastNumber = null;
        LastUnit = null;
        if (!values.TryObject(ref reader, field))
        {
            return false;
        }

        var errorsBefore = values.Errors.Count;
        var start = reader.TokenStartIndex;
        var present = 0u;
        values.Names.Open();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!values.TryUnescape(ref reader, field, out var name))
            {
                reader.Skip();
            }
            else if (shape.TryFind(name, out var bit, out var rule))
            {
                if ((present & bit) != 0)
                {
                    values.DuplicateName(ref reader, name);
                }

                present |= bit;
                var text = values.Share(ref reader, name);
                reader.Read();
                ReadValue(ref reader, text, rule);
            }
            else
            {
                ReadExtension(ref reader, field, name, shape.Extensions);
            }
        }

        values.Names.Close();
        foreach (var (name, bit) in shape.Required)
        {
            if ((present & bit) == 0)
            {
                values.Errors.Add(
                    EpcisErrorCodes.MissingField, start, name, $"{field} must have '{name}'.", missing: true);
            }
        }

        return values.Errors.Count == errorsBefore;
    }

    /// <summary>Reads an extension: reader on its name.</summary>
    public void ReadExtension(ref Utf8JsonReader reader, string field, scoped ReadOnlySpan<byte> name, ExtensionRule rule)
    {
        if (!values.Names.Add(name))
        {
            values.DuplicateName(ref reader, name);
        }
        else if (rule != ExtensionRule.Any && (rule == ExtensionRule.None || !Utf8Text.IsUri(name)))
        {
            values.UnknownName(ref reader, name, field);
        }

        var nameBytes = name.Length;
        var text = reader.ValueIsEscaped || name.Length > 64 ? field : values.Share(ref reader, name);
        reader.Read();
        ExtensionBytes += nameBytes + values.Walk(ref reader, text);
    }

    /// <summary>Reads a list of objects of one shape.</summary>
    /// <returns>How many there were; -1 if it was no list.</returns>
    public int ReadList(ref Utf8JsonReader reader, string field, ObjectShape shape)
    {
        if (!values.TryArray(ref reader, field))
        {
            return -1;
        }

        var start = reader.TokenStartIndex;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Read(ref reader, field, shape);
            count++;
        }

        CheckCount(start, field, count);
        return count;
    }

    public void CheckCount(long start, string field, int count)
    {
        if (count > values.Limits.MaxListElements)
        {
            values.Errors.Add(
                EpcisErrorCodes.LimitExceeded, start, field,
                $"{field} has {count} elements; at most {values.Limits.MaxListElements} are allowed.");
        }
    }

    /// <summary>Reads a member's value: reader on its first token.</summary>
    public void ReadValue(ref Utf8JsonReader reader, string field, ValueRule rule)
    {
        switch (rule)
        {
            case ValueRule.Uri:
                values.TryUri(ref reader, field, out _);
                break;
            case ValueRule.Instant:
                values.TryInstant(ref reader, field, out _);
                break;
            case ValueRule.Number:
                LastNumber = values.TryNumber(ref reader, field, out var number) ? number : null;
                break;
            case ValueRule.Text:
                values.TryText(ref reader, field, out _);
                break;
            case ValueRule.Identifier:
                LastIdentifier = values.TryEpc(ref reader, field, out var epc) ? epc : null;
                LastReference = LastIdentifier?.CanonicalUri;
                break;
            case ValueRule.Transaction:
                LastReference = values.TryTransaction(ref reader, field, out var transaction) ? transaction : null;
                break;
            case ValueRule.BizTransactionType:
                ReadVocabulary(ref reader, field, VocabularyKind.BizTransactionType);
                break;
            case ValueRule.SourceDestinationType:
                ReadVocabulary(ref reader, field, VocabularyKind.SourceDestinationType);
                break;
            case ValueRule.ErrorReason:
                ReadVocabulary(ref reader, field, VocabularyKind.ErrorReason);
                break;
            case ValueRule.MeasurementType:
                ReadVocabulary(ref reader, field, VocabularyKind.MeasurementType);
                break;
            case ValueRule.AlertType:
                ReadVocabulary(ref reader, field, VocabularyKind.AlertType);
                break;
            case ValueRule.Component:
                ReadVocabulary(ref reader, field, VocabularyKind.Component);
                break;
            case ValueRule.SensorMetadata:
                Read(ref reader, field, ObjectShape.SensorMetadata);
                break;
            case ValueRule.SensorReports:
                ReadReports(ref reader, field);
                break;
            case ValueRule.MasterData:
                Read(ref reader, field, ObjectShape.MasterData);
                break;
            case ValueRule.Vocabularies:
                ReadList(ref reader, field, ObjectShape.Vocabulary);
                break;
            case ValueRule.VocabularyElements:
                ReadList(ref reader, field, ObjectShape.VocabularyElement);
                break;
            case ValueRule.Attributes:
                ReadList(ref reader, field, ObjectShape.Attribute);
                break;
            case ValueRule.UriList:
                ReadUris(ref reader, field);
                break;
            case ValueRule.UriOrUriList:
                ReadUriOrUris(ref reader, field);
                break;
            default:
                ReadPatterned(ref reader, field, rule);
                break;
        }
    }

    /// <summary>A URI, or a list of them: <c>certificationInfo</c>.</summary>
    public void ReadUriOrUris(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            ReadUris(ref reader, field);
        }
        else
        {
            values.TryUri(ref reader, field, out _);
        }
    }

    private void ReadPatterned(ref Utf8JsonReader reader, string field, ValueRule rule)
    {
        switch (rule)
        {
            case ValueRule.Boolean when reader.TokenType is not (JsonTokenType.True or JsonTokenType.False):
                values.Error(ref reader, EpcisErrorCodes.WrongType, field, $"{field} must be true or false.");
                reader.Skip();
                break;
            case ValueRule.Boolean:
                break;
            case ValueRule.HexBinary:
                if (values.TryText(ref reader, field, out var hex) && !Utf8Text.IsHexBinary(hex))
                {
                    values.Error(ref reader, EpcisErrorCodes.InvalidValue, field, $"{field} must be hexadecimal digits.");
                }

                break;
            case ValueRule.Unit:
                ReadUnit(ref reader, field);
                break;
            case ValueRule.Version:
                if (values.TryText(ref reader, field, out var version) && !Utf8Text.IsVersion(version))
                {
                    values.Error(ref reader, EpcisErrorCodes.InvalidValue, field, $"{field} must be a version, e.g. 2.0.");
                }

                break;
            default:
                // An attribute of master data: text, a number or an object.
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.StartObject))
                {
                    values.Error(
                        ref reader, EpcisErrorCodes.WrongType, field, $"{field} must be a string, a number or an object.");
                }

                values.Walk(ref reader, field);
                break;
        }
    }

    private void ReadUnit(ref Utf8JsonReader reader, string field)
    {
        if (!values.TryText(ref reader, field, out var unit))
        {
            return;
        }

        if (!Utf8Text.IsUnit(unit))
        {
            values.Error(
                ref reader, EpcisErrorCodes.InvalidValue, field,
                $"{field} must be a unit of UN/CEFACT Recommendation 20: two or three capitals or digits.");
            return;
        }

        LastUnit = values.Share(ref reader, unit);
    }

    private void ReadVocabulary(ref Utf8JsonReader reader, string field, VocabularyKind kind) =>
        LastType = values.TryVocabulary(ref reader, field, kind, out var canonical) ? canonical : null;

    private void ReadReports(ref Utf8JsonReader reader, string field)
    {
        var start = reader.TokenStartIndex;
        if (ReadList(ref reader, field, ObjectShape.SensorReport) == 0)
        {
            values.Errors.Add(EpcisErrorCodes.InvalidValue, start, field, $"{field} must have at least one element.");
        }
    }

    private void ReadUris(ref Utf8JsonReader reader, string field)
    {
        if (!values.TryArray(ref reader, field))
        {
            return;
        }

        var start = reader.TokenStartIndex;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values.TryUri(ref reader, field, out _);
            count++;
        }

        CheckCount(start, field, count);
    }
}
