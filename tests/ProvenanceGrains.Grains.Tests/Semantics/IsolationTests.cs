using System.Collections.Immutable;
using Orleans.Serialization;

namespace ProvenanceGrains.Grains.Tests.Semantics;

[GenerateSerializer]
internal class Box
{
    [Id(0)]
    public int[] Numbers { get; set; } = [];

    [Id(1)]
    public Box? Inner { get; set; }

    public string? Unnumbered { get; set; } = "initial";
}

[GenerateSerializer]
internal sealed class BigBox : Box
{
    [Id(0)]
    public string? Label { get; set; }
}

[GenerateSerializer]
internal sealed record Pair(int Number, List<string> Names);

[GenerateSerializer]
internal readonly record struct Point([property: Id(0)] int X, [property: Id(1)] int[] Path);

[GenerateSerializer, Immutable]
internal sealed class Frozen
{
    [Id(0)]
    public int[] Numbers { get; init; } = [];
}

internal sealed class Unmarked;

/// <summary>A type that knows nothing of grains.</summary>
internal sealed class Foreign(int value)
{
    public int Value { get; } = value;
}

[GenerateSerializer]
internal struct ForeignSurrogate
{
    [Id(0)]
    public int Value;
}

[RegisterConverter]
internal sealed class ForeignConverter : IConverter<Foreign, ForeignSurrogate>
{
    public Foreign ConvertFromSurrogate(in ForeignSurrogate surrogate) => new(surrogate.Value);

    public ForeignSurrogate ConvertToSurrogate(in Foreign value) => new() { Value = value.Value };
}

internal interface IUnmarkedGrain : IGrainWithStringKey
{
    Task Fine();

    Task Take(Unmarked message);
}

internal interface IEchoGrain : IGrainWithStringKey
{
    Task<Box> Box(Box value);

    Task<Pair> Pair(Pair value);

    Task<Point> Point(Point value);

    Task<Frozen> Frozen(Frozen value);

    Task<Foreign> Foreign(Foreign value);

    Task<Dictionary<string, List<Box>>> Map(Dictionary<string, List<Box>> value);

    Task<ImmutableArray<Box>> Array(ImmutableArray<Box> value);

    Task<(Box A, Box B)> Tuple((Box A, Box B) value);

    Task<object?> Any(object? value);

    ValueTask<ReadOnlyMemory<byte>> Bytes(ReadOnlyMemory<byte> value);

    Task<Box> Kept();

    Task Keep(Box value);

    Task KeepMarked([Immutable] Box value);

    [return: Immutable]
    Task<Box> KeptMarked();
}

internal sealed class UnmarkedGrain : Grain, IUnmarkedGrain
{
    public Task Fine() => Task.CompletedTask;

    public Task Take(Unmarked message) => Task.CompletedTask;
}

internal sealed class EchoGrain : Grain, IEchoGrain
{
    private Box _kept = new();

    public Task<Box> Box(Box value) => Task.FromResult(value);

    public Task<Pair> Pair(Pair value) => Task.FromResult(value);

    public Task<Point> Point(Point value) => Task.FromResult(value);

    public Task<Frozen> Frozen(Frozen value) => Task.FromResult(value);

    public Task<Foreign> Foreign(Foreign value) => Task.FromResult(value);

    public Task<Dictionary<string, List<Box>>> Map(Dictionary<string, List<Box>> value) => Task.FromResult(value);

    public Task<ImmutableArray<Box>> Array(ImmutableArray<Box> value) => Task.FromResult(value);

    public Task<(Box A, Box B)> Tuple((Box A, Box B) value) => Task.FromResult(value);

    public Task<object?> Any(object? value) => Task.FromResult(value);

    public ValueTask<ReadOnlyMemory<byte>> Bytes(ReadOnlyMemory<byte> value) => ValueTask.FromResult(value);

    public Task<Box> Kept() => Task.FromResult(_kept);

    public Task Keep(Box value)
    {
        _kept = value;
        return Task.CompletedTask;
    }

    public Task KeepMarked(Box value) => Keep(value);

    public Task<Box> KeptMarked() => Kept();
}

public sealed class IsolationTests
{
    [Fact]
    public async Task A_caller_cannot_change_an_argument_after_the_call()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IEchoGrain>();
        var box = new Box { Numbers = [1, 2], Inner = new Box { Numbers = [3] } };

        await grain.Keep(box);
        box.Numbers[0] = 99;
        box.Inner.Numbers[0] = 99;

        var kept = await grain.Kept();
        Assert.Equal([1, 2], kept.Numbers);
        Assert.Equal([3], kept.Inner!.Numbers);
    }

    [Fact]
    public async Task A_caller_cannot_change_a_grains_state_through_a_result()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IEchoGrain>();
        await grain.Keep(new Box { Numbers = [1] });

        (await grain.Kept()).Numbers[0] = 99;

        var kept = await grain.Kept();
        Assert.Equal([1], kept.Numbers);
    }

    [Fact]
    public async Task An_immutable_value_is_passed_without_a_copy()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var frozen = new Frozen { Numbers = [1] };
        var text = new string('x', 3);

        Assert.Same(frozen, await silo.Get<IEchoGrain>().Frozen(frozen));
        Assert.Same(text, await silo.Get<IEchoGrain>().Any(text));
    }

    [Fact]
    public async Task A_parameter_or_result_marked_immutable_is_passed_without_a_copy()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IEchoGrain>();
        var box = new Box();

        await grain.KeepMarked(box);

        Assert.Same(box, await grain.KeptMarked());
    }

    [Fact]
    public async Task A_member_without_a_number_loses_its_value()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        var copy = await silo.Get<IEchoGrain>().Box(new Box { Numbers = [1], Unnumbered = "set" });

        Assert.Equal([1], copy.Numbers);
        Assert.Equal("initial", copy.Unnumbered);
    }

    [Fact]
    public async Task A_type_without_a_serializer_fails_the_whole_interface()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        Assert.Throws<CodecNotFoundException>(() => silo.Get<IUnmarkedGrain>());
    }

    [Fact]
    public async Task An_object_without_a_serializer_is_refused_where_only_its_value_tells()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        await Assert.ThrowsAsync<CodecNotFoundException>(async () => await silo.Get<IEchoGrain>().Any(new Unmarked()));
    }

    [Fact]
    public async Task A_derived_object_keeps_its_type_and_all_its_members()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        var copy = await silo.Get<IEchoGrain>().Box(new BigBox { Numbers = [7], Label = "big" });

        var big = Assert.IsType<BigBox>(copy);
        Assert.Equal([7], big.Numbers);
        Assert.Equal("big", big.Label);
    }

    [Fact]
    public async Task Shared_and_cyclic_references_stay_so()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var loop = new Box { Numbers = [1] };
        loop.Inner = loop;
        var shared = new Box();

        var copy = await silo.Get<IEchoGrain>().Box(loop);
        var (a, b) = await silo.Get<IEchoGrain>().Tuple((shared, shared));

        Assert.NotSame(loop, copy);
        Assert.Same(copy, copy.Inner);
        Assert.Same(a, b);
        Assert.NotSame(shared, a);
    }

    [Fact]
    public async Task Records_structs_and_collections_are_copied_whole()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IEchoGrain>();
        var pair = new Pair(5, ["a", "b"]);
        var point = new Point(3, [4]);
        var map = new Dictionary<string, List<Box>> { ["k"] = [new Box { Numbers = [1] }] };
        var bytes = new byte[] { 1, 2, 3 };

        var pairCopy = await grain.Pair(pair);
        var pointCopy = await grain.Point(point);
        var mapCopy = await grain.Map(map);
        var array = await grain.Array([map["k"][0]]);
        var bytesCopy = await grain.Bytes(bytes);

        Assert.Equal(5, pairCopy.Number);
        Assert.Equal(pair.Names, pairCopy.Names);
        Assert.NotSame(pair.Names, pairCopy.Names);
        Assert.Equal((3, 4), (pointCopy.X, pointCopy.Path[0]));
        Assert.NotSame(point.Path, pointCopy.Path);
        Assert.Equal([1], mapCopy["k"][0].Numbers);
        Assert.NotSame(map["k"][0], mapCopy["k"][0]);
        Assert.NotSame(map["k"][0], array[0]);
        bytes[0] = 99;
        Assert.Equal([1, 2, 3], bytesCopy.ToArray());
    }

    [Fact]
    public async Task A_foreign_type_crosses_by_its_converter()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var value = new Foreign(42);

        var copy = await silo.Get<IEchoGrain>().Foreign(value);

        Assert.Equal(42, copy.Value);
        Assert.NotSame(value, copy);
    }
}
