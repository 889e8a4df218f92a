using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Tests.Verification;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Ledger.Tests;

/// <summary>
/// Files that version 1 wrote. Every later version must read them and, as long as it writes version 1, write the same
/// bytes. They are never rewritten: a new version gets new files.
/// </summary>
public sealed class GoldenTests
{
    private static readonly SampleLog Log = new();

    [Fact]
    public void The_entry_header_is_read_and_written_as_before()
    {
        var golden = ReadHex("entry-header-v1.hex");
        Assert.True(EntryHeader.TryParse(golden, out var header, out var error), error);
        Assert.Equal(Log.HeaderAt(3), header);
        Assert.Equal(golden, Log.HeaderAt(3).ToArray());
    }

    [Fact]
    public void The_payload_commitment_is_computed_as_before()
    {
        using var document = JsonDocument.Parse(Read("payload-commitment-v1.json"));
        var golden = document.RootElement;
        string Text(string name) => golden.GetProperty(name).GetString()!;
        byte[][] contents =
        [
            Payload.EncodeEntity(EntityId.Create(Text("kind"), Text("key"))),
            Payload.EncodeType(Text("entryType"), Text("role")),
            Payload.EncodeAuthor(Text("keyId"), Text("requestId")),
            Encoding.UTF8.GetBytes(Text("content")),
        ];
        var salts = golden.GetProperty("salts").EnumerateArray().Select(salt => Convert.FromHexString(salt.GetString()!)).ToArray();
        var digests = contents
            .Select((content, i) => Payload.GroupDigest((FieldGroup)(i + 1), Salt.FromBytes(salts[i]), content)).ToArray();
        Assert.Equal(golden.GetProperty("groups").EnumerateArray().Select(group => group.GetString()), contents.Select(Convert.ToHexStringLower));
        Assert.Equal(golden.GetProperty("digests").EnumerateArray().Select(digest => digest.GetString()), digests.Select(digest => digest.ToHex()));
        Assert.Equal(Text("commitment"), Payload.Commitment(digests[0], digests[1], digests[2], digests[3]).ToHex());
        Assert.Equal(Text("index"), HashedEntityIndex.Instance.Compute(EntityId.Create(Text("kind"), Text("key"))).ToString());
    }

    [Fact]
    public void The_block_is_read_and_built_as_before()
    {
        var golden = ReadHex("block-content-v1.hex");
        Assert.True(BlockContent.TryParse(golden, out var content, out var error), error);
        Assert.Equal(Log.LastBlock.Content, content);
        Assert.Equal(golden, Log.LastBlock.Matter.Bytes.ToArray());
        Assert.Equal(ReadHex("block-header-v1.hex"), Log.LastBlock.Header.ToArray());
    }

    [Fact]
    public void The_history_verifies_and_is_written_as_before()
    {
        var golden = Read("history-v1.json");
        var verdict = OfflineVerifier.VerifyHistory(golden, Log.Policy);
        Assert.True(verdict.IsSound, verdict.ToString());
        Assert.Equal(golden, HistoryJson.Write(Log.History()));
    }

    [Fact]
    public void The_receipt_verifies_and_is_written_as_before()
    {
        var golden = Read("receipt-v1.tlog-proof");
        var verdict = OfflineVerifier.VerifyReceipt(golden, Log.Policy);
        Assert.True(verdict.IsSound, verdict.ToString());
        Assert.Equal(golden, Log.Receipt(3).ToArray());
    }

    [Fact]
    public void What_a_witness_keeps_is_read_and_written_as_before()
    {
        var golden = Read("witness-checkpoint-v1.note");
        Assert.True(WitnessedLog.TryRead(golden, [Log.Key.Verifier], Log.Witness.Verifier, out var kept, out var error), error);
        Assert.Equal(golden, Log.Note.ToArray());
        Assert.Equal(golden, kept.Note.ToArray());
        Assert.Equal("b6b5e84d51a49b7c", WitnessedLog.OriginHash(kept.Checkpoint.Origin)[..16]);
    }

    private static byte[] Read(string name) => File.ReadAllBytes(
        Path.Combine(Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", name));

    private static byte[] ReadHex(string name) => Convert.FromHexString(Encoding.ASCII.GetString(Read(name)).Trim());
}
