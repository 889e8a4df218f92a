using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Reading;
using ProvenanceGrains.Query.Proofs;

namespace ProvenanceGrains.Api.Tests.Reading;

/// <summary>A reader that takes its time holds little, not for ever, and keeps nobody else out.</summary>
public sealed class SlowReaderTests
{
    private const int Pieces = 2_000;

    private readonly OneTimer _time = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 64 << 10, resumeWriterThreshold: 32 << 10));
    private int _made;

    [Fact]
    public async Task A_document_is_made_no_faster_than_it_is_read()
    {
        var (http, lifetime) = Context();
        var sending = new StreamedJson(Write).ExecuteAsync(http);

        Assert.False(sending.IsCompleted);
        Assert.InRange(_made, 1, Pieces / 20);

        var ended = EndAsync(sending);
        var read = 0L;
        ReadResult result;
        do
        {
            result = await _pipe.Reader.ReadAsync();
            read += result.Buffer.Length;
            _pipe.Reader.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);

        await ended;
        Assert.InRange(read, Pieces * 4_000L, Pieces * 4_100L);
        Assert.False(lifetime.IsAborted);
    }

    [Fact]
    public async Task Who_reads_nothing_is_cut_off()
    {
        var (http, lifetime) = Context();
        var sending = new StreamedJson(Write).ExecuteAsync(http);
        Assert.False(lifetime.IsAborted);

        Assert.Equal(StreamedJson.MaxTime, _time.Due);
        _time.Fire();

        await sending;
        Assert.True(lifetime.IsAborted);
        Assert.InRange(_made, 1, Pieces / 20);
    }

    [Fact]
    public void Two_large_answers_keep_a_third_out_but_no_small_one_until_one_has_ended()
    {
        var budget = new ReadBudget();
        var first = Enter(budget);
        Assert.True(first.TryTake(ReadBudget.LargeBytes) && first.TryTake(1));
        Assert.True(Enter(budget).TryTake(20 << 20));

        Assert.False(Enter(budget).TryTake(ReadBudget.LargeBytes + 1));
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(Enter(budget).TryTake(ReadBudget.SmallBytes));
        }

        ((IDisposable)first).Dispose();
        Assert.True(Enter(budget).TryTake(ReadBudget.LargeBytes + 1));
    }

    [Fact]
    public void All_answers_together_stay_within_the_room_and_small_ones_still_get_in()
    {
        var budget = new ReadBudget();
        var taken = 0;
        while (Enter(budget).TryTake(ReadBudget.LargeBytes))
        {
            taken++;
        }

        Assert.Equal(ReadBudget.MaxBytes / ReadBudget.LargeBytes, taken);
        Assert.True(Enter(budget).TryTake(ReadBudget.SmallBytes));
    }

    [Fact]
    public async Task A_bundle_and_a_journal_for_which_there_is_no_room_are_refused_not_shortened()
    {
        var log = new SmallLog();
        for (var i = 0; i < 3; i++)
        {
            await log.AppendAsync("01/a");
            await log.SealAsync();
        }

        var room = new Room(3 * IReadMemory.BytesPerEntry);
        Assert.IsType<BundleOutcome.Busy>(await log.Bundles.MakeAsync(SmallLog.Lot("01/a"), room, default));
        room = new Room(3 * IReadMemory.BytesPerEntry);
        var part = await log.Histories.ReadAsync(SmallLog.Lot("01/a"), 0, 10, room, default);
        Assert.True(part!.IsBusy);
        Assert.Null(part.History);
    }

    private async Task EndAsync(Task sending)
    {
        await sending;
        await _pipe.Writer.CompleteAsync();
    }

    private static IReadMemory Enter(ReadBudget budget) => budget.Enter(new DefaultHttpContext().Response);

    private IEnumerable<int> Write(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        for (_made = 0; _made < Pieces; _made++)
        {
            json.WriteStringValue(new string('x', 4_000));
            yield return json.BytesPending;
        }

        json.WriteEndArray();
    }

    private (HttpContext Http, Lifetime Lifetime) Context()
    {
        var lifetime = new Lifetime();
        var http = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddSingleton<TimeProvider>(_time).BuildServiceProvider(),
        };
        http.Features.Set<IHttpResponseBodyFeature>(new PipeBody(_pipe.Writer));
        http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        return (http, lifetime);
    }

    private sealed class Room(long bytes) : IReadMemory
    {
        private long _left = bytes;

        public bool TryTake(long bytes) => (_left -= bytes) >= 0;
    }

    /// <summary>A clock with one timer, which fires when it is told.</summary>
    private sealed class OneTimer : TimeProvider, ITimer
    {
        private Action? _fire;

        public TimeSpan Due { get; private set; }

        public void Fire() => _fire!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_fire, Due) = (() => callback(state), dueTime);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }

    private sealed class PipeBody(PipeWriter writer) : IHttpResponseBodyFeature
    {
        public Stream Stream => writer.AsStream();

        public PipeWriter Writer => writer;

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
