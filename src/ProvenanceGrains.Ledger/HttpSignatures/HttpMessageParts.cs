namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>What of an HTTP message a signature can cover (RFC 9421 section 2): a request, or a response with its request.</summary>
public sealed record HttpMessageParts
{
    /// <summary>Of a request, as sent; null for a response.</summary>
    public string? Method { get; init; }

    /// <summary><c>https</c> or <c>http</c>.</summary>
    public string Scheme { get; init; } = "https";

    /// <summary>Host and port as sent; compared in lower case and without a default port (section 2.2.3).</summary>
    public string Authority { get; init; } = "";

    /// <summary>The request target as sent: path and query, percent-encoded (RFC 9112 section 3.2.1).</summary>
    public string Target { get; init; } = "/";

    /// <summary>Of a response; null for a request.</summary>
    public int? Status { get; init; }

    /// <summary>Field lines in the order in which they came: names in any case, values as sent.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; }

    /// <summary>Field lines of the trailer section.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; init; } = [];

    /// <summary>For a response: the request that it answers (section 2.4).</summary>
    public HttpMessageParts? Request { get; init; }

    internal string NormalAuthority
    {
        get
        {
            var lower = Authority.ToLowerInvariant();
            var defaultPort = NormalScheme switch { "https" => ":443", "http" => ":80", _ => null };
            return defaultPort is not null && lower.EndsWith(defaultPort, StringComparison.Ordinal) ? lower[..^defaultPort.Length] : lower;
        }
    }

    internal string NormalScheme => Scheme.ToLowerInvariant();

    internal string Path
    {
        get
        {
            var query = Target.IndexOf('?', StringComparison.Ordinal);
            var path = query < 0 ? Target : Target[..query];
            return path.Length == 0 ? "/" : path;
        }
    }

    /// <summary>With its question mark; a lone one if there is no query (section 2.2.7).</summary>
    internal string Query
    {
        get
        {
            var query = Target.IndexOf('?', StringComparison.Ordinal);
            return query < 0 ? "?" : Target[query..];
        }
    }

    /// <summary>The absolute target URI (section 2.2.2).</summary>
    public string TargetUri
    {
        get
        {
            var query = Target.IndexOf('?', StringComparison.Ordinal);
            return $"{NormalScheme}://{NormalAuthority}{Path}{(query < 0 ? "" : Target[query..])}";
        }
    }
}
