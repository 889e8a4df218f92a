using System.Diagnostics;

namespace ProvenanceGrains.Bench.Processes;

/// <summary>A .NET program that is built on demand into a folder of its own, and run as a child process.</summary>
internal sealed class BuiltTool
{
    private readonly string _assembly;

    private BuiltTool(string assembly) => _assembly = assembly;

    /// <summary>Builds a project. A second time this is quick.</summary>
    /// <param name="projectFolder">Holds one project file.</param>
    /// <param name="assembly">Name of the assembly that comes of it, without extension.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="BenchException">It does not build.</exception>
    public static async Task<BuiltTool> BuildAsync(string projectFolder, string assembly, CancellationToken cancellation)
    {
        if (!Directory.Exists(projectFolder))
        {
            throw new BenchException($"There is no project in {projectFolder}.");
        }

        var project = Directory.GetFiles(projectFolder, "*.csproj").Single();
        var artifacts = Path.Combine(Path.GetTempPath(), "provenance-bench-tools", assembly) + Path.DirectorySeparatorChar;
        var (code, output) = await RunDotnetAsync(
            ["build", project, "-c", "Release", "--nologo", "-v", "quiet", $"-p:ArtifactsPath={artifacts}"], cancellation);
        if (code != 0)
        {
            throw new BenchException($"{project} does not build:\n{output}");
        }

        var name = Path.GetFileNameWithoutExtension(project);
        return new BuiltTool(Path.Combine(artifacts, "bin", name, "release", assembly + ".dll"));
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>Exit code and everything it wrote.</returns>
    public Task<(int Code, string Output)> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation) =>
        RunDotnetAsync([_assembly, .. arguments], cancellation);

    private static async Task<(int Code, string Output)> RunDotnetAsync(
        IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start) ?? throw new BenchException("dotnet does not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
