using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Tests.Merkle;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Ledger.Tests.Witnessing;

/// <summary>G6: an operator with the log's key tries to get two histories cosigned by a quorum.</summary>
public sealed class G6_WitnessesCosignOneHistoryTests
{
    private static readonly SignerKey Log = SignerKey.Create("log.example/a", NoteSignatureType.Ed25519, new byte[32]);
    private static readonly Hash256[] Shown = ReferenceTree.Leaves(30);

    // The operator's other history: the first ten entries are the same, the eleventh is not.
    private static readonly Hash256[] Hidden = [.. Shown.AsSpan(0, 10), Shown[29], .. Shown.AsSpan(11)];

    private static readonly LogPolicy Policy = MakePolicy();

    private delegate WitnessAnswer Rules(
        AddCheckpointRequest request, IReadOnlyCollection<VerifierKey> logKeys, WitnessedLog? last, SignerKey witness, long now);

    [Fact]
    public void A_second_history_reaches_no_quorum() => Assert.Null(ShowTwoHistories(WitnessRules.Decide));

    [Fact]
    public void The_attack_succeeds_on_witnesses_that_do_not_check_consistency() =>
        Assert.NotNull(ShowTwoHistories(WithoutConsistency));

    [Fact]
    public void The_attack_succeeds_on_witnesses_that_forget() =>
        Assert.NotNull(ShowTwoHistories((request, keys, _, witness, now) => WitnessRules.Decide(request, keys, null, witness, now)));

    [Fact]
    public void A_checkpoint_without_the_quorum_is_refused_under_the_policy()
    {
        var witnesses = Witnesses(WitnessRules.Decide);
        var signed = Sign(Shown, 12);
        Assert.False(Policy.TryOpenCheckpoint(signed.ToArray(), out _, out var error));
        Assert.Contains("quorum", error, StringComparison.Ordinal);
        var one = signed.With(Ask(witnesses[..1], Shown, 0, 12));
        Assert.False(Policy.TryOpenCheckpoint(one.ToArray(), out _, out _));
        var two = one.With(Ask(witnesses[1..2], Shown, 0, 12));
        Assert.True(Policy.TryOpenCheckpoint(two.ToArray(), out _, out error), error);
        var twice = one.With(Ask(witnesses[..1], Shown, 12, 12));
        Assert.False(Policy.TryOpenCheckpoint(twice.ToArray(), out _, out _));
    }

    /// <summary>The second history's checkpoint as the policy accepts it; null if the operator cannot make one.</summary>
    private static TrustedCheckpoint? ShowTwoHistories(Rules rules)
    {
        var witnesses = Witnesses(rules);
        var first = Sign(Shown, 12).With(Ask(witnesses, Shown, 0, 12));
        Assert.True(Policy.TryOpenCheckpoint(first.ToArray(), out _, out var error), error);

        // Every way there is: the same size, a larger one with the proof of the other tree, and a new beginning.
        foreach (var (old, size) in (ReadOnlySpan<(int, int)>)[(12, 12), (12, 20), (0, 20), (10, 20)])
        {
            var second = Sign(Hidden, size).With(Ask(witnesses, Hidden, old, size));
            if (Policy.TryOpenCheckpoint(second.ToArray(), out var accepted, out _))
            {
                return accepted;
            }
        }

        return null;
    }

    private static List<NoteSignature> Ask(IEnumerable<FakeWitness> witnesses, Hash256[] history, int old, int size)
    {
        var proof = old == 0 || old == size ? [] : ReferenceTree.Consistency(old, history.AsSpan(0, size));
        var body = AddCheckpointRequest.Encode(old, proof, Sign(history, size));
        return [.. witnesses.Select(witness => witness.Ask(body)).OfType<NoteSignature>()];
    }

    private static SignedNote Sign(Hash256[] history, int size) =>
        Checkpoint.Create(Log.Verifier.Name, size, ReferenceTree.Root(history.AsSpan(0, size))).Sign(Log);

    private static WitnessAnswer WithoutConsistency(
        AddCheckpointRequest request, IReadOnlyCollection<VerifierKey> logKeys, WitnessedLog? last, SignerKey witness, long now)
    {
        var blind = AddCheckpointRequest.Encode(0, [], SignedNote.Create(request.Text, request.Signatures));
        Assert.True(AddCheckpointRequest.TryParse(blind, out var parsed, out var error), error);
        return WitnessRules.Decide(parsed, logKeys, null, witness, now);
    }

    private static FakeWitness[] Witnesses(Rules rules) => [.. Keys().Select(key => new FakeWitness(key, rules))];

    private static IEnumerable<SignerKey> Keys() => Enumerable.Range(1, 3).Select(number => SignerKey.Create(
        $"witness.example/{number}", NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)number, 32)]));

    private static LogPolicy MakePolicy()
    {
        var names = Keys().Select((key, i) => $"witness w{i} {key.Verifier}\n");
        var file = $"log {Log.Verifier}\n{string.Concat(names)}group g 2 w0 w1 w2\nquorum g\n";
        Assert.True(LogPolicy.TryParse(System.Text.Encoding.UTF8.GetBytes(file), out var policy, out var error), error);
        return policy;
    }

    private sealed class FakeWitness(SignerKey key, Rules rules)
    {
        private WitnessedLog? _state;

        public NoteSignature? Ask(byte[] body)
        {
            Assert.True(AddCheckpointRequest.TryParse(body, out var request, out var error), error);
            var answer = rules(request, [Log.Verifier], _state, key, 1_760_000_000);
            _state = answer.State ?? _state;
            return answer.State?.Note.Signatures[^1];
        }
    }
}
