using System.Text;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>What a format is made of, so that changes to it get past its first check.</summary>
public enum FuzzShape
{
    /// <summary>Binary: lengths and numbers big-endian.</summary>
    Bytes,

    /// <summary>One line of text.</summary>
    Text,

    /// <summary>Lines, some of them base64.</summary>
    Lines,

    /// <summary>JSON, some of its strings base64.</summary>
    Json,
}

/// <summary>A parser that takes bytes from outside, and what must hold whatever they are.</summary>
/// <param name="Name">Short, as on the command line.</param>
/// <param name="Shape">How its inputs are changed.</param>
/// <param name="Corpus">Well-formed inputs (and some that are not) to begin with; at least one.</param>
/// <param name="Run">
/// Parses, and throws <see cref="FuzzFailureException"/> when what follows from the answer does not hold. Any other exception is a
/// failure too. Returns whether the input was accepted.
/// </param>
public sealed record FuzzTarget(string Name, FuzzShape Shape, IReadOnlyList<byte[]> Corpus, Func<byte[], bool> Run)
{
    /// <summary>The longest input that is made, in bytes.</summary>
    public int MaxBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes that a run may allocate whatever the input: for signatures and other arithmetic.</summary>
    public long AllocationBase { get; init; } = 1 << 20;

    /// <summary>Bytes that a run may allocate beyond that, per byte of input; the oracle's own work counts.</summary>
    public int AllocationFactor { get; init; } = 64;

    /// <summary>Makes digests right again, so that what lies behind them is reached too. Used on three inputs of four.</summary>
    public Func<byte[], byte[]>? Mend { get; init; }

    /// <summary>A corpus of texts.</summary>
    public static byte[][] Texts(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}

/// <summary>What a parser accepted does not hold, or a refusal has no reason.</summary>
public sealed class FuzzFailureException : Exception
{
    public FuzzFailureException()
    {
    }

    public FuzzFailureException(string message)
        : base(message)
    {
    }

    public FuzzFailureException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
