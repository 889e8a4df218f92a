using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Cli.Tests.Audit;

/// <summary>A log whose indexes are a VRF's: what the tool needs to know, and what it refuses.</summary>
public sealed class VrfAuditTests
{
    private static readonly VrfPrivateKey Key = KeyOf(3);

    [Fact]
    public async Task A_log_is_audited_with_the_vrf_key_beside_it_and_refused_with_another_or_none()
    {
        using var folder = new TestFolder();
        var chain = Chain();
        chain.WriteLog(folder.Path);
        var sound = await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey);
        Assert.True(sound.Code == 0, sound.Out);
        Assert.Equal(1, (await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey, "--vrf-key", KeyOf(4).Public.ToString())).Code);

        File.Delete(folder["vrf"]);
        Assert.Equal(1, (await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey)).Code);
        Assert.Equal(0, (await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey, "--vrf-key", Key.Public.ToString())).Code);
        Assert.Equal(2, (await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey, "--vrf-key", "nonsense")).Code);
    }

    [Fact]
    public async Task A_data_folders_indexes_are_audited_where_its_own_vrf_key_is_there()
    {
        using var folder = new TestFolder();
        var chain = Chain();
        chain.WriteDataFolder(folder.Path);
        var without = await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey);
        Assert.True(without.Code == 0, without.Out);
        Assert.Contains("vrf.key is not there", without.Out, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder["vrf.key"], Key.ExportText() + "\n");
        var with = await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey);
        Assert.True(with.Code == 0, with.Out);
        Assert.DoesNotContain("vrf.key is not there", with.Out, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder["vrf.key"], KeyOf(4).ExportText() + "\n");
        Assert.Equal(1, (await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey)).Code);
    }

    /// <summary>An operator who gives a lot an index of his own choosing, so that its history is not found under its own.</summary>
    [Fact]
    public async Task A_wrong_index_is_found_in_the_data_folder()
    {
        using var folder = new TestFolder();
        var chain = new TestChain(indexes: new WrongFor("01/1/10/B", new VrfEntityIndex(Key))).Event("e1", "01/1/10/A").Event("e2", "01/1/10/B").Seal();
        chain.WriteDataFolder(folder.Path);
        await File.WriteAllTextAsync(folder["vrf.key"], Key.ExportText() + "\n");
        var result = await Tool.RunAsync("audit", folder.Path, "--key", chain.Vkey);
        Assert.Equal(1, result.Code);
        Assert.Contains("index is not that of lot/01/1/10/B", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_kept_without_the_vrf_key_does_not_vouch_for_indexes()
    {
        using var folder = new TestFolder();
        var chain = new TestChain(indexes: new WrongFor("01/1/10/B", new VrfEntityIndex(Key)))
            .Event("e1", "01/1/10/A").Event("e2", "01/1/10/B").Event("e3", "01/1/10/A").Seal();
        chain.WriteDataFolder(folder["data"], unitsPerSegment: 1);
        Assert.Equal(0, (await Tool.RunAsync("audit", folder["data"], "--key", chain.Vkey, "--state", folder["state"])).Code);
        await File.WriteAllTextAsync(folder["data/vrf.key"], Key.ExportText() + "\n");

        var result = await Tool.RunAsync("audit", folder["data"], "--key", chain.Vkey, "--state", folder["state"]);

        Assert.Equal(1, result.Code);
        Assert.Contains("index is not that of lot/01/1/10/B", result.Out, StringComparison.Ordinal);
        Assert.Contains("indexes were not audited before, without vrf.key", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_verifies_with_the_vrf_key_and_not_without()
    {
        using var folder = new TestFolder();
        var chain = Chain();
        await File.WriteAllBytesAsync(folder["a.json"], HistoryJson.Write(chain.History("01/1/21/A")));
        await File.WriteAllTextAsync(folder["vrf"], Key.Public + "\n");
        var sound = await Tool.RunAsync("verify", folder["a.json"], "--key", chain.Vkey, "--vrf-key", "@" + folder["vrf"]);
        Assert.True(sound.Code == 0, sound.Out);
        Assert.Contains("index proof", sound.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await Tool.RunAsync("verify", folder["a.json"], "--key", chain.Vkey)).Code);
        Assert.Equal(1, (await Tool.RunAsync("verify", folder["a.json"], "--key", chain.Vkey, "--vrf-key", KeyOf(4).Public.ToString())).Code);
    }

    private static TestChain Chain() => new TestChain(indexes: new VrfEntityIndex(Key))
        .Event("e1", "01/1/21/A").Event("e2", "01/1/21/A", "01/1/10/B").Seal()
        .Event("e3", "01/1/10/B").Seal();

    private static VrfPrivateKey KeyOf(byte secret) =>
        VrfPrivateKey.TryCreate([.. Enumerable.Repeat(secret, 32)], out var key, out var error) ? key : throw new ArgumentException(error);

    private sealed class WrongFor(string key, IEntityIndexFunction inner) : IEntityIndexFunction
    {
        public IndexRule Rule => inner.Rule;

        public EntityIndex Compute(EntityId entity) =>
            entity.Key == key ? HashedEntityIndex.Instance.Compute(entity) : inner.Compute(entity);

        public IndexProof? Prove(EntityId entity) => inner.Prove(entity);
    }
}
