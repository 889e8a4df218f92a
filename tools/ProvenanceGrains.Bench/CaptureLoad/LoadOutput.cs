using System.Globalization;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.CaptureLoad;

/// <summary>The one line that the load generator prints: <c>name=value</c> pairs separated by blanks.</summary>
internal sealed class LoadOutput
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="BenchException">The run failed, or its line is not to be understood.</exception>
    public LoadOutput(string command, int exitCode, string output)
    {
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith(command + " ", StringComparison.Ordinal))
            ?? throw new BenchException($"The load generator says no result: {output}");
        foreach (var pair in line.Split(' ').Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2))
        {
            _values.TryAdd(pair[0], pair[1]);
        }

        if (exitCode != 0)
        {
            throw new BenchException($"The load was not answered as it should be: {line}");
        }
    }

    public double this[string name] => double.Parse(_values[name], CultureInfo.InvariantCulture);
}
