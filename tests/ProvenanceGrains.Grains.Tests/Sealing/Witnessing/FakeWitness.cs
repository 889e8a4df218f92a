using System.Text;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Witnessing;
using ProvenanceGrains.Sealing.Witnessing;

namespace ProvenanceGrains.Grains.Tests.Sealing.Witnessing;

/// <summary>A witness that keeps the rules, until a test bends it.</summary>
internal sealed class FakeWitness(string name, byte seed, VerifierKey log)
{
    private readonly SignerKey _key =
        SignerKey.Create($"witness.example/{name}", NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat(seed, 32)]);

    public string Name => name;

    public string Url => $"http://{name}.example";

    public VerifierKey Key => _key.Verifier;

    public WitnessedLog? State { get; set; }

    /// <summary>Nobody listens.</summary>
    public bool Absent { get; set; }

    /// <summary>It takes the request and never answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>It answers once this has ended.</summary>
    public Task Until { get; set; } = Task.CompletedTask;

    /// <summary>What it says instead of the truth.</summary>
    public Func<WitnessReply, WitnessReply>? Lie { get; set; }

    /// <summary>It shows nothing to monitors.</summary>
    public bool Secretive { get; set; }

    /// <summary>Requests that it was sent.</summary>
    public int Requests { get; private set; }

    /// <summary>Cosigns whatever it is given.</summary>
    public NoteSignature Cosign(ReadOnlySpan<byte> text) => _key.Cosign(text, 1_760_000_000);

    public async Task<WitnessReply> AddCheckpointAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        Requests++;
        if (Absent)
        {
            throw new HttpRequestException("Connection refused");
        }

        if (Hangs)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
        }

        await Until.WaitAsync(cancellation);
        Assert.True(AddCheckpointRequest.TryParse(body.Span, out var request, out var error), error);
        var answer = WitnessRules.Decide(request, [log], State, _key, 1_760_000_000);
        State = answer.State ?? State;
        var reply = new WitnessReply(answer.Status, Encoding.UTF8.GetBytes(answer.Body));
        return Lie?.Invoke(reply) ?? reply;
    }

    public WitnessReply Show() => State is null || Secretive
        ? new WitnessReply(404, ReadOnlyMemory<byte>.Empty)
        : new WitnessReply(200, State.Note.ToArray());
}

/// <summary>The network to a few witnesses.</summary>
internal sealed class FakeWitnesses(IReadOnlyList<FakeWitness> all) : IWitnessClient
{
    public Task<WitnessReply> AddCheckpointAsync(string prefix, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        all.Single(witness => witness.Url == prefix).AddCheckpointAsync(body, cancellation);

    public Task<WitnessReply> ReadLatestAsync(string prefix, string originHash, CancellationToken cancellation) =>
        Task.FromResult(all.Single(witness => witness.Url == prefix).Show());
}
