using ProvenanceGrains.Grains.Contracts.Capture;
using Xunit.Sdk;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>
/// One run: the engine's production code on one thread, among clients that repeat themselves, with everything going wrong
/// that the seed says; then a time of peace in which every request must come to an answer, and then the checks.
/// </summary>
/// <remarks>
/// Steps of <see cref="Run"/>: 1. Trouble: the seed picks what happens next, one thing at a time. 2. Peace: no more faults; the
/// clients go on until all are answered and all is sealed. 3. Check everything. 4. In every fourth run the store is
/// tampered with, and must be found out.
/// </remarks>
public sealed class Simulation : IDisposable
{
    private const int TroubleSteps = 500;
    private const int PeaceSteps = 20_000;
    private const int MaliceOnceIn = 4;

    private readonly SimulationTrace _trace;
    private readonly SimulatedWorld _world;
    private readonly SimulationChecks _checks;
    private readonly SeededRandom _random;
    private readonly ulong _seed;
    private int _sealFailures;
    private string _sealFailure = "";
    private string? _uncaught;

    private Simulation(SimulationOptions options)
    {
        _seed = options.Seed;
        _random = new SeededRandom(options.Seed);
        _trace = new SimulationTrace(options.KeepsTrace);
        _world = new SimulatedWorld(_random, options.Bug);
        _checks = new SimulationChecks(_world);
    }

    /// <summary>Runs one seed to its end, on the calling thread.</summary>
    public static SimulationResult Run(SimulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var simulation = new Simulation(options);
        var finding = simulation.RunToFinding();
        simulation._trace.Add(finding ?? "all checks hold");
        return new SimulationResult(
            options.Seed, finding, simulation._trace.Finish(), simulation._trace.Lines, simulation._world.Counts);
    }

    public void Dispose()
    {
        _world.Dispose();
        _trace.Dispose();
    }

    private string? RunToFinding()
    {
        try
        {
            Trouble();
            Peace();
            _checks.CheckAll();
            _trace.Add($"log: {_checks.Describe()}");
            if (_seed % MaliceOnceIn == MaliceOnceIn - 1)
            {
                var malice = new SimulatedMalice(_world, _checks, _random.Fork());
                _trace.Add(malice.Run());
                _world.Counts.Malices++;
            }

            return null;
        }
        catch (Exception finding) when (finding is FindingException or XunitException)
        {
            return finding.Message;
        }
        catch (Exception unexpected) when (unexpected is IOException or InvalidDataException or InvalidOperationException or ArgumentException)
        {
            return $"{unexpected.GetType().Name}: {unexpected.Message}";
        }
    }

    /// <summary>1. Things happen.</summary>
    private void Trouble()
    {
        _world.SealFaultsOnceIn = _random.OneIn(3) ? 0 : 10 + _random.Next(60);
        _world.DuplicatesOnceIn = _random.OneIn(3) ? 0 : 3 + _random.Next(20);
        var violence = _random.Next(4);
        Start(mayFail: true);
        for (var step = 0; step < TroubleSteps; step++)
        {
            _world.Counts.Steps++;
            if (_world.Engine is not { } engine)
            {
                Start(mayFail: true);
                continue;
            }

            Happen(engine, violence);
            if (_world.Disk.IsDown)
            {
                CutPower();
            }
            else if (engine.Journal.HasFailed && _random.OneIn(10))
            {
                // An operator restarts a store that has stopped.
                Kill("the store has stopped");
            }

            CheckThread(engine);
            if (step % 8 == 7 && _world.Documents.All(document => document.Answer is not null && document.UnderWay == 0)
                && _world.Engine is { Sealing: null, Process.Ready: 0 } && _random.OneIn(8))
            {
                return;
            }
        }
    }

    private void Happen(SimulatedEngine engine, int violence)
    {
        var dice = _random.Next(100);
        if (violence > 0 && _random.OneIn(240 / violence))
        {
            Harm(engine);
        }
        else if (dice < 6)
        {
            SendSomething(engine);
        }
        else if (dice < 14 && engine.Journal.HasWork)
        {
            Commit(engine);
        }
        else if (dice < 18)
        {
            Seal(engine);
        }
        else if (dice < 20)
        {
            MoveClock();
        }
        else if (dice < 21)
        {
            _random.Pick(engine.Silos).Grains.DropOne();
        }
        else if (dice < 22 && _random.OneIn(3))
        {
            _checks.CheckPublished();
        }
        else if (engine.Process.Ready > 0)
        {
            engine.Process.Step(_random);
        }
        else
        {
            SendSomething(engine);
        }
    }

    private void Harm(SimulatedEngine engine)
    {
        switch (_random.Next(4))
        {
            case 0:
                Kill("killed");
                _world.Counts.Kills++;
                break;
            case 1:
                CutPower();
                break;
            case 2:
                _world.Disk.LosePowerAfter(_random.Next(6));
                _trace.Add("the power will fail within a file call");
                break;
            default:
                _world.Disk.FailAfter(_random.Next(6));
                _world.Counts.DiskFaults++;
                _trace.Add("a file call will fail");
                break;
        }
    }

    /// <summary>2. Nothing goes wrong any more, and everything must come to its end.</summary>
    private void Peace()
    {
        _world.SealFaultsOnceIn = 0;
        _world.DuplicatesOnceIn = 0;
        _world.Disk.Calm();
        _trace.Add("peace");
        _world.Save();
        if (_world.Engine is { Journal.HasFailed: true })
        {
            Kill("the store has stopped");
        }

        if (_world.Engine is null)
        {
            Start(mayFail: false);
        }

        var engine = _world.Engine!;
        foreach (var silo in engine.Silos)
        {
            silo.Grains.KeepOneOfEach();
        }

        _sealFailures = 0;
        for (var step = 0; step < PeaceSteps; step++)
        {
            _world.Counts.Steps++;
            CheckThread(engine);
            if (engine.Process.Ready > 0)
            {
                engine.Process.Step(_random);
            }
            else if (engine.Journal.HasWork)
            {
                Commit(engine);
            }
            else if (_world.Documents.FirstOrDefault(document => document.Answer is null) is { } document)
            {
                if (document.UnderWay == 0)
                {
                    Send(engine, document);
                }
                else
                {
                    throw new FindingException($"Document {document.Number} is under way for ever.");
                }
            }
            else if (!IsAllSealed(engine))
            {
                Seal(engine);
            }
            else
            {
                return;
            }

            if (_sealFailures > 8)
            {
                throw new FindingException($"The log cannot be sealed any more: {_sealFailure}");
            }
        }

        var open = _world.Documents.Count(document => document.Answer is null);
        throw new FindingException($"The engine does not come to rest: {open} documents are without an answer.");
    }

    private bool IsAllSealed(SimulatedEngine engine) =>
        engine.Sealing is null && _checks.SealedEntries() == engine.Journal.Index.Committed && _checks.IsPublished();

    private void Start(bool mayFail)
    {
        for (var attempt = 0; attempt < 6; attempt++)
        {
            try
            {
                _world.Start();
                _trace.Add($"start: {_world.Engine!.Journal.Index.Committed} entries");
                return;
            }
            catch (SimulatedPowerLossException)
            {
                CutPower();
            }
            catch (IOException failure) when (mayFail && failure.Message.EndsWith("(simulated)", StringComparison.Ordinal))
            {
                _trace.Add("the start failed");
            }
            catch (Exception refused) when (refused is IOException or InvalidDataException)
            {
                throw new FindingException($"The engine does not start: {refused.Message}");
            }
        }

        throw new FindingException("The engine does not start.");
    }

    private void Kill(string why)
    {
        _trace.Add(why);
        _world.Kill();
    }

    private void CutPower()
    {
        Kill("the power is cut");
        _world.Disk.CutPower();
        _world.Counts.PowerLosses++;
    }

    private void CheckThread(SimulatedEngine engine)
    {
        if (_uncaught is not null)
        {
            throw new FindingException(_uncaught);
        }

        if (engine.Process.HasEscaped)
        {
            throw new FindingException("The engine left the simulated thread: an await does not come back to its context.");
        }
    }

    private void MoveClock()
    {
        var jump = _random.OneIn(8);
        var seconds = jump ? _random.Next(20_000) - 10_000 : _random.Next(3);
        _world.Counts.ClockJumps += jump ? 1 : 0;
        _world.Time.Move(TimeSpan.FromSeconds(seconds));
        _trace.Add($"clock {seconds} s");
    }

    private void Commit(SimulatedEngine engine)
    {
        var before = engine.Journal.Index.Committed;
        engine.Process.Run(engine.Journal.Commit);
        _trace.Add($"commit {before} to {engine.Journal.Index.Committed}");
    }

    private void Seal(SimulatedEngine engine)
    {
        if (engine.Sealing is { IsCompleted: false })
        {
            return;
        }

        // Mostly the first: a second sealer has to verify everything anew, and signatures are what a run spends its time on.
        var silo = _random.OneIn(4) ? _random.Next(engine.Silos.Count) : 0;
        engine.Process.Run(() => engine.Sealing = SealAsync(engine, silo));
    }

    private async Task SealAsync(SimulatedEngine engine, int silo)
    {
        await Task.Yield();
        try
        {
            await engine.Silos[silo].SealAsync();
            _sealFailures = 0;
            _trace.Add($"sealer {silo}: {_checks.SealedEntries()} entries are sealed");
        }
        catch (Exception failure)
        {
            // The pace-maker logs whatever it is and tries again.
            _sealFailures++;
            _sealFailure = failure.Message;
            _trace.Add($"sealer {silo} failed: {failure.Message}");
        }

        engine.Sealing = null;
    }

    /// <summary>A client sends a document: one it was not answered for, or, now and then, one that it was.</summary>
    private void SendSomething(SimulatedEngine engine)
    {
        var document = _random.Pick(_world.Documents);
        if (document.UnderWay < 2 && (document.Answer is null || _random.OneIn(6)))
        {
            Send(engine, document);
        }
    }

    private void Send(SimulatedEngine engine, SimulatedDocument document)
    {
        var silo = _random.Next(engine.Silos.Count);
        document.UnderWay++;
        _trace.Add($"document {document.Number} to silo {silo}");
        engine.Process.Run(() => _ = SendAsync(engine.Silos[silo], document));
    }

    private async Task SendAsync(SimulatedSilo silo, SimulatedDocument document)
    {
        await Task.Yield();
        try
        {
            var outcome = await silo.Capture.CaptureAsync(document.ToCommand(), CancellationToken.None);
            document.UnderWay--;
            _trace.Add($"document {document.Number}: {outcome.GetType().Name} {(outcome as CaptureOutcome.Captured)?.Receipt.JobId}");
            _checks.Take(document, outcome);
        }
        catch (Exception unexpected)
        {
            _uncaught ??= unexpected is FindingException ? unexpected.Message : $"document {document.Number}: {unexpected}";
        }
    }
}
