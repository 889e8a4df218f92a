using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Ledger.Tests.Witnessing;

/// <summary>The conformance scenario of C2SP tlog-witness: steps in order, state carried from one to the next.</summary>
public sealed class WitnessScenarioTests
{
    private static readonly SignerKey Witness =
        SignerKey.Create("witness.example/w1", NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)3, 32)]);

    private readonly Dictionary<string, WitnessedLog> _states = [];

    [VectorFact]
    public void Every_step_of_the_scenario_is_answered_as_specified() =>
        Vectors.ForEach("tlog-witness/scenario.jsonl", Check);

    [VectorFact]
    public void The_request_of_the_specification_is_read()
    {
        var parts = Vectors.ReadJson("c2sp-spec-examples/tlog-witness.json");
        var body = string.Concat(parts[2].GetString(), "\n", parts[3].GetString(), "\n", parts[4].GetString());
        Assert.True(AddCheckpointRequest.TryParse(Encoding.UTF8.GetBytes(body), out var request, out var error), error);
        Assert.Equal(20852014, request.OldSize);
        Assert.Equal(4, request.Proof.Length);
        Assert.Equal(20852163, request.Checkpoint.Size);
        Assert.Equal(2, request.Signatures.Count);
        Assert.Equal(body, Encoding.UTF8.GetString(AddCheckpointRequest.Encode(
            request.OldSize, request.Proof.Span, SignedNote.Create(request.Text, request.Signatures))));
    }

    private string? Check(JsonElement step)
    {
        var answer = Answer(step);
        var status = step.GetProperty("expect_status").GetInt32();
        var body = step.GetProperty("expect_body").GetString();
        return answer.Status != status ? $"{answer.Status} {answer.Body}, not {status}"
            : status == 409 && (answer.Body != body || answer.ContentType != "text/x.tlog.size") ? $"conflict says '{answer.Body}'"
            : status == 200 && !IsCosigned(answer) ? "the cosignature does not verify"
            : null;
    }

    private WitnessAnswer Answer(JsonElement step)
    {
        if (!AddCheckpointRequest.TryParse(step.Base64("body_b64"), out var request, out var error))
        {
            return WitnessRules.Malformed(error);
        }

        VerifierKey[] keys = [.. new[] { "log_vkey", "log_vkey_b" }.Select(name => Key(step.GetProperty(name).GetString()!))];
        var origin = request.Checkpoint.Origin;
        var answer = WitnessRules.Decide(
            request, [.. keys.Where(key => key.Name == origin)], _states.GetValueOrDefault(origin), Witness, 1_760_000_000);
        if (answer.State is { } state)
        {
            _states[origin] = state;
        }

        return answer;
    }

    private static bool IsCosigned(WitnessAnswer answer) =>
        answer.State!.Note.ToString().EndsWith(answer.Body, StringComparison.Ordinal)
        && OpenedNote.TryOpen(answer.State.Note, [Witness.Verifier], out var opened, out _)
        && opened.Verified is [{ Timestamp: 1_760_000_000 }];

    private static VerifierKey Key(string vkey)
    {
        Assert.True(VerifierKey.TryParse(vkey, out var key, out var error), error);
        return key;
    }
}
