using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ProvenanceGrains.Bench.Measuring;

namespace ProvenanceGrains.Bench.Processes;

/// <summary>A silo in a process of its own, on this machine, over a data folder that outlives it.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    /// <summary>The API key that every silo here knows.</summary>
    public const string ApiKey = "bench-key-0123456789abcdef";

    /// <summary>The silo that was built together with this tool, in its own output folder: beside this tool's in the build's layout.</summary>
    private static readonly string Assembly = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "ProvenanceGrains.Silo", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
        "ProvenanceGrains.Silo.dll"));

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly HttpClient _http;

    private SiloProcess(Process process, StreamWriter log, Uri address)
    {
        _process = process;
        _log = log;
        Address = address;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the silo that was built with this tool. It is not ready yet.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="port">See <see cref="FreePort"/>.</param>
    /// <param name="logFile">Gets what the silo says, after what is there.</param>
    public static SiloProcess Start(string data, int port, string logFile)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var start = new ProcessStartInfo("dotnet", [Assembly, "--data", data, "--urls", address, "--api-key", ApiKey])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(Assembly),
        };
        var log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        var process = Process.Start(start) ?? throw new BenchException("dotnet does not start.");
        process.OutputDataReceived += (_, line) => Write(log, line.Data);
        process.ErrorDataReceived += (_, line) => Write(log, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new SiloProcess(process, log, new Uri(address));
    }

    /// <summary>A port that nothing listened on a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until <c>/health/ready</c> says so.</summary>
    /// <returns>False if the process ended instead.</returns>
    /// <exception cref="BenchException">It took too long.</exception>
    public async Task<bool> WaitReadyAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var last = "no answer";
        while (Stopwatch.GetElapsedTime(started) < limit)
        {
            if (HasExited)
            {
                return false;
            }

            try
            {
                using var answer = await _http.GetAsync("health/ready", cancellation);
                if (answer.IsSuccessStatusCode)
                {
                    return true;
                }

                last = await answer.Content.ReadAsStringAsync(cancellation);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(Poll, TimeProvider.System, cancellation);
        }

        throw new BenchException($"The silo was not ready after {limit.TotalSeconds:0} s: {last}");
    }

    public async Task<SiloMetrics> ReadMetricsAsync(CancellationToken cancellation) =>
        new(await _http.GetStringAsync("metrics", cancellation));

    /// <summary>Waits until everything durable is sealed and indexed.</summary>
    public async Task<SiloMetrics> WaitQuietAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < limit)
        {
            var metrics = await ReadMetricsAsync(cancellation);
            if (metrics.IsQuiet)
            {
                return metrics;
            }

            await Task.Delay(Poll, TimeProvider.System, cancellation);
        }

        throw new BenchException($"Sealing or indexing was not done after {limit.TotalSeconds:0} s.");
    }

    public TimeSpan CpuTime() => ProcessUsage.CpuTime(Id);

    /// <summary>SIGKILL, and waits for the end.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellation)
    {
        using var signal = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            await KillAsync();
        }

        _http.Dispose();
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private static void Write(StreamWriter log, string? line)
    {
        if (line is not null)
        {
            lock (log)
            {
                log.WriteLine(line);
            }
        }
    }
}
