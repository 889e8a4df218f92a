using System.Diagnostics;
using System.Globalization;
using ProvenanceGrains.Bench.Documents;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.Kills;

/// <summary>
/// Kills a silo under load, again and again on one data folder, and holds it after each start to everything that it has promised.
/// </summary>
/// <remarks>
/// SIGKILL takes the process and leaves the operating system: it shows that an answer follows its write and that recovery mends what was
/// half written. That the write is on the disk, and not only with the system, is what the storage tests with a faulty disk show.
/// </remarks>
internal sealed class KillTest(string folder, int seed, int writers, TextWriter output)
{
    private const double KilledDuringStart = 0.25;
    private const int OlderEvents = 300;
    private const int OlderAbsent = 50;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(seed);
    private readonly Promises _promises = new();
    private readonly LogMemory _log = new();
    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);
    private TimeSpan _startTime = TimeSpan.FromSeconds(1);
    private int _killedLoaded;
    private int _killedStarting;
    private int _foundWhole;
    private int _foundAbsent;

    /// <summary>What happened, in one line.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{_killedLoaded + _killedStarting} kills ({_killedLoaded} under load, {_killedStarting} during start-up), "
        + $"{_promises.Acknowledged} documents acknowledged with {_promises.Events} events, all there and unchanged; {_promises.Refused} refused, none of them there; "
        + $"{_foundWhole + _foundAbsent} without an answer ({_foundWhole} whole, {_foundAbsent} absent), sent again and taken; "
        + $"{_log.Checkpoints} checkpoints, each a prefix of the next; {_log.Receipts} receipts verified");

    /// <summary>The log's verifier key, for the audit.</summary>
    public string Key => _log.Key.ToString();

    private string Data => Path.Combine(folder, "data");

    /// <summary>1. Kill as often as asked. 2. Start once more, check everything that was ever promised, and stop in order.</summary>
    /// <exception cref="BenchException">A promise was broken.</exception>
    public async Task RunAsync(int kills, CancellationToken cancellation)
    {
        // 1.
        DocumentMaker[] makers = [.. Enumerable.Range(0, writers).Select(writer => new DocumentMaker(writer, unchecked((seed * 1000) + writer)))];
        while (_killedLoaded + _killedStarting < kills)
        {
            await using var silo = Start();
            if (_killedLoaded > 0 && _random.NextDouble() < KilledDuringStart)
            {
                await Task.Delay(_startTime * _random.NextDouble(), TimeProvider.System, cancellation);
                await KillAsync(silo);
                _killedStarting++;
                continue;
            }

            await ReadyAsync(silo, cancellation);
            await CheckAsync(silo, cancellation);
            await KillUnderLoadAsync(silo, makers, cancellation);
            _killedLoaded++;
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"kill {_killedLoaded + _killedStarting,3}: {_promises.Events} events promised, start took {_startTime.TotalSeconds:0.0} s"));
        }

        // 2.
        await using var last = Start();
        await ReadyAsync(last, cancellation);
        await CheckAsync(last, cancellation);
        await CheckAllAsync(last, cancellation);
        if (await last.StopAsync(cancellation) is var code and not 0)
        {
            throw new BenchException($"The silo was asked to stop and ended with code {code}.");
        }
    }

    private SiloProcess Start() => SiloProcess.Start(Data, SiloProcess.FreePort(), Path.Combine(folder, "silo.log"));

    private async Task ReadyAsync(SiloProcess silo, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        if (!await silo.WaitReadyAsync(ReadyLimit, cancellation))
        {
            throw new BenchException($"The silo did not start again; {Path.Combine(folder, "silo.log")} says why.");
        }

        _startTime = Stopwatch.GetElapsedTime(started);
    }

    private async Task KillUnderLoadAsync(SiloProcess silo, DocumentMaker[] makers, CancellationToken cancellation)
    {
        var running = Task.WhenAll(makers.Select(maker => new KillWriter(maker, _promises).RunAsync(silo.Address)));
        var patience = Task.Delay(TimeSpan.FromMilliseconds(_random.Next(30, 1500)), TimeProvider.System, cancellation);
        await Task.WhenAny(running, patience);
        cancellation.ThrowIfCancellationRequested();
        if (running.IsFaulted || silo.HasExited)
        {
            await running;
            throw new BenchException("The silo ended by itself under load.");
        }

        await KillAsync(silo);
        await running;
    }

    private static async Task KillAsync(SiloProcess silo)
    {
        if (silo.HasExited)
        {
            throw new BenchException("The silo ended before it was killed.");
        }

        await silo.KillAsync();
    }

    /// <summary>1. What was acknowledged. 2. What was not answered, and that it can be sent again. 3. What was refused. 4. The log.</summary>
    private async Task CheckAsync(SiloProcess silo, CancellationToken cancellation)
    {
        using var http = Reader(silo);
        var check = new EventCheck(http);

        // 1.
        var kept = _promises.ToCheck(_random, OlderEvents);
        await check.HasAllAsync(kept, cancellation);
        _settled.UnionWith(kept.Select(sent => sent.Id));

        // 2.
        using var sender = new CaptureClient(silo.Address);
        foreach (var document in _promises.TakeUndecided())
        {
            if (await check.IsWholeAsync(document, _settled, cancellation))
            {
                _foundWhole++;
            }
            else
            {
                _foundAbsent++;
            }

            if (await sender.SendAsync(document, wait: true) is not { Status: 200 or 201 } answer)
            {
                throw new BenchException($"A document without an answer was sent again and not taken.");
            }

            _promises.Acknowledge(document);
            _settled.UnionWith(document.Events.Select(sent => sent.Id));
        }

        // 3.
        await check.HasNoneAsync(_promises.ToMiss(_random, OlderAbsent), cancellation);

        // 4.
        await _log.CheckAsync(http, _random, cancellation);
    }

    private async Task CheckAllAsync(SiloProcess silo, CancellationToken cancellation)
    {
        using var http = Reader(silo);
        var check = new EventCheck(http);
        await silo.WaitQuietAsync(ReadyLimit, cancellation);
        await check.HasAllAsync(_promises.All(), cancellation);
        await check.HasNoneAsync(_promises.AllAbsent(), cancellation);
        await _log.CheckAsync(http, _random, cancellation);
        _log.VerifyReceipts();
    }

    private static HttpClient Reader(SiloProcess silo) =>
        new() { BaseAddress = silo.Address, Timeout = TimeSpan.FromSeconds(60) };
}
