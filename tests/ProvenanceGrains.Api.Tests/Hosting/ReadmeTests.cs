using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>Does what the README says, in its words, with two programs and a shell.</summary>
public sealed class ReadmeTests : IAsyncLifetime
{
    private const string SiloLine = "dotnet run -c Release --project src/ProvenanceGrains.Silo -- --demo";
    private const string ToolLine = "dotnet run -c Release --project tools/ProvenanceGrains.Cli --";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provenance-readme-");
    private readonly string _address = $"http://127.0.0.1:{FreePort()}";
    private readonly string _readme = File.ReadAllText(Path.Combine(Root(), "README.md"));
    private Process? _silo;

    [PosixFact]
    public async Task The_session_prints_what_it_says()
    {
        var blocks = ShellBlocks();
        Assert.Equal(7, blocks.Count);
        Assert.Equal(SiloLine, blocks[0].Trim());
        _silo = Start(Tool("ProvenanceGrains.Silo.dll") + " --demo --urls " + _address);
        var printed = await ReadUntilAsync(_silo, "Ready.");
        Assert.Contains("/01/09521102003016/21/01B00000000   (a chocolate bar)", printed, StringComparison.Ordinal);
        Assert.Contains("curl -i", printed, StringComparison.Ordinal);

        var (code, verified) = await RunAsync(blocks[1]);
        Assert.True(code == 0, verified);
        Assert.Equal(1, Count(verified, "\nSOUND"));
        Assert.Equal(1, Count(verified, "\nCOMPLETE: this is everything that the log holds"));
        Assert.Equal(1, Count(verified, "\nABSENT: nothing was ever recorded about it"));

        (code, verified) = await RunAsync(Function(blocks[1]) + blocks[2]);
        Assert.True(code == 0, verified);
        Assert.Contains("passed  authored events       1 entries are signed by who they say: Acme Ltd.", verified, StringComparison.Ordinal);
        Assert.Contains("open    authorship            1 entries come without a signature", verified, StringComparison.Ordinal);
        Assert.Equal(2, Count(verified, "\nCOMPLETE: this is everything that the log holds"));

        var (_, created) = await RunAsync(CurlLine(printed));
        Assert.Contains("201 Created", created, StringComparison.Ordinal);

        Assert.Equal(0, Kill(_silo.Id, 2));
        await _silo.WaitForExitAsync();
        Assert.Equal(0, _silo.ExitCode);

        var (last, audited) = await RunAsync(Function(blocks[1]) + blocks[3]);
        Assert.True(last == 1, audited);
        Assert.Contains("\nSOUND", audited, StringComparison.Ordinal);
        Assert.Contains("FAILED  segments/00000000.seg", audited, StringComparison.Ordinal);
        Assert.Contains("NOT SOUND", audited, StringComparison.Ordinal);
    }

    [PosixFact]
    public async Task The_witnesses_cosign_what_the_section_on_them_starts()
    {
        var blocks = ShellBlocks();
        var ports = FreeDecade();
        var script = Function(blocks[1]) + blocks[4] + "jobs -p > witnesses.pids\necho Witnessing.\nread go\n" + blocks[6];
        using var shell = Start(Here("set -m\n" + script).Replace("http://127.0.0.1:738", $"http://127.0.0.1:{ports}", StringComparison.Ordinal), input: true);
        var errors = shell.StandardError.ReadToEndAsync();
        Assert.Equal("Witnessing.", await shell.StandardOutput.ReadLineAsync());

        Assert.StartsWith("dotnet run -c Release --project src/ProvenanceGrains.Silo -- --demo ", blocks[5], StringComparison.Ordinal);
        _silo = Start(Tool("ProvenanceGrains.Silo.dll") + blocks[5].Trim()[(SiloLine.Length - " --demo".Length)..] + " --urls " + _address);
        await ReadUntilAsync(_silo, "Ready.");
        await shell.StandardInput.WriteLineAsync("go");
        var verified = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();

        Assert.True(shell.ExitCode == 0 && verified.Contains("\nSOUND", StringComparison.Ordinal), verified + await errors);
        Assert.Contains("witness", verified, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_commands_stand_in_the_readme_alone_on_their_lines()
    {
        Assert.Contains("\n    " + SiloLine + "\n", _readme, StringComparison.Ordinal);
        Assert.Contains("\n    dotnet test ProvenanceGrains.sln -c Release\n", _readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_link_leads_somewhere()
    {
        foreach (var document in Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Root(), "README.md")))
        {
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(
                File.ReadAllText(document), @"\]\((?!https?:)([^)#]+)"))
            {
                var target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{document} links to {link.Groups[1].Value}.");
            }
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        if (_silo is { HasExited: false })
        {
            _silo.Kill();
            _silo.WaitForExit();
        }

        _silo?.Dispose();
        var witnesses = Path.Combine(_folder.FullName, "witnesses.pids");
        foreach (var witness in File.Exists(witnesses) ? File.ReadAllLines(witnesses) : [])
        {
            // Its process group: what the shell's function started as well.
            _ = Kill(-int.Parse(witness, CultureInfo.InvariantCulture), 9);
        }

        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ProvenanceGrains.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No ProvenanceGrains.sln above the tests.");
        }

        return folder.FullName;
    }

    private static string Tool(string assembly) => $"dotnet '{Path.Combine(AppContext.BaseDirectory, assembly)}'";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A port without its last digit, of which those that end in 1, 2 and 3 are free.</summary>
    private static int FreeDecade()
    {
        for (var decade = FreePort() / 10; ; decade++)
        {
            try
            {
                foreach (var last in (int[])[1, 2, 3])
                {
                    using var listener = new TcpListener(IPAddress.Loopback, (decade * 10) + last);
                    listener.Start();
                }

                return decade;
            }
            catch (SocketException)
            {
                // Taken: the next ten.
            }
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string CurlLine(string printed) =>
        printed[printed.IndexOf("curl -i", StringComparison.Ordinal)..printed.IndexOf("Ready.", StringComparison.Ordinal)];

    private static string Function(string block) => block.Split('\n').First(line => line.StartsWith("provenance()", StringComparison.Ordinal)) + "\n";

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);

    private static async Task<string> ReadUntilAsync(Process process, string last)
    {
        var printed = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            printed.AppendLine(line);
            if (line.StartsWith(last, StringComparison.Ordinal))
            {
                // Drained from here on, or the silo would stop at a full pipe.
                _ = process.StandardOutput.ReadToEndAsync();
                return printed.ToString();
            }
        }

        throw new InvalidOperationException($"The silo ended before it said '{last}': {printed}");
    }

    private List<string> ShellBlocks() =>
        [.. _readme.Split("```sh\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])];

    private async Task<(int Code, string Output)> RunAsync(string script)
    {
        using var shell = Start(Here(script));
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, "\n" + await output + await errors);
    }

    /// <summary>The script with the programs that were built and this test's silo.</summary>
    private string Here(string script) => script
        .Replace(ToolLine, Tool("provenance.dll"), StringComparison.Ordinal)
        .Replace("http://127.0.0.1:8080", _address, StringComparison.Ordinal);

    private Process Start(string script, bool input = false) => Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script.StartsWith("dotnet", StringComparison.Ordinal) ? "exec " + script : script])
    {
        WorkingDirectory = _folder.FullName,
        RedirectStandardInput = input,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>A fact that needs a POSIX shell.</summary>
    private sealed class PosixFactAttribute : FactAttribute
    {
        public PosixFactAttribute() => Skip = File.Exists("/bin/bash") ? null : "No /bin/bash here.";
    }
}
