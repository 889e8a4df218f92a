using System.Text;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>The value of one covered component (RFC 9421 section 2), or why it has none.</summary>
internal static class ComponentValue
{
    private static readonly string[] KnownParameters = ["sf", "key", "bs", "tr", "req", "name"];

    public static bool TryDerive(HttpMessageParts message, StructuredItem component, out string value, out string? error)
    {
        value = "";
        error = null;
        if (component.Value is not BareItem.StringItem { Value: var name })
        {
            error = "a component's name is a string";
            return false;
        }

        var parameters = component.Parameters;
        if (parameters.All.FirstOrDefault(one => !KnownParameters.Contains(one.Key)).Key is { } unknown)
        {
            error = $"\"{name}\" has the parameter '{unknown}', which is not known";
            return false;
        }

        if (parameters.All.Any(one => one.Key is "sf" or "bs" or "tr" or "req" && one.Value is not BareItem.BooleanItem { Value: true }))
        {
            error = $"\"{name}\": sf, bs, tr and req are true or absent";
            return false;
        }

        var source = message;
        if (parameters.IsSet("req"))
        {
            if (message.Status is null || message.Request is null)
            {
                error = $"\"{name}\";req is of a response's request, and there is none";
                return false;
            }

            source = message.Request;
        }

        return name.StartsWith('@')
            ? TryDerived(source, name, parameters, out value, out error)
            : TryField(source, name, parameters, out value, out error);
    }

    private static bool TryDerived(
        HttpMessageParts message, string name, Parameters parameters, out string value, out string? error)
    {
        value = "";
        error = null;
        if (parameters.All.Any(one => one.Key != "req" && !(one.Key == "name" && name == "@query-param")))
        {
            error = $"\"{name}\" takes no such parameter";
            return false;
        }

        if (name == "@query-param")
        {
            return TryQueryParameter(message, parameters, out value, out error);
        }

        var isRequest = message.Method is not null;
        var found = name switch
        {
            "@method" when isRequest => message.Method,
            "@target-uri" when isRequest => message.TargetUri,
            "@authority" when isRequest => message.NormalAuthority,
            "@scheme" when isRequest => message.NormalScheme,
            "@request-target" when isRequest => message.Target,
            "@path" when isRequest => message.Path,
            "@query" when isRequest => message.Query,
            "@status" when message.Status is { } status => status.ToString("000", System.Globalization.CultureInfo.InvariantCulture),
            _ => null,
        };
        value = found ?? "";
        error = found is null ? $"\"{name}\" is no component of such a message" : null;
        return found is not null;
    }

    /// <summary>Section 2.2.8: named by its encoded name, and only if it is there exactly once.</summary>
    private static bool TryQueryParameter(HttpMessageParts message, Parameters parameters, out string value, out string? error)
    {
        value = "";
        if (message.Method is null || parameters.Find("name") is not BareItem.StringItem { Value: var wanted })
        {
            error = "\"@query-param\" is of a request and needs a name";
            return false;
        }

        var found = 0;
        foreach (var pair in message.Query[1..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (FormEncoding.Normalize(equals < 0 ? pair : pair[..equals]) == wanted)
            {
                value = equals < 0 ? "" : FormEncoding.Normalize(pair[(equals + 1)..]);
                found++;
            }
        }

        error = found == 1 ? null : $"the query has {found} parameters named \"{wanted}\"";
        return found == 1;
    }

    private static bool TryField(
        HttpMessageParts message, string name, Parameters parameters, out string value, out string? error)
    {
        value = "";
        if (name.Length == 0 || name.Any(c => c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.' or '!' or '#'
            or '$' or '%' or '&' or '\'' or '*' or '+' or '^' or '`' or '|' or '~')))
        {
            error = $"\"{name}\" is no field name in lower case";
            return false;
        }

        var lines = (parameters.IsSet("tr") ? message.Trailers : message.Fields)
            .Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(field => Unfold(field.Value))
            .ToList();
        var key = parameters.Find("key");
        error = lines.Count == 0 ? $"the message has no field \"{name}\""
            : parameters.Find("name") is not null ? $"\"{name}\" takes no name"
            : parameters.IsSet("bs") && (parameters.IsSet("sf") || key is not null) ? $"\"{name}\": bs goes with neither sf nor key"
            : null;
        if (error is not null)
        {
            return false;
        }

        if (parameters.IsSet("bs"))
        {
            value = string.Join(", ", lines.Select(line => ":" + Convert.ToBase64String(Encoding.Latin1.GetBytes(line)) + ":"));
            return true;
        }

        var joined = string.Join(", ", lines);
        if (key is not null)
        {
            return TryMember(name, joined, key, out value, out error);
        }

        value = joined;
        return !parameters.IsSet("sf") || StructuredFieldKinds.TryWriteAnew(name, joined, out value, out error);
    }

    /// <summary>Section 2.1.2: one member of a dictionary, without its key.</summary>
    private static bool TryMember(string name, string joined, BareItem key, out string value, out string? error)
    {
        value = "";
        if (key is not BareItem.StringItem { Value: var wanted })
        {
            error = $"\"{name}\": key is a string";
            return false;
        }

        if (!StructuredField.TryParseDictionary(joined, out var members, out error))
        {
            error = $"\"{name}\" is no dictionary: {error}";
            return false;
        }

        var member = members.FirstOrDefault(one => one.Key == wanted).Value;
        value = member is null ? "" : StructuredField.Write(member);
        error = member is null ? $"\"{name}\" has no member '{wanted}'" : null;
        return member is not null;
    }

    /// <summary>Section 2.1: white space around a value, and folded lines, mean nothing.</summary>
    private static string Unfold(string value)
    {
        if (!value.AsSpan().ContainsAny('\r', '\n'))
        {
            return value.Trim(' ', '\t');
        }

        var lines = value.Split('\n').Select(line => line.Trim(' ', '\t', '\r')).Where(line => line.Length > 0);
        return string.Join(' ', lines);
    }
}
