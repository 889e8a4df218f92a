using System.Globalization;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.TestKit.Fuzzing;

namespace ProvenanceGrains.Simulation.Tests.Fuzzing;

/// <summary>
/// Every parser over inputs that follow from fixed seeds. The simulator's <c>fuzz</c> goes on from there for as long as one likes.
/// </summary>
public sealed class FuzzTests
{
    private const int Inputs = 400;

    private static readonly Dictionary<string, FuzzTarget> Targets = FuzzTargets
        .All(Environment.GetEnvironmentVariable("PROVENANCE_VECTORS"))
        .ToDictionary(target => target.Name);

    public static TheoryData<string> Names() => [.. Targets.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_input_breaks_a_parser(string name)
    {
        var failure = OnSmallStack(() => FirstFailure(Targets[name], 1, Inputs) ?? FirstFailure(Targets[name], 2, Inputs));
        Assert.True(failure is null, failure);
    }

    /// <summary>A target that accepts nothing of its corpus would test the first check of a parser and no more.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Some_of_the_corpus_is_accepted_and_all_of_it_is_sound(string name)
    {
        var results = OnSmallStack(() => Targets[name].Corpus.Select(sample => FuzzRun.Check(Targets[name], sample)).ToList());
        Assert.Contains(results, result => result.Accepted);
        Assert.DoesNotContain(results, result => result.Failure?.Contains("Exception", StringComparison.Ordinal) == true);
    }

    /// <summary>An event as it is stored is not always read again before it is shown: what is no JSON object is told, and nothing else thrown.</summary>
    [Theory]
    [InlineData("{\"eventID\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("{\"recordTime\":1}x{")]
    [InlineData("}{\"recordTime\":")]
    [InlineData("{\"recordTime\":{\"a\":1}")]
    public void An_event_that_is_no_Unicode_or_no_JSON_has_no_id_and_no_record_time(string content)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        Assert.Null(StoredEvent.ReadEventId(bytes));
        var failure = Record.Exception(() => StoredEvent.WriteWithRecordTime(new System.Buffers.ArrayBufferWriter<byte>(), bytes, 5));
        Assert.True(failure is null or InvalidDataException, failure?.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Golden_and_built_in_samples_are_there_without_vectors(string name) =>
        Assert.NotEmpty(FuzzTargets.All(vectors: null).Single(target => target.Name == name).Corpus);

    internal static string? FirstFailure(FuzzTarget target, ulong seed, int inputs)
    {
        FuzzRun.WarmUp(target);
        for (var number = 0; number < inputs; number++)
        {
            var input = FuzzRun.Input(target, seed, number);
            if (FuzzRun.Check(target, input).Failure is { } failure)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"{target.Name}, seed {seed}, input {number}: {failure}\nThe input, in base64: {Convert.ToBase64String(input)}");
            }
        }

        return null;
    }

    /// <summary>On such a stack, recursion that follows the nesting of an input ends the process.</summary>
    internal static T OnSmallStack<T>(Func<T> run)
    {
        T result = default!;
        var thread = new Thread(() => result = run(), FuzzRun.StackBytes);
        thread.Start();
        thread.Join();
        return result;
    }
}
