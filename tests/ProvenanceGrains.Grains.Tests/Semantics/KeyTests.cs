namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface IGuidGrain : IGrainWithGuidKey
{
    Task<Guid> Key();
}

internal interface IIntegerGrain : IGrainWithIntegerKey
{
    Task<long> Key();
}

internal interface IStringGrain : IGrainWithStringKey
{
    Task<string> Key();

    Task<string> Id();

    Task<string> KeyOf(IStringGrain other);

    Task<string> AskOtherForMyKey(string other);
}

internal sealed class GuidGrain : Grain, IGuidGrain
{
    public Task<Guid> Key() => Task.FromResult(this.GetPrimaryKey());
}

internal sealed class IntegerGrain : Grain, IIntegerGrain
{
    public Task<long> Key() => Task.FromResult(this.GetPrimaryKeyLong());
}

internal sealed class StringGrain : Grain, IStringGrain
{
    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<string> Id() => Task.FromResult(this.GetGrainId().ToString());

    public Task<string> KeyOf(IStringGrain other) => Task.FromResult(other.GetPrimaryKeyString());

    public Task<string> AskOtherForMyKey(string other) =>
        GrainFactory.GetGrain<IStringGrain>(other).KeyOf(this.AsReference<IStringGrain>());
}

public sealed class KeyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(42)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task An_integer_key_arrives(long key)
    {
        await using var silo = await SiloUnderTest.StartAsync();

        Assert.Equal(key, await silo.Grains.GetGrain<IIntegerGrain>(key).Key());
    }

    [Fact]
    public async Task Guid_and_string_keys_arrive()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var guid = new Guid("6b29fc40-ca47-1067-b31d-00dd010662da");

        Assert.Equal(guid, await silo.Grains.GetGrain<IGuidGrain>(guid).Key());
        Assert.Equal("urn:epc:id:sgtin:1.2/3", await silo.Get<IStringGrain>("urn:epc:id:sgtin:1.2/3").Key());
        Assert.Equal("string/k", await silo.Get<IStringGrain>("k").Id());
        Assert.Equal("k", silo.Get<IStringGrain>("k").GetPrimaryKeyString());
    }

    [Fact]
    public async Task A_reference_can_be_an_argument()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        Assert.Equal("me", await silo.Get<IStringGrain>("me").AskOtherForMyKey("other"));
    }
}
