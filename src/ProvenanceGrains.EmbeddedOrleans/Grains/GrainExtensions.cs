using System.Globalization;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Calls;

namespace Orleans;

/// <summary>A grain's name, from the grain itself or from a reference to it.</summary>
public static class GrainExtensions
{
    /// <summary>The grain's name.</summary>
    /// <exception cref="ArgumentException">Neither a grain nor a reference to one.</exception>
    public static GrainId GetGrainId(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            IGrainBase activation => activation.GrainContext.GrainId,
            GrainReference reference => reference.GrainId,
            _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a grain reference.", nameof(grain)),
        };
    }

    /// <summary>The key of a grain named by a string.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => GetGrainId(grain).KeyText;

    /// <summary>The key of a grain named by an integer.</summary>
    /// <exception cref="InvalidOperationException">The grain is not named by an integer.</exception>
    public static long GetPrimaryKeyLong(this IAddressable grain)
    {
        var id = GetGrainId(grain);
        return long.TryParse(id.KeyText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new InvalidOperationException($"The key of {id} is no integer.");
    }

    /// <summary>The key of a grain named by a GUID.</summary>
    /// <exception cref="InvalidOperationException">The grain is not named by a GUID.</exception>
    public static Guid GetPrimaryKey(this IAddressable grain)
    {
        var id = GetGrainId(grain);
        return Guid.TryParseExact(id.KeyText, "N", out var key)
            ? key
            : throw new InvalidOperationException($"The key of {id} is no GUID.");
    }

    /// <summary>A reference to a grain, for handing <c>this</c> to another grain.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return (TGrainInterface)(object)GrainReference.Of(grain, typeof(TGrainInterface));
    }
}
