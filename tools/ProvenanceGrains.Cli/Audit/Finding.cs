namespace ProvenanceGrains.Cli.Audit;

/// <summary>Something that does not hold, and where.</summary>
/// <param name="Message">What is wrong, for a person.</param>
/// <param name="File">The file concerned, or null.</param>
/// <param name="Offset">Byte in the file where it begins, or null.</param>
/// <param name="Length">How many bytes it concerns, or null.</param>
/// <param name="Leaf">Index of the leaf concerned, or null.</param>
/// <param name="Ordinal">Ordinal of the entry concerned, or null.</param>
internal sealed record Finding(
    string Message, string? File = null, long? Offset = null, long? Length = null, long? Leaf = null, long? Ordinal = null)
{
    /// <summary>Where it is, e.g. <c>log/tile/0/000, bytes 32 to 63, leaf 1</c>.</summary>
    public string Place
    {
        get
        {
            var parts = new List<string>();
            if (File is not null)
            {
                parts.Add(File);
            }

            if (Offset is { } offset)
            {
                parts.Add(Length is { } length and > 1 ? $"bytes {offset} to {offset + length - 1}" : $"byte {offset}");
            }

            if (Leaf is { } leaf)
            {
                parts.Add($"leaf {leaf}");
            }

            if (Ordinal is { } ordinal)
            {
                parts.Add($"entry {ordinal}");
            }

            return string.Join(", ", parts);
        }
    }
}

/// <summary>What an audit has found so far. Written by one audit at a time.</summary>
internal sealed class Findings
{
    /// <summary>How many failures are kept; one changed byte can break thousands of links behind it.</summary>
    public const int MaxKept = 100;

    private readonly List<Finding> _failures = [];
    private readonly List<string> _notices = [];

    public IReadOnlyList<Finding> Failures => _failures;

    /// <summary>Every failure, kept or not.</summary>
    public long FailureCount { get; private set; }

    /// <summary>What is no failure but should be known, e.g. what was not audited.</summary>
    public IReadOnlyList<string> Notices => _notices;

    public void Fail(Finding finding)
    {
        FailureCount++;
        if (_failures.Count < MaxKept)
        {
            _failures.Add(finding);
        }
    }

    public void Note(string notice)
    {
        if (_notices.Count < MaxKept)
        {
            _notices.Add(notice);
        }
    }
}
