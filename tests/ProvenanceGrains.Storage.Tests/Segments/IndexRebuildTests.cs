using Microsoft.Data.Sqlite;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Segments;

public sealed class IndexRebuildTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private string Database => Path.Combine(_folder.Path, "index", "index.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_deleted_index_is_rebuilt_equal()
    {
        var before = await WriteAndDumpAsync();
        _folder.DeleteIndex();
        Assert.Equal(before, await ReopenAndDumpAsync());
    }

    [Fact]
    public async Task An_index_of_another_version_is_rebuilt_equal()
    {
        var before = await WriteAndDumpAsync();
        Execute("UPDATE meta SET value=99 WHERE name='version'; DELETE FROM part");
        Assert.Equal(before, await ReopenAndDumpAsync());
    }

    [Fact]
    public async Task An_index_of_another_log_is_rebuilt_equal()
    {
        var before = await WriteAndDumpAsync();
        Execute("UPDATE meta SET value=zeroblob(31)||x'01' WHERE name='log'; DELETE FROM part");
        Assert.Equal(before, await ReopenAndDumpAsync());
    }

    [Fact]
    public async Task An_index_that_is_no_database_is_rebuilt_equal()
    {
        var before = await WriteAndDumpAsync();
        var random = new Random(1);
        var bytes = new byte[10_000];
        random.NextBytes(bytes);
        await File.WriteAllBytesAsync(Database, bytes);
        Assert.Equal(before, await ReopenAndDumpAsync());
    }

    [Fact]
    public async Task An_index_whose_first_half_is_overwritten_is_rebuilt_equal()
    {
        var before = await WriteAndDumpAsync();
        var bytes = await File.ReadAllBytesAsync(Database);
        bytes.AsSpan(100, bytes.Length / 2).Fill(0xEE);
        await File.WriteAllBytesAsync(Database, bytes);
        Assert.Equal(before, await ReopenAndDumpAsync());
    }

    [Fact]
    public async Task An_index_that_lags_behind_catches_up()
    {
        var before = await WriteAndDumpAsync(20);
        var old = Path.Combine(_folder.Path, "old.db");
        File.Copy(Database, old);
        var after = await WriteAndDumpAsync(20, seed: 2);
        File.Copy(old, Database, overwrite: true);
        Assert.NotEqual(before, after);
        Assert.Equal(after, await ReopenAndDumpAsync());
    }

    [Fact]
    public async Task An_index_that_is_found_to_lie_is_rebuilt_at_the_next_start()
    {
        var before = await WriteAndDumpAsync();
        Execute("UPDATE part SET seq=seq+1");
        await using (var store = await _folder.OpenAsync())
        {
            await Assert.ThrowsAnyAsync<Exception>(
                async () => await store.ReadJournalAsync(SupplyChainUnits.Lot(1), 0, 100, default));
        }

        Assert.Equal(before, await ReopenAndDumpAsync());
    }

    private async Task<List<string>> WriteAndDumpAsync(int count = 60, int seed = 1)
    {
        var units = new SupplyChainUnits(seed);
        var book = new JournalBook();
        await using (var store = await StoreFolder.OpenAsync(_folder.Options with { SegmentBytes = 20_000 }))
        {
            foreach (var lot in Enumerable.Range(0, 12).Select(SupplyChainUnits.Lot))
            {
                book.SetHead(lot, await store.GetHeadAsync(lot, default));
            }

            for (var i = 0; i < count; i++)
            {
                Assert.IsType<AppendOutcome.Committed>(await store.AppendAsync(units.Next(book, 12), null, default));
            }
        }

        return Dump();
    }

    private async Task<List<string>> ReopenAndDumpAsync()
    {
        await using (var store = await _folder.OpenAsync())
        {
            await StoreChecker.CheckAsync(store);
        }

        return Dump();
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private List<string> Dump()
    {
        using var connection = Connect();
        var rows = new List<string>();
        foreach (var table in new[]
            { "meta", "word", "entity", "part", "unit", "matter", "zone" })
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are the test's own.
            command.CommandText = $"SELECT * FROM {table} ORDER BY 1, 2";
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var values = Enumerable.Range(0, reader.FieldCount).Select(i =>
                    reader.GetValue(i) is byte[] blob ? Convert.ToHexString(blob) : reader.GetValue(i).ToString());
                rows.Add($"{table}: {string.Join(", ", values)}");
            }
        }

        return [.. rows, .. Pairs(connection)];
    }

    // How the pairs are spread over rows depends on the transactions; which there are does not.
    private static List<string> Pairs(SqliteConnection connection)
    {
        var pairs = new List<string>();
        foreach (var table in new[] { "entity_hash", "claim_hash", "unit_hash" })
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are the test's own.
            command.CommandText = $"SELECT pairs FROM {table}";
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                pairs.AddRange(((byte[])reader.GetValue(0)).SkipLast(8).Chunk(16).Select(p => $"{table}: {Convert.ToHexString(p)}"));
            }
        }

        pairs.Sort(StringComparer.Ordinal);
        return pairs;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        return connection;
    }
}
