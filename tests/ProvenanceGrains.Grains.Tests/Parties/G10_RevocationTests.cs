using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Samples;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Grains.Parties;
using ProvenanceGrains.Grains.Tests.Semantics;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.Signatures;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Memory;

namespace ProvenanceGrains.Grains.Tests.Parties;

/// <summary>
/// Guarantee G10: what the log holds of a party is provably its own. A verifier judges a signature by its place in the log, so nothing
/// that a key signed may stand behind its revocation, however the two meet.
/// </summary>
public sealed class G10_RevocationTests : IAsyncDisposable
{
    private static readonly byte[] Document = SupplyChain.Generate(
        new SupplyChainOptions { Start = DateTimeOffset.UnixEpoch.AddDays(20_000), Bars = 1 }).First().Json;

    private readonly FakeTime _time = new();
    private readonly Counter _counter = new();
    private readonly MemoryStore _store = new(new EventProjector());
    private readonly HoldingWriter _writer;
    private readonly IHost _host;
    private readonly UnitCommitter _committer;
    private readonly PartyDirectory _parties;
    private readonly CaptureService _service;

    public G10_RevocationTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton<IJournalReader>(_store);
        builder.Services.AddSingleton<IEntityIndexFunction>(HashedEntityIndex.Instance);
        builder.UseOrleans(silo => silo.UseLocalhostClustering());
        _host = builder.Build();
        _host.Start();
        _writer = new HoldingWriter(_store);
        _committer = new UnitCommitter(_host.Services.GetRequiredService<IGrainFactory>(), _writer, _counter);
        _parties = new PartyDirectory(_store, _committer, _counter, _time);
        _service = new CaptureService(_committer, _store, _parties, _counter, _time, ParseLimits.Default);
    }

    public async ValueTask DisposeAsync()
    {
        _parties.Dispose();
        _committer.Dispose();
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task A_capture_whose_key_was_revoked_after_its_check_is_refused_and_writes_nothing()
    {
        await RegisterAsync();
        var command = Capture();
        Assert.IsType<PartyOutcome.Written>(await RevokeAsync(1));
        var before = _store.Committed;

        Assert.Equal("keyid", Assert.IsType<CaptureOutcome.Unsigned>(await _service.CaptureAsync(command, default)).Fault.Part);
        Assert.Equal(before, _store.Committed);
    }

    [Fact]
    public async Task A_capture_waits_for_a_revocation_that_is_under_way_and_is_refused()
    {
        await RegisterAsync();
        var command = Capture();
        _writer.Hold();
        var revocation = RevokeAsync(1);
        await _writer.Arrived;
        var capture = _service.CaptureAsync(command, default);
        _writer.Release();

        Assert.IsType<PartyOutcome.Written>(await revocation);
        Assert.IsType<CaptureOutcome.KeyRevoked>(await capture);
    }

    [Fact]
    public async Task A_capture_that_took_its_place_before_the_revocation_stays_signed()
    {
        await RegisterAsync();
        _writer.Hold();
        var capture = _service.CaptureAsync(Capture(), default);
        await _writer.Arrived;
        var revocation = RevokeAsync(1);
        _writer.Release();

        var receipt = Assert.IsType<CaptureOutcome.Captured>(await capture).Receipt;
        Assert.IsType<PartyOutcome.Written>(await revocation);
        var verdict = await VerifyAsync(receipt.JobId);
        Assert.True(verdict.IsValid, verdict.Reason);
        Assert.NotNull(verdict.RevokedLaterMs);
    }

    [Fact]
    public async Task A_key_that_revokes_itself_has_signed_its_revocation()
    {
        await RegisterAsync();
        var written = Assert.IsType<PartyOutcome.Written>(await RevokeAsync(1, Sign(1, "/parties/acme/keys/revoke", "{}"u8.ToArray())));
        var verdict = await VerifyAsync(written.JobId);
        Assert.True(verdict.IsValid, verdict.Reason);
        Assert.NotNull(verdict.RevokedLaterMs);
    }

    [Fact]
    public async Task A_change_whose_key_was_revoked_after_its_check_is_refused_and_writes_nothing()
    {
        await RegisterAsync();
        var signature = Sign(1, "/parties/acme/keys/revoke", "{}"u8.ToArray());
        Assert.IsType<PartyOutcome.Written>(await RevokeAsync(1));
        var before = _store.Committed;

        Assert.IsType<PartyOutcome.KeyRevoked>(await RevokeAsync(2, signature));
        Assert.Equal(before, _store.Committed);
    }

    [Fact]
    public async Task Without_the_condition_the_same_capture_is_in_the_log_as_a_forgery()
    {
        await RegisterAsync();
        var command = Capture();
        Assert.IsType<PartyOutcome.Written>(await RevokeAsync(1));
        var before = new PartyDirectoryBefore(_parties, Key(1));
        var careless = new CaptureService(_committer, _store, before, _counter, _time, ParseLimits.Default);

        var receipt = Assert.IsType<CaptureOutcome.Captured>(await careless.CaptureAsync(command, default)).Receipt;
        Assert.Contains("revoked", (await VerifyAsync(receipt.JobId)).Reason, StringComparison.Ordinal);
    }

    private async Task RegisterAsync()
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.IsType<PartyOutcome.Written>(await _parties.ChangeAsync(
            new PartyChange(
                [
                    new PartyEntry.Registered("acme", "Acme Ltd", null, PartyRoles.Capture, []),
                    new PartyEntry.KeyAdded("acme", Key(1), nowMs - 1000, null),
                    new PartyEntry.KeyAdded("acme", Key(2), nowMs - 1000, null),
                ],
                "operator",
                null),
            default));
    }

    private Task<PartyOutcome> RevokeAsync(byte key, RequestSignature? signature = null) => _parties.ChangeAsync(
        new PartyChange([new PartyEntry.KeyRevoked("acme", Key(key).Id, null)], signature?.Request.KeyId ?? "operator", signature), default);

    private CaptureCommand Capture() => new(Document, false, "acme", Key(1).Id, CaptureErrorBehaviour.Rollback)
    {
        Signature = Sign(1, "/capture", Document),
    };

    private RequestSignature Sign(byte key, string target, byte[] body)
    {
        var message = new HttpMessageParts
        {
            Method = "POST",
            Authority = "log.example.org",
            Target = target,
            Fields =
            [
                new("Content-Type", "application/json"), new("Content-Digest", ContentDigestField.Of(body)), new("Provenance-Party", "acme"),
            ],
        };
        var cover = SignedRequest.Cover(Key(key).Id, _time.GetUtcNow().ToUnixTimeSeconds(), $"nonce-{_counter.Next():D12}");
        Assert.True(HttpMessageSigner.TrySign(message, "sig", cover, bytes => Ed25519.Sign(Seed(key), bytes), out var fields, out var error), error);
        message = message with { Fields = [.. message.Fields, new("Signature-Input", fields.SignatureInput), new("Signature", fields.Signature)] };
        Assert.True(SignedRequest.TryRead(message, out var request, out var fault), fault?.Message);
        return new RequestSignature(request, body, false);
    }

    private async Task<AuthorshipVerdict> VerifyAsync(string jobId)
    {
        var capture = Assert.Single(await _store.ReadJournalAsync(EntityId.Create(SignedCapture.EntityKind, jobId), 0, 10, default));
        var journal = await _store.ReadJournalAsync(PartyJournals.Of("acme"), 0, 100, default);
        Assert.True(Payload.TryDecodePair(capture.Author.Bytes.Span, out var keyId, out _));
        return AuthorshipVerifier.Verify(
            new SignedEntry(capture.Content.Bytes, keyId, capture.Header.TimeMs, capture.Ordinal),
            [.. journal.Select(entry => new PartyLogEntry(entry.EntryType, entry.Content.Bytes, entry.Header.TimeMs, entry.Ordinal))]);
    }

    private static byte[] Seed(byte key) => [.. Enumerable.Repeat(key, 32)];

    private static PartyKey Key(byte seed)
    {
        Assert.True(PartyKey.TryCreate(PartyKeyType.Ed25519, Ed25519.PublicKey(Seed(seed)), out var key, out var error), error);
        return key;
    }

    /// <summary>A directory that goes on telling what it told before the revocation.</summary>
    private sealed class PartyDirectoryBefore(PartyDirectory inner, PartyKey key) : IPartyDirectory
    {
        public ValueTask<PartyRecord?> FindAsync(string partyId, CancellationToken cancellation)
        {
            Assert.True(PartyRecord.TryApply(null, new PartyEntry.Registered(partyId, "Acme Ltd", null, PartyRoles.Capture, []), 0, out var party, out _));
            Assert.True(PartyRecord.TryApply(party, new PartyEntry.KeyAdded(partyId, key, 0, null), 0, out party, out _));
            return new(party);
        }

        public ValueTask<IReadOnlyList<PartyRecord>> ListAsync(CancellationToken cancellation) => inner.ListAsync(cancellation);

        public Task<PartyOutcome> ChangeAsync(PartyChange change, CancellationToken cancellation) => inner.ChangeAsync(change, cancellation);
    }

    /// <summary>A writer whose next unit can be held up between its place in the order and its commit.</summary>
    private sealed class HoldingWriter(IJournalWriter inner) : IJournalWriter
    {
        private TaskCompletionSource? _gate;
        private TaskCompletionSource _arrived = new();
        private Task _before = Task.CompletedTask;

        public Task Arrived => _arrived.Task;

        public void Hold()
        {
            _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void Release() => _gate!.SetResult();

        public ValueTask<AppendOutcome> AppendAsync(
            CommitUnit unit, IReadOnlyList<MatterProjection?>? projections, CancellationToken cancellation)
        {
            var appended = AfterAsync(_before, _gate?.Task ?? Task.CompletedTask, unit, projections);
            _before = appended;
            _arrived.TrySetResult();
            return new(appended);
        }

        private async Task<AppendOutcome> AfterAsync(
            Task before, Task gate, CommitUnit unit, IReadOnlyList<MatterProjection?>? projections)
        {
            await before;
            await gate;
            return await inner.AppendAsync(unit, projections, default);
        }
    }

    /// <summary>Ids, salts and nonces: numbers, none twice.</summary>
    private sealed class Counter : IRequestIds, ISaltSource
    {
        private int _count;

        public UInt128 Next() => (UInt128)(uint)Interlocked.Increment(ref _count);

        public void Fill(Span<byte> destination)
        {
            for (var i = 0; i < destination.Length; i += 16)
            {
                BinaryPrimitives.WriteInt32BigEndian(destination[i..], Interlocked.Increment(ref _count));
            }
        }
    }
}
