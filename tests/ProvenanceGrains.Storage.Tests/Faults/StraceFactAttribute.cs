namespace ProvenanceGrains.Storage.Tests.Faults;

/// <summary>Runs with strace; skips without it, but fails there where CI=true.</summary>
public sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute() => Skip = StraceTheoryAttribute.Reason;
}

/// <inheritdoc cref="StraceFactAttribute"/>
public sealed class StraceTheoryAttribute : TheoryAttribute
{
    public StraceTheoryAttribute() => Skip = Reason;

    internal static string? Reason =>
        File.Exists("/usr/bin/strace") || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : "Needs /usr/bin/strace.";
}
