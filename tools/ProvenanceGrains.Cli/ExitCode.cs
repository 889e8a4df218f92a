namespace ProvenanceGrains.Cli;

/// <summary>What the process tells its caller. Scripts rely on it: the numbers never change.</summary>
internal static class ExitCode
{
    /// <summary>Everything that was asked for holds, or was done.</summary>
    public const int Sound = 0;

    /// <summary>Something that was to be verified does not hold.</summary>
    public const int Failed = 1;

    /// <summary>Nothing was decided: wrong usage, unreadable input, no connection, refused request.</summary>
    public const int Unusable = 2;
}

/// <summary>The command cannot do its work; the message says why, for a person.</summary>
internal sealed class UnusableException(string message, Exception? inner = null) : Exception(message, inner);
