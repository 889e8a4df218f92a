using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.TestKit.Fuzzing;

namespace ProvenanceGrains.Simulation.Tests.Fuzzing;

/// <summary>The engine finds parsers that are wrong, each in one of the ways that it looks for.</summary>
public sealed class FuzzEngineTests
{
    private const int Bound = 20_000;

    private static readonly byte[][] Json = FuzzTarget.Texts("""{"a":[1,2,{"b":"text"}],"c":12}""", """{"a":[],"d":null}""");

    private static readonly byte[][] Prefixed = [[0, 0, 0, 3, 1, 2, 3], [0, 0, 0, 0]];

    [Fact]
    public void An_input_follows_from_its_seed_and_number()
    {
        var target = new FuzzTarget("json", FuzzShape.Json, Json, _ => true);
        for (var number = 0; number < 500; number++)
        {
            Assert.Equal(FuzzRun.Input(target, 7, number), FuzzRun.Input(target, 7, number));
        }

        Assert.Contains(Enumerable.Range(0, 50), number => !FuzzRun.Input(target, 7, number).SequenceEqual(FuzzRun.Input(target, 8, number)));
    }

    [Theory]
    [InlineData(FuzzShape.Bytes)]
    [InlineData(FuzzShape.Text)]
    [InlineData(FuzzShape.Lines)]
    [InlineData(FuzzShape.Json)]
    public void Inputs_keep_to_the_longest_that_is_asked_for(FuzzShape shape)
    {
        var target = new FuzzTarget("long", shape, Json, _ => true) { MaxBytes = 500 };
        Assert.All(Enumerable.Range(0, 2_000), number => Assert.InRange(FuzzRun.Input(target, 1, number).Length, 0, 500));
    }

    [Fact]
    public void It_finds_a_reader_that_throws_at_half_a_surrogate_pair() => Finds(new FuzzTarget("surrogates", FuzzShape.Json, Json, input =>
    {
        using var json = TryParse(input);
        if (json?.RootElement is { ValueKind: JsonValueKind.Object } root && root.EnumerateObject().Any(member => member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() == "x"))
        {
            return true;
        }

        return false;
    }));

    [Fact]
    public void It_finds_an_allocation_by_a_length_that_nobody_checked() => Finds(new FuzzTarget("length", FuzzShape.Bytes, Prefixed, input =>
    {
        var length = input.Length < 4 ? 0 : BinaryPrimitives.ReadInt32BigEndian(input);
        return length is > 0 and < 100_000_000 && new byte[length].Length + 4 == input.Length;
    }));

    [Fact]
    public void It_finds_a_length_that_reaches_beyond_the_input() => Finds(new FuzzTarget("beyond", FuzzShape.Bytes, Prefixed, input =>
        input.Length >= 4 && input.AsSpan(4, BinaryPrimitives.ReadInt32BigEndian(input)).Length >= 0));

    [Fact]
    public void It_finds_what_is_written_otherwise_than_it_was_read() => Finds(new FuzzTarget("number", FuzzShape.Text, FuzzTarget.Texts("size 12"), input =>
    {
        var text = Encoding.UTF8.GetString(input);
        var accepted = text.StartsWith("size ", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), null, out _);
        var written = accepted ? $"size {int.Parse(text.AsSpan(5), null)}" : text;
        return written == text ? accepted : throw new FuzzFailureException($"Written back as {written}.");
    }));

    [Fact]
    public void It_finds_what_only_a_digest_that_holds_lets_through() => Finds(new FuzzTarget("digest", FuzzShape.Bytes, [[1, 2, 3, 6]], input =>
    {
        var holds = input.Length > 1 && input[^1] == (byte)(input[..^1].Sum(b => b) & 0xFF);
        return holds && input[0] == 200 ? throw new FuzzFailureException("Reached.") : holds;
    })
    {
        Mend = input => input.Length == 0 ? input : [.. input[..^1], (byte)(input[..^1].Sum(b => b) & 0xFF)],
    });

    [Fact]
    public void It_finds_nothing_in_a_reader_that_is_right() => Assert.Null(FuzzTests.FirstFailure(
        new FuzzTarget("right", FuzzShape.Bytes, Prefixed, input => input.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(input) == input.Length - 4), 1, Bound));

    private static void Finds(FuzzTarget target) => Assert.NotNull(FuzzTests.FirstFailure(target, 1, Bound));

    private static JsonDocument? TryParse(byte[] input)
    {
        try
        {
            return JsonDocument.Parse(input);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
