using System.Diagnostics.CodeAnalysis;
using System.Text;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Policies;

/// <summary>
/// Reads a policy file line by line (C2SP tlog-policy). Names are octet strings: each octet becomes the character of that
/// number, so that they compare as octets whatever their encoding.
/// </summary>
internal sealed class PolicyParser
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDefinitions = 1024;

    private readonly List<PolicyLog> _logs = [];
    private readonly List<PolicyWitness> _witnesses = [];
    private readonly List<PolicyGroup> _groups = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private string? _quorum;

    public bool TryParse(
        ReadOnlySpan<byte> file, [NotNullWhen(true)] out LogPolicy? policy, [NotNullWhen(false)] out string? error)
    {
        policy = null;
        error = file.Length > MaxBytes ? $"A policy has at most {MaxBytes} bytes."
            : file.IndexOfAnyInRange((byte)0x00, (byte)0x08) >= 0
                || file.IndexOfAnyInRange((byte)0x0B, (byte)0x1F) >= 0
                || file.Contains((byte)0x7F) ? "A policy holds no control characters other than tab and newline."
            : !file.IsEmpty && file[^1] != '\n' ? "The last line of the policy has no newline."
            : null;
        for (var number = 1; error is null && StrictText.TryTakeLine(ref file, out var line); number++)
        {
            error = ReadLine(line);
            error = error is null ? null : $"Line {number} of the policy: {error}";
        }

        error ??= _quorum is null ? "The policy defines no quorum." : null;
        policy = error is null ? new LogPolicy(_logs, _witnesses, _groups, _quorum!) : null;
        return error is null;
    }

    private string? ReadLine(ReadOnlySpan<byte> line)
    {
        var words = Encoding.Latin1.GetString(line).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0][0] == '#')
        {
            return null;
        }

        return words[0] switch
        {
            _ when _logs.Count + _names.Count >= MaxDefinitions => $"more than {MaxDefinitions} definitions.",
            "log" => words.Length is 2 or 3 ? AddLog(words) : "'log' takes a key and perhaps a URL.",
            "witness" => words.Length is 3 or 4 ? AddWitness(words) : "'witness' takes a name, a key and perhaps a URL.",
            "group" => words.Length >= 4 ? AddGroup(words) : "'group' takes a name, a threshold and members.",
            "quorum" => words.Length == 2 ? SetQuorum(words[1]) : "'quorum' takes one name.",
            _ => $"'{words[0]}' is not a definition.",
        };
    }

    private string? AddLog(string[] words)
    {
        if (!TryReadKey(words[1], out var key, out var error))
        {
            return error;
        }

        if (_logs.Any(log => log.Key.PublicKey.SequenceEqual(key.PublicKey)))
        {
            return "another log has the same public key.";
        }

        _logs.Add(new PolicyLog(key, words.Length == 3 ? words[2] : null));
        return null;
    }

    private string? AddWitness(string[] words)
    {
        if (!TryReadKey(words[2], out var key, out var error))
        {
            return error;
        }

        if (key.Type is not (NoteSignatureType.CosignatureV1 or NoteSignatureType.MlDsa44))
        {
            return $"a witness needs a cosignature key, not one of type {key.Type}.";
        }

        if (_witnesses.Any(witness => witness.Key.PublicKey.SequenceEqual(key.PublicKey)))
        {
            return "another witness has the same public key.";
        }

        if (!TryDefine(words[1], out error))
        {
            return error;
        }

        _witnesses.Add(new PolicyWitness(words[1], key, words.Length == 4 ? words[3] : null));
        return null;
    }

    private string? AddGroup(string[] words)
    {
        var members = words[3..];
        foreach (var member in members)
        {
            // "none" is never defined, so it cannot be a member either.
            if (!_names.Contains(member))
            {
                return $"member '{member}' is not defined before.";
            }

            if (!_members.Add(member))
            {
                return $"'{member}' is a member already.";
            }
        }

        if (!TryReadThreshold(words[2], members.Length, out var threshold))
        {
            return $"the threshold is 'all', 'any' or 1 to {members.Length}, not '{words[2]}'.";
        }

        if (!TryDefine(words[1], out var error))
        {
            return error;
        }

        _groups.Add(new PolicyGroup(words[1], threshold, members));
        return null;
    }

    private string? SetQuorum(string name)
    {
        if (_quorum is not null)
        {
            return "the quorum is defined already.";
        }

        if (name != LogPolicy.NoQuorum && !_names.Contains(name))
        {
            return $"quorum '{name}' is not defined before.";
        }

        _quorum = name;
        return null;
    }

    private bool TryDefine(string name, [NotNullWhen(false)] out string? error)
    {
        error = name == LogPolicy.NoQuorum ? "'none' names nothing."
            : !_names.Add(name) ? $"'{name}' is defined already."
            : null;
        return error is null;
    }

    private static bool TryReadThreshold(string word, int members, out int threshold)
    {
        threshold = word switch { "all" => members, "any" => 1, _ => 0 };
        return threshold > 0
            || (!word.AsSpan().ContainsAnyExceptInRange('0', '9')
                && int.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out threshold)
                && threshold >= 1
                && threshold <= members);
    }

    private static bool TryReadKey(
        string word, [NotNullWhen(true)] out VerifierKey? key, [NotNullWhen(false)] out string? error)
    {
        // A key's name is UTF-8, unlike the policy's own names.
        var bytes = Encoding.Latin1.GetBytes(word);
        if (StrictText.IsNoteText(bytes))
        {
            return VerifierKey.TryParse(StrictText.ToText(bytes), out key, out error);
        }

        key = null;
        error = "the key is not UTF-8.";
        return false;
    }
}
