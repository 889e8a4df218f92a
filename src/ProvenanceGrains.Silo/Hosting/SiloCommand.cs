using System.CommandLine;
using System.Reflection;
using ProvenanceGrains.Silo.Actors;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>The command line of the silo.</summary>
internal static class SiloCommand
{
    /// <summary>The engine's version, as built.</summary>
    public static string Version { get; } =
        typeof(SiloCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    public static Task<int> RunAsync(string[] args) => Create(RunSiloAsync).Parse(args).InvokeAsync();

    /// <summary>The command line, with what it starts.</summary>
    /// <param name="run">Gets the settings that were given, under their configuration keys, and answers with the exit code.</param>
    public static RootCommand Create(Func<IEnumerable<KeyValuePair<string, string?>>, CancellationToken, Task<int>> run)
    {
        var version = new Option<bool>("--version") { Description = "Print the version and the actor runtime." };
        var settings = SiloSetting.All();
        var names = settings.Where(setting => setting.Property is not null).Select(setting => setting.Property);
        var root = new RootCommand(
            "ProvenanceGrains silo: takes tracking events in, seals them into a public log, serves verifiable product pages. "
            + $"Every option can also be set in appsettings.json (section {SiloOptions.Section}: {string.Join(", ", names)}; Urls at the top) "
            + $"or in the environment ({SiloOptions.Section}__Data, ..., ASPNETCORE_URLS).");
        foreach (var builtIn in root.Options.Where(option => option is VersionOption).ToArray())
        {
            root.Options.Remove(builtIn);
        }

        foreach (var setting in settings)
        {
            root.Options.Add(setting.Option);
        }

        root.Options.Add(version);
        root.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(version))
            {
                Console.WriteLine($"ProvenanceGrains {Version}, actor runtime: {ActorHost.RuntimeName}");
                return 0;
            }

            var given = settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Read(parsed)));
            return await run(given.Where(setting => setting.Value is not null), cancellation);
        });
        return root;
    }

    /// <summary>Runs until it is told to stop. What keeps a silo from starting is one line, not a stack trace.</summary>
    private static async Task<int> RunSiloAsync(
        IEnumerable<KeyValuePair<string, string?>> settings, CancellationToken cancellation)
    {
        try
        {
            await using var silo = await SiloHost.StartAsync(settings, cancellation);
            await silo.WaitForShutdownAsync(cancellation);
            return 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidDataException or IOException
            or UnauthorizedAccessException or InvalidOperationException or FormatException
            or StoreUnavailableException or StoreDamagedException)
        {
            await Console.Error.WriteLineAsync($"The silo cannot start: {failure.Message}");
            return 1;
        }
    }
}
