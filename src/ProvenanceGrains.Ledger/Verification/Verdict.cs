using System.Text;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>What became of one check.</summary>
public enum CheckOutcome
{
    /// <summary>It was made and holds.</summary>
    Passed,

    /// <summary>It was made and does not hold.</summary>
    Failed,

    /// <summary>It could not be made; the reason says why. Nothing is vouched for.</summary>
    NotChecked,
}

/// <summary>One named check.</summary>
/// <param name="Name">Short and stable, e.g. <c>inclusion</c>.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">A sentence that names the link, byte range or signature.</param>
public sealed record Check(string Name, CheckOutcome Outcome, string Reason)
{
    public override string ToString() => $"{Outcome switch
    {
        CheckOutcome.Passed => "passed     ",
        CheckOutcome.Failed => "FAILED     ",
        CheckOutcome.NotChecked => "not checked",
    }} {Name}: {Reason}";
}

/// <summary>The outcome of a verification: what was checked, what was not, and why. Show a person the checks, not only <see cref="IsSound"/>.</summary>
/// <param name="Subject">What was verified, in words.</param>
/// <param name="Checks">In the order in which they were made; at least one.</param>
public sealed record Verdict(string Subject, IReadOnlyList<Check> Checks)
{
    /// <summary>Something passed and nothing failed. Checks that were not made do not count: read their reasons.</summary>
    public bool IsSound =>
        Checks.Any(check => check.Outcome == CheckOutcome.Passed) && Checks.All(check => check.Outcome != CheckOutcome.Failed);

    /// <summary>The checks that failed.</summary>
    public IEnumerable<Check> Failures => Checks.Where(check => check.Outcome == CheckOutcome.Failed);

    /// <summary>The subject and then a line for each check.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Subject).Append('\n');
        foreach (var check in Checks)
        {
            text.Append(check).Append('\n');
        }

        return text.Append(IsSound ? "sound" : "NOT SOUND").Append('\n').ToString();
    }
}

/// <summary>Collects checks. Failures of one name beyond <see cref="MaxFailures"/> are counted, not kept.</summary>
internal sealed class VerdictBuilder(string subject)
{
    /// <summary>Kept failures of one name: a long history that is bad throughout must not fill the memory.</summary>
    private const int MaxFailures = 20;

    private readonly List<Check> _checks = [];
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);

    public string Subject { get; set; } = subject;

    public void Pass(string name, string reason) => _checks.Add(new Check(name, CheckOutcome.Passed, reason));

    public void Skip(string name, string reason) => _checks.Add(new Check(name, CheckOutcome.NotChecked, reason));

    public void Fail(string name, string reason)
    {
        var count = _failures[name] = _failures.GetValueOrDefault(name) + 1;
        if (count <= MaxFailures)
        {
            _checks.Add(new Check(name, CheckOutcome.Failed, reason));
        }
    }

    /// <summary>Fails with the error if there is one, else passes.</summary>
    /// <returns>Whether it passed.</returns>
    public bool Judge(string name, string? error, string passed)
    {
        if (error is null)
        {
            Pass(name, passed);
        }
        else
        {
            Fail(name, error);
        }

        return error is null;
    }

    public bool HasAnyFailed => _failures.Count > 0;

    public bool HasFailed(string name) => _failures.ContainsKey(name);

    /// <summary>Closes a check that was made link by link: passes if no link failed it.</summary>
    public void Close(string name, string passed)
    {
        var count = _failures.GetValueOrDefault(name);
        if (count == 0)
        {
            Pass(name, passed);
        }
        else if (count > MaxFailures)
        {
            _checks.Add(new Check(name, CheckOutcome.Failed, $"{count - MaxFailures} further links fail this check."));
        }
    }

    public Verdict Build() => new(Subject, _checks);
}
