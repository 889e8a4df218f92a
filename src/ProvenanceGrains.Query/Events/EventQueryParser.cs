using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Epcis.Vocabulary;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Events;

/// <summary>Reads the parameters of <c>GET /events</c> (EPCIS 2.0 section 8.2.7.1). A parameter it does not know is refused.</summary>
/// <remarks>
/// <para>A list is separated by <c>|</c>; its values are alternatives, different parameters must all hold.</para>
/// <para>Values are compared in canonical form: an EPC URN and its Digital Link, a bare CBV word, its URN and its web URI are
/// one. A pattern that names a class (<c>urn:epc:idpat:sgtin:...*</c>) is read as that class.</para>
/// </remarks>
public static class EventQueryParser
{
    /// <summary>Alternatives in one parameter.</summary>
    public const int MaxAlternatives = 100;

    private static readonly Dictionary<string, (bool ClassLevel, string[] Roles)> MatchRoles = new(StringComparer.Ordinal)
    {
        ["MATCH_epc"] = (false, [EventRoles.Epc, EventRoles.Child]),
        ["MATCH_parentID"] = (false, [EventRoles.Parent]),
        ["MATCH_inputEPC"] = (false, [EventRoles.Input]),
        ["MATCH_outputEPC"] = (false, [EventRoles.Output]),
        ["MATCH_anyEPC"] =
            (false, [EventRoles.Epc, EventRoles.Child, EventRoles.Parent, EventRoles.Input, EventRoles.Output]),
        ["MATCH_epcClass"] = (true, [EventRoles.Epc, EventRoles.Child]),
        ["MATCH_inputEPCClass"] = (true, [EventRoles.Input]),
        ["MATCH_outputEPCClass"] = (true, [EventRoles.Output]),
        ["MATCH_anyEPCClass"] = (true, [EventRoles.Epc, EventRoles.Child, EventRoles.Input, EventRoles.Output]),
    };

    /// <summary>All parameters there are, in the order of the standard.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "eventType", "GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime", "EQ_action", "EQ_bizStep",
        "EQ_disposition", "EQ_readPoint", "EQ_bizLocation", .. MatchRoles.Keys, "EQ_eventID", "perPage", "nextPageToken",
    ];

    /// <summary>Checks parameters and makes a query of them.</summary>
    /// <param name="parameters">Names and values, decoded; the same name twice is refused.</param>
    /// <param name="query">The query, when the answer is true.</param>
    /// <param name="error">The first parameter that is refused, when the answer is false.</param>
    public static bool TryParse(
        IEnumerable<KeyValuePair<string, string>> parameters,
        [NotNullWhen(true)] out EventQuery? query,
        [NotNullWhen(false)] out ParameterError? error)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var reader = new Reader();
        query = null;
        foreach (var (name, value) in parameters)
        {
            if (!reader.TryTake(name, value, out var message))
            {
                error = new ParameterError(name, message);
                return false;
            }
        }

        return reader.TryFinish(out query, out error);
    }

    private sealed class Reader
    {
        private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
        private readonly List<EntityCondition> _matches = [];
        private MatterQuery _conditions = new() { Limit = 1 };
        private IReadOnlyList<string>? _eventIds;
        private PageToken? _token;
        private int _perPage = EventQuery.DefaultPerPage;

        public bool TryTake(string name, string value, [NotNullWhen(false)] out string? message)
        {
            message = !_given.TryAdd(name, value) ? "The parameter is given twice; alternatives are separated by '|'."
                : value.Length == 0 ? "The parameter has no value."
                : MatchRoles.TryGetValue(name, out var match) ? TakeMatch(match.ClassLevel, match.Roles, value)
                : Take(name, value);
            return message is null;
        }

        public bool TryFinish([NotNullWhen(true)] out EventQuery? query, [NotNullWhen(false)] out ParameterError? error)
        {
            var fingerprint = PageToken.FingerprintOf(_given.Where(given => given.Key is not ("perPage" or "nextPageToken")));
            query = null;
            error = _token is { } token && token.Fingerprint != fingerprint
                ? new ParameterError("nextPageToken", "The token belongs to a query with other parameters.")
                : null;
            if (error is not null)
            {
                return false;
            }

            query = new EventQuery
            {
                PerPage = _perPage,
                Conditions = _conditions,
                Matches = _matches,
                EventIds = _eventIds,
                Token = _token,
                Fingerprint = fingerprint,
            };
            return true;
        }

        private string? Take(string name, string value)
        {
            string? error;
            switch (name)
            {
                case "eventType":
                    error = ReadList(value, ReadType, out var types);
                    _conditions = _conditions with { MatterTypes = types };
                    return error;
                case "EQ_action":
                    error = ReadList(value, ReadAction, out var actions);
                    _conditions = _conditions with { Actions = actions };
                    return error;
                case "EQ_bizStep":
                    error = ReadList(value, ReadBizStep, out var steps);
                    _conditions = _conditions with { BizSteps = steps };
                    return error;
                case "EQ_disposition":
                    error = ReadList(value, ReadDisposition, out var dispositions);
                    _conditions = _conditions with { Dispositions = dispositions };
                    return error;
                case "EQ_readPoint":
                    error = ReadList(value, ReadPlace, out var readPoints);
                    _conditions = _conditions with { ReadPoints = readPoints };
                    return error;
                case "EQ_bizLocation":
                    error = ReadList(value, ReadPlace, out var locations);
                    _conditions = _conditions with { BizLocations = locations };
                    return error;
                case "EQ_eventID":
                    return ReadList(value, ReadEventId, out _eventIds);
                default:
                    return TakeTimeOrPage(name, value);
            }
        }

        private string? TakeTimeOrPage(string name, string value)
        {
            long ms = 0;
            if (name is "GE_eventTime" or "LT_eventTime" or "GE_recordTime" or "LT_recordTime"
                && !Instants.TryParse(value, out ms))
            {
                return $"'{Shown(value)}' is no date and time with an offset, such as 2026-11-01T10:00:00.000Z "
                    + "(in a URL the plus sign is %2B).";
            }

            switch (name)
            {
                case "GE_eventTime":
                    _conditions = _conditions with { FromTimeMs = ms };
                    return null;
                case "LT_eventTime":
                    _conditions = _conditions with { BeforeTimeMs = ms };
                    return null;
                case "GE_recordTime":
                    _conditions = _conditions with { FromRecordTimeMs = ms };
                    return null;
                case "LT_recordTime":
                    _conditions = _conditions with { BeforeRecordTimeMs = ms };
                    return null;
                case "perPage":
                    return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _perPage)
                        && _perPage is >= 1 and <= EventQuery.MaxPerPage
                            ? null
                            : $"A page has 1 to {EventQuery.MaxPerPage} events.";
                case "nextPageToken":
                    if (!PageToken.TryParse(value, out var token, out var error))
                    {
                        return error;
                    }

                    _token = token;
                    return null;
                default:
                    return $"There is no such parameter here; there are {string.Join(", ", Names)}.";
            }
        }

        private string? TakeMatch(bool classLevel, string[] roles, string value)
        {
            var error = ReadList(value, (text, out canonical) => ReadEpc(text, classLevel, out canonical), out var keys);
            if (error is null)
            {
                var entities = keys!.Where(key => key.Length > 0).Select(key => EntityId.Create(LotEntity.Kind, key));
                _matches.Add(new EntityCondition([.. entities], roles));
            }

            return error;
        }
    }

    private delegate string? ValueReader(string text, out string canonical);

    private static string? ReadList(string value, ValueReader read, out IReadOnlyList<string>? values)
    {
        values = null;
        var texts = value.Split('|', MaxAlternatives + 1);
        if (texts.Length > MaxAlternatives)
        {
            return $"At most {MaxAlternatives} alternatives can be given.";
        }

        var found = new List<string>(texts.Length);
        foreach (var text in texts)
        {
            if (text.Length == 0)
            {
                return "One of the alternatives is empty.";
            }

            if (read(text, out var canonical) is { } error)
            {
                return error;
            }

            found.Add(canonical);
        }

        values = found;
        return null;
    }

    private static string? ReadType(string text, out string canonical)
    {
        canonical = text;
        return text is "ObjectEvent" or "AggregationEvent" or "TransactionEvent" or "TransformationEvent" or "AssociationEvent"
            || text.Contains(':', StringComparison.Ordinal)
                ? null
                : $"'{Shown(text)}' is neither an event type of EPCIS 2.0 nor the URI of another.";
    }

    private static string? ReadAction(string text, out string canonical)
    {
        canonical = text;
        return text is "ADD" or "OBSERVE" or "DELETE" ? null : $"'{Shown(text)}' is not ADD, OBSERVE or DELETE.";
    }

    private static string? ReadBizStep(string text, out string canonical) =>
        ReadVocabulary(VocabularyKind.BizStep, text, out canonical);

    private static string? ReadDisposition(string text, out string canonical) =>
        ReadVocabulary(VocabularyKind.Disposition, text, out canonical);

    private static string? ReadVocabulary(VocabularyKind kind, string text, out string canonical)
    {
        if (CbvVocabulary.TryCanonicalize(kind, text, JsonLdContext.Epcis, out var found, out var error))
        {
            canonical = found;
            return null;
        }

        canonical = "";
        return error;
    }

    private static string? ReadPlace(string text, out string canonical)
    {
        var valid = Epc.TryParse(text, out var place, out var error);
        canonical = place.CanonicalUri;
        return valid ? null : error;
    }

    private static string? ReadEventId(string text, out string canonical)
    {
        canonical = text;
        return text.Contains(':', StringComparison.Ordinal) ? null : $"'{Shown(text)}' is not a URI.";
    }

    private static string? ReadEpc(string text, bool classLevel, out string canonical)
    {
        var valid = Epc.TryParse(text, out var epc, out var error);
        canonical = epc.CanonicalKey;
        if (!valid)
        {
            return text.StartsWith("urn:epc:idpat:", StringComparison.Ordinal)
                ? $"{error} Patterns are understood where they name one class."
                : error;
        }

        if (!classLevel && text.StartsWith("urn:epc:idpat:", StringComparison.Ordinal))
        {
            return "Patterns are understood only where they name one class, in the parameters for classes.";
        }

        // A class never stands in a list of EPCs, nor the other way round: it is asked for with the other parameter.
        if (epc.IsGs1 && epc.IsClassLevel != classLevel)
        {
            canonical = "";
        }

        return null;
    }

    private static string Shown(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "...");
}
