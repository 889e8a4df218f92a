using System.Net;
using System.Text;
using ProvenanceGrains.Cli.Witnesses;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Cli.Tests.Witnesses;

/// <summary>The witness as a process has it: HTTP in front, a folder behind.</summary>
public sealed class WitnessServerTests : IAsyncLifetime
{
    private static readonly SignerKey Log = SignerKey.Create("log.example/a", NoteSignatureType.Ed25519, new byte[32]);

    private readonly TestFolder _folder = new();
    private readonly HttpClient _client = new();
    private WitnessServer? _server;

    private string Monitored => $"{_server!.Url}/{WitnessedLog.OriginHash(Log.Verifier.Name)}/checkpoint";

    public async Task InitializeAsync() => _server = await StartAsync();

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_checkpoint_is_cosigned_shown_to_monitors_and_remembered_over_a_restart()
    {
        using var none = await _client.GetAsync(Monitored);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        var (status, line, _) = await SubmitAsync(0, Sign(1));
        Assert.Equal(200, status);
        Assert.Equal(Sign(1).ToString() + line, await _client.GetStringAsync(Monitored));
        var key = _server!.Key.ToString();

        await _server.DisposeAsync();
        _server = await StartAsync();
        Assert.Equal(key, _server.Key.ToString());
        Assert.Equal(Sign(1).ToString() + line, await _client.GetStringAsync(Monitored));
        Assert.Equal((409, "1\n", WitnessAnswer.SizeType), await SubmitAsync(0, Sign(1)));
        Assert.Equal(200, (await SubmitAsync(1, Sign(1))).Status);
    }

    [Fact]
    public async Task Of_many_requests_at_once_for_one_log_each_extends_the_one_before()
    {
        // All begin at nothing: one is cosigned, each other is told the size that won.
        var answers = await Task.WhenAll(Enumerable.Range(1, 24).Select(size => SubmitAsync(0, Sign(size))));
        var winner = Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer != winner), answer => Assert.Equal(409, answer.Status));
        Assert.Single(answers.Where(answer => answer != winner).Select(answer => answer.Body).Distinct());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_and_the_first_page_says_what_this_is()
    {
        using var large = await _client.PostAsync(
            $"{_server!.Url}/add-checkpoint", new ByteArrayContent(new byte[AddCheckpointRequest.MaxBytes + 1]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Contains(_server.Key.ToString(), await _client.GetStringAsync(_server.Url), StringComparison.Ordinal);
        using var get = await _client.GetAsync($"{_server.Url}/add-checkpoint");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
    }

    [Fact]
    public async Task A_folder_in_use_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<UnusableException>(StartAsync);
        Assert.Contains("one process a folder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_witness_that_lost_its_key_or_whose_memory_is_damaged_does_not_start()
    {
        await SubmitAsync(0, Sign(1));
        await _server!.DisposeAsync();
        var state = Path.Combine(_folder["w"], WitnessedLog.OriginHash(Log.Verifier.Name), "checkpoint");
        var kept = await File.ReadAllBytesAsync(state);
        foreach (var at in (int[])[0, 15, kept.Length - 10])
        {
            var damaged = (byte[])kept.Clone();
            damaged[at] ^= 1;
            await File.WriteAllBytesAsync(state, damaged);
            await Assert.ThrowsAsync<UnusableException>(StartAsync);
        }

        await File.WriteAllBytesAsync(state, kept);
        File.Move(_folder["w/witness.key"], _folder["elsewhere"]);
        var refusal = await Assert.ThrowsAsync<UnusableException>(StartAsync);
        Assert.Contains("missing", refusal.Message, StringComparison.Ordinal);
        File.Move(_folder["elsewhere"], _folder["w/witness.key"]);
        _server = await StartAsync();
    }

    [Fact]
    public async Task A_witness_whose_checkpoint_is_gone_from_its_folder_does_not_start()
    {
        await SubmitAsync(0, Sign(1));
        await _server!.DisposeAsync();
        var log = Path.Combine(_folder["w"], WitnessedLog.OriginHash(Log.Verifier.Name));
        var state = Path.Combine(log, "checkpoint");
        File.Move(state, _folder["elsewhere"]);

        var refusal = await Assert.ThrowsAsync<UnusableException>(StartAsync);

        Assert.Contains(state + " is missing", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Restore the file", refusal.Message, StringComparison.Ordinal);
        Directory.Delete(log);
        _server = await StartAsync();
        Assert.Equal(200, (await SubmitAsync(0, Sign(1))).Status);
    }

    [Fact]
    public async Task A_first_cosignature_that_a_crash_cut_short_is_no_loss()
    {
        await _server!.DisposeAsync();
        var log = Path.Combine(_folder["w"], WitnessedLog.OriginHash(Log.Verifier.Name));
        TestChain.WriteFile(log + ".new", "checkpoint", "log.exam"u8.ToArray());
        TestChain.WriteFile(log + ".new", "checkpoint.tmp", "log.exam"u8.ToArray());
        _server = await StartAsync();
        Assert.Equal(200, (await SubmitAsync(0, Sign(1))).Status);
        await _server.DisposeAsync();
        _server = await StartAsync();
        Assert.Equal("1\n", (await SubmitAsync(0, Sign(2))).Body);
    }

    [Fact]
    public async Task A_torn_write_beside_the_state_is_passed_over()
    {
        await SubmitAsync(0, Sign(1));
        await _server!.DisposeAsync();
        var folder = Path.Combine(_folder["w"], WitnessedLog.OriginHash(Log.Verifier.Name));
        await File.WriteAllTextAsync(Path.Combine(folder, "checkpoint.tmp"), "log.exam");
        _server = await StartAsync();
        Assert.Equal("1\n", (await SubmitAsync(0, Sign(2))).Body);
    }

    [Fact]
    public async Task The_key_is_the_owners_alone_and_one_that_others_may_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var file = _folder["w/witness.key"];
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(NoteSignatureType.CosignatureV1, _server!.Key.Type);
        await _server.DisposeAsync();
        foreach (var open in (UnixFileMode[])[UnixFileMode.OtherRead, UnixFileMode.GroupExecute])
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | open);
            await Assert.ThrowsAsync<UnusableException>(StartAsync);
        }

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _server = await StartAsync();
    }

    [Fact]
    public async Task No_cosignature_goes_out_that_is_not_on_the_disk()
    {
        var key = SignerKey.Create("witness.example/w", NoteSignatureType.CosignatureV1, new byte[32]);
        var full = true;
        var witness = new Witness(
            [Log.Verifier], key, _ => null, _ => { if (full) { throw new IOException("full"); } }, TimeProvider.System);
        var body = AddCheckpointRequest.Encode(0, [], Sign(3));
        await Assert.ThrowsAsync<IOException>(() => witness.AddCheckpointAsync(body, default));
        Assert.Null(witness.Latest(WitnessedLog.OriginHash(Log.Verifier.Name)));
        full = false;
        Assert.Equal(200, (await witness.AddCheckpointAsync(body, default)).Status);
    }

    [Theory]
    [InlineData("--data", "d", "--log", "nonsense")]
    [InlineData("--data", "d", "--log", "VKEY", "--listen", "nowhere")]
    [InlineData("--data", "d", "--log", "VKEY", "--log", "VKEY")]
    [InlineData("--data", "d", "--log", "VKEY", "--name", "a b")]
    public async Task Wrong_usage_is_one_line(params string[] args)
    {
        var result = await Tool.RunAsync(
            ["witness", .. args.Select(arg => arg == "VKEY" ? Log.Verifier.ToString() : arg == "d" ? _folder["d"] : arg)]);
        Assert.Equal(2, result.Code);
        Assert.StartsWith("provenance: --", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["d"]));
    }

    private static SignedNote Sign(int size)
    {
        var frontier = new MerkleFrontier();
        for (var i = 0; i < size; i++)
        {
            frontier.Append(MerkleHash.Leaf(Encoding.UTF8.GetBytes($"entry-{i}")));
        }

        return Checkpoint.Create(Log.Verifier.Name, size, frontier.Root()).Sign(Log);
    }

    private Task<WitnessServer> StartAsync() => WitnessServer.StartAsync(
        new WitnessOptions("http://127.0.0.1:0", _folder["w"], [Log.Verifier]), TimeProvider.System, default);

    private async Task<(int Status, string Body, string? Type)> SubmitAsync(long old, SignedNote note)
    {
        using var answer = await _client.PostAsync(
            $"{_server!.Url}/add-checkpoint", new ByteArrayContent(AddCheckpointRequest.Encode(old, [], note)));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType?.ToString());
    }
}
