using System.Globalization;
using System.Text;
using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Policies;

/// <summary>A log that a policy trusts.</summary>
/// <param name="Key">Its key; the key's name is the log's origin.</param>
/// <param name="Url">As written, opaque; null if not given.</param>
public sealed record PolicyLog(VerifierKey Key, string? Url);

/// <summary>A witness that a policy knows.</summary>
/// <param name="Name">Its name within the policy. Octets of the file, each as the character of that number.</param>
/// <param name="Key">Its cosignature key.</param>
/// <param name="Url">As written, opaque; null if not given.</param>
public sealed record PolicyWitness(string Name, VerifierKey Key, string? Url);

/// <summary>Witnesses and groups of which some number must have cosigned.</summary>
/// <param name="Name">Its name, octets as for <see cref="PolicyWitness.Name"/>.</param>
/// <param name="Threshold">1 to the number of members.</param>
/// <param name="Members">Names of witnesses and of groups defined before.</param>
public sealed record PolicyGroup(string Name, int Threshold, IReadOnlyList<string> Members);

/// <summary>
/// Which logs and witnesses are trusted, and how many witnesses must have cosigned a checkpoint (C2SP tlog-policy).
/// </summary>
public sealed class LogPolicy
{
    /// <summary>The quorum that asks for no cosignature.</summary>
    public const string NoQuorum = "none";

    internal LogPolicy(
        IReadOnlyList<PolicyLog> logs,
        IReadOnlyList<PolicyWitness> witnesses,
        IReadOnlyList<PolicyGroup> groups,
        string quorum)
    {
        Logs = logs;
        Witnesses = witnesses;
        Groups = groups;
        Quorum = quorum;
    }

    public IReadOnlyList<PolicyLog> Logs { get; }

    public IReadOnlyList<PolicyWitness> Witnesses { get; }

    /// <summary>In the order of their definition: a group's members come before it.</summary>
    public IReadOnlyList<PolicyGroup> Groups { get; }

    /// <summary>Name of a witness or group, or <see cref="NoQuorum"/>.</summary>
    public string Quorum { get; }

    /// <summary>The policy that trusts one log and asks for no witness.</summary>
    public static LogPolicy TrustLog(VerifierKey key) => new([new PolicyLog(key, null)], [], [], NoQuorum);

    /// <summary>Reads a policy file; strict.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> file, [NotNullWhen(true)] out LogPolicy? policy, [NotNullWhen(false)] out string? error) =>
        new PolicyParser().TryParse(file, out policy, out error);

    /// <summary>Every key of the policy, for opening a note.</summary>
    public IReadOnlyList<VerifierKey> Keys =>
        [.. Logs.Select(log => log.Key), .. Witnesses.Select(witness => witness.Key)];

    /// <summary>
    /// Opens a checkpoint: the note verifies, a trusted log of that origin has signed it, and the witnesses' cosignatures
    /// reach the quorum. One bad signature of any key of the policy refuses it.
    /// </summary>
    public bool TryOpenCheckpoint(
        ReadOnlySpan<byte> note, [NotNullWhen(true)] out TrustedCheckpoint? checkpoint, [NotNullWhen(false)] out string? error)
    {
        if (TryOpenSigned(note, out checkpoint, out error) && !IsQuorum(checkpoint.CosignedBy))
        {
            error = WhyNoQuorum(checkpoint);
            checkpoint = null;
        }

        return checkpoint is not null;
    }

    /// <summary>The first half of <see cref="TryOpenCheckpoint"/>: all but the quorum, which the caller must look at.</summary>
    internal bool TryOpenSigned(
        ReadOnlySpan<byte> note, [NotNullWhen(true)] out TrustedCheckpoint? checkpoint, [NotNullWhen(false)] out string? error)
    {
        checkpoint = null;
        if (!OpenedNote.TryOpen(note, Keys, out var opened, out error)
            || !Checkpoint.TryParse(opened.Note.Text, out var parsed, out error))
        {
            return false;
        }

        var log = opened.Verified.FirstOrDefault(signature =>
            signature.Key.Name == parsed.Origin && Logs.Any(log => IsSame(log.Key, signature.Key)));
        if (log is null)
        {
            error = $"No trusted log of origin '{parsed.Origin}' has signed the checkpoint.";
            return false;
        }

        var cosigned = Witnesses
            .Where(witness => opened.Verified.Any(signature => IsSame(witness.Key, signature.Key)))
            .Select(witness => witness.Name)
            .ToHashSet(StringComparer.Ordinal);
        checkpoint = new TrustedCheckpoint(parsed, opened, log.Key, cosigned);
        return true;
    }

    internal string WhyNoQuorum(TrustedCheckpoint checkpoint) =>
        $"The witnesses that cosigned ({checkpoint.CosignedBy.Count} of {Witnesses.Count}) do not reach quorum '{Quorum}'.";

    /// <summary>Whether witnesses of these names are enough.</summary>
    public bool IsQuorum(IReadOnlySet<string> cosigned)
    {
        ArgumentNullException.ThrowIfNull(cosigned);
        if (Quorum == NoQuorum)
        {
            return true;
        }

        // Members are defined before their group, so one pass settles all.
        var witnessed = new HashSet<string>(cosigned, StringComparer.Ordinal);
        witnessed.IntersectWith(Witnesses.Select(witness => witness.Name));
        foreach (var group in Groups)
        {
            if (group.Members.Count(witnessed.Contains) >= group.Threshold)
            {
                witnessed.Add(group.Name);
            }
        }

        return witnessed.Contains(Quorum);
    }

    /// <summary>The policy as a tlog-policy file, which <see cref="TryParse"/> reads to the same.</summary>
    public byte[] ToArray() => Encoding.Latin1.GetBytes(ToString());

    /// <summary>The policy as text: each byte of a name is a character, as names are any bytes. <see cref="ToArray"/> is the file.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var log in Logs)
        {
            AppendLine("log", log.Key.ToString(), log.Url);
        }

        foreach (var witness in Witnesses)
        {
            AppendLine("witness", witness.Name, witness.Key.ToString(), witness.Url);
        }

        foreach (var group in Groups)
        {
            AppendLine(["group", group.Name, group.Threshold.ToString(CultureInfo.InvariantCulture), .. group.Members]);
        }

        AppendLine("quorum", Quorum);
        return text.ToString();

        void AppendLine(params IEnumerable<string?> words) => text.AppendJoin(' ', words.OfType<string>()).Append('\n');
    }

    private static bool IsSame(VerifierKey a, VerifierKey b) =>
        a.Name == b.Name && a.Id == b.Id && a.Type == b.Type && a.PublicKey.SequenceEqual(b.PublicKey);
}

/// <summary>A checkpoint that a policy accepts.</summary>
/// <param name="Checkpoint">What the log signed.</param>
/// <param name="Note">The note it came in.</param>
/// <param name="LogKey">The log's key.</param>
/// <param name="CosignedBy">Policy names of the witnesses that cosigned.</param>
public sealed record TrustedCheckpoint(
    Checkpoint Checkpoint, OpenedNote Note, VerifierKey LogKey, IReadOnlySet<string> CosignedBy);
