using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ProvenanceGrains.TestKit.Fuzzing;

namespace ProvenanceGrains.Simulator;

/// <summary><c>fuzz</c>: feeds changed inputs to every parser for a time, and keeps those that break one.</summary>
internal static class FuzzCommand
{
    /// <summary>What an input may take; one that takes longer is tried once more, for the machine may have been busy.</summary>
    private const int SlowMs = 1_000;
    private const int HangMs = 10_000;
    private const int MaxFindings = 20;

    public static Command Create()
    {
        var target = new Option<string?>("--target") { Description = "One target; all of them in turn if left out." };
        var seconds = new Option<int>("--seconds") { Description = "How long, all targets together.", DefaultValueFactory = _ => 60 };
        var seed = new Option<ulong>("--seed") { Description = "Which inputs.", DefaultValueFactory = _ => 1 };
        var input = new Option<FileInfo?>("--input") { Description = "Runs this one input of --target instead." };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Where inputs go that break a parser.",
            DefaultValueFactory = _ => new DirectoryInfo("fuzz-findings"),
        };
        var command = new Command("fuzz", "Feeds changed inputs to every parser that takes bytes from outside.") { target, seconds, seed, input, output };
        command.SetAction(parsed =>
        {
            var all = FuzzTargets.All(Environment.GetEnvironmentVariable("PROVENANCE_VECTORS"));
            var name = parsed.GetValue(target);
            var chosen = all.Where(one => name is null || one.Name == name).ToList();
            if (chosen.Count == 0 || (parsed.GetValue(input) is not null && name is null))
            {
                Console.Error.WriteLine($"--target is one of {string.Join(", ", all.Select(one => one.Name))}");
                return 2;
            }

            var run = new FuzzSession(parsed.GetValue(seed), parsed.GetValue(output)!);
            var code = 0;

            // A thread of its own for its small stack: recursion that follows the input shows early.
            var thread = new Thread(
                () => code = parsed.GetValue(input) is { } file ? run.Replay(chosen[0], file) : run.All(chosen, parsed.GetValue(seconds)),
                FuzzRun.StackBytes);
            thread.Start();
            thread.Join();
            return code;
        });
        return command;
    }

    /// <summary>One run of the command. The watch's thread reads what the other one is at.</summary>
    private sealed class FuzzSession(ulong seed, DirectoryInfo output)
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private (FuzzTarget Target, byte[] Input)? _current;
        private long _begunMs;

        public int All(List<FuzzTarget> targets, int seconds)
        {
            using var watch = new Timer(_ => Watch(), null, HangMs, HangMs);
            var broken = 0;
            var total = 0L;
            foreach (var target in targets)
            {
                FuzzRun.WarmUp(target);
                var (inputs, accepted, slowestMs, findings) = One(target, _clock.ElapsedMilliseconds + (seconds * 1000L / targets.Count));
                total += inputs;
                broken += findings;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} inputs, {broken} findings, seed {seed}"));
            return broken == 0 ? 0 : 1;
        }

        public int Replay(FuzzTarget target, FileInfo file)
        {
            FuzzRun.WarmUp(target);
            var result = FuzzRun.Check(target, File.ReadAllBytes(file.FullName));
            Console.WriteLine(result.Failure ?? (result.Accepted ? "accepted" : "refused"));
            return result.Failure is null ? 0 : 1;
        }

        private (long Inputs, long Accepted, double SlowestMs, int Findings) One(FuzzTarget target, long endMs)
        {
            var (inputs, accepted, slowestMs, findings) = (0L, 0L, 0.0, 0);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var startMs = _clock.ElapsedMilliseconds;
            for (; _clock.ElapsedMilliseconds < endMs && findings < MaxFindings; inputs++)
            {
                var input = FuzzRun.Input(target, seed, inputs);
                _current = (target, input);
                Volatile.Write(ref _begunMs, _clock.ElapsedMilliseconds);
                var (result, took) = Timed(target, input);
                (result, took) = took > SlowMs ? Timed(target, input) : (result, took);
                Volatile.Write(ref _begunMs, 0);
                slowestMs = Math.Max(slowestMs, took);
                accepted += result.Accepted ? 1 : 0;
                if (result.Failure is { } failure && seen.Add(SignatureOf(failure)))
                {
                    findings++;
                    Report(target, input, failure);
                }
            }

            var rate = inputs * 1000.0 / Math.Max(1, _clock.ElapsedMilliseconds - startMs);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{target.Name,-22} {inputs,9} inputs {rate,9:F0}/s  {accepted * 100.0 / Math.Max(1, inputs),5:F1} % accepted  slowest {slowestMs,7:F1} ms  {findings} findings"));
            return (inputs, accepted, slowestMs, findings);
        }

        private (FuzzResult Result, double Ms) Timed(FuzzTarget target, byte[] input)
        {
            var begun = _clock.Elapsed;
            var result = FuzzRun.Check(target, input);
            var ms = (_clock.Elapsed - begun).TotalMilliseconds;
            return (ms > SlowMs ? result with { Failure = result.Failure ?? $"It took {ms:F0} ms." } : result, ms);
        }

        /// <summary>Two failures with the same frames are one finding.</summary>
        private static string SignatureOf(string failure)
        {
            var frames = failure.Split('\n').Where(line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal)).Take(4).ToList();
            return frames.Count > 0 ? string.Concat(frames) : "bytes allocated";
        }

        private void Report(FuzzTarget target, byte[] input, string failure)
        {
            output.Create();
            var name = $"{target.Name}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input).AsSpan(0, 6))}.bin";
            var path = Path.Combine(output.FullName, name);
            File.WriteAllBytes(path, input);
            Console.WriteLine($"{target.Name}: {failure}\nReplay: dotnet run -c Release --project tools/ProvenanceGrains.Simulator -- fuzz --target {target.Name} --input {path}");
        }

        /// <summary>An input that does not come to an end is a finding, and the end: nothing can stop it.</summary>
        private void Watch()
        {
            if (Volatile.Read(ref _begunMs) is > 0 and var begun && _clock.ElapsedMilliseconds - begun > HangMs && _current is { } current)
            {
                Report(current.Target, current.Input, $"Still running after {HangMs} ms.");
                Environment.Exit(1);
            }
        }
    }
}
