using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ProvenanceGrains.EmbeddedOrleans.Activations;

/// <summary>
/// Finds the assemblies that hold grains: those beside the program, or already loaded, that refer to this one. Files
/// are looked at before they are loaded, because a project that the host refers to but whose types it never names is
/// in no list of loaded assemblies.
/// </summary>
internal static class GrainAssemblies
{
    private static readonly string Own = typeof(GrainAssemblies).Assembly.GetName().Name!;
    private static readonly Lazy<string[]> Beside = new(() =>
        [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Where(RefersToThis)]);

    public static IReadOnlyList<Assembly> Find()
    {
        var found = AppDomain.CurrentDomain.GetAssemblies()
            .Where(a => !a.IsDynamic && a.GetReferencedAssemblies().Any(r => r.Name == Own))
            .ToDictionary(a => a.GetName().Name!, StringComparer.Ordinal);
        foreach (var name in Beside.Value.Select(file => Path.GetFileNameWithoutExtension(file)))
        {
            if (!found.ContainsKey(name) && Load(name) is { } assembly)
            {
                found.Add(name, assembly);
            }
        }

        return [.. found.Values];
    }

    /// <summary>An assembly's types, without those whose own references are absent.</summary>
    public static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            return exception.Types.OfType<Type>();
        }
    }

    /// <returns>Null for a file that lies beside the program but is no part of it: its list of dependencies does not name it.</returns>
    private static Assembly? Load(string name)
    {
        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static bool RefersToThis(string file)
    {
        try
        {
            using var reader = new PEReader(File.OpenRead(file));
            if (!reader.HasMetadata)
            {
                return false;
            }

            var metadata = reader.GetMetadataReader();
            return metadata.AssemblyReferences.Any(h =>
                metadata.StringComparer.Equals(metadata.GetAssemblyReference(h).Name, Own));
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
