using System.Globalization;
using Microsoft.AspNetCore.Http;
using ProvenanceGrains.Api.Problems;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Reads single parameters of a query string; a wrong one is a 400 that names it.</summary>
internal static class Parameters
{
    /// <summary>A whole number within bounds.</summary>
    public static bool TryRead(
        HttpRequest request, string name, long absent, long min, long max, out long value, out IResult? refusal)
    {
        value = absent;
        refusal = null;
        var given = request.Query[name];
        if (given.Count == 0)
        {
            return true;
        }

        if (given.Count == 1
            && long.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value >= min && value <= max)
        {
            return true;
        }

        var bounds = max == long.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"from {min}")
            : string.Create(CultureInfo.InvariantCulture, $"from {min} to {max}");
        refusal = Problem.Parameter(name, $"'{name}' is one whole number {bounds}.");
        return false;
    }
}
