using System.Globalization;
using System.Reflection;
using ProvenanceGrains.TestKit.Simulation;
using Xunit.Abstractions;
using Run = ProvenanceGrains.TestKit.Simulation.Simulation;

namespace ProvenanceGrains.Simulation.Tests;

public sealed class FixedSeedTests
{
    [Fact]
    public void A_fixed_set_of_seeds_holds_and_everything_happens_in_it()
    {
        var counts = Runs.AllHold(first: 0, count: 200);
        Assert.All(
            new[]
            {
                counts.Acknowledged, counts.Conflicts, counts.Blocks, counts.Kills, counts.PowerLosses, counts.DiskFaults,
                counts.SealFaults, counts.ClockJumps, counts.Duplicates, counts.Malices,
            },
            count => Assert.True(count > 40, counts.ToString()));
    }

    /// <summary>In this one an entity loses its only entry: nothing is left of it that could be refuted but by a receipt.</summary>
    [Fact]
    public void A_seed_that_found_a_gap_holds() => Runs.AllHold(first: 6271, count: 1);

    [Fact]
    public void One_seed_gives_one_trace()
    {
        for (var seed = 0UL; seed < 12; seed++)
        {
            var first = Run.Run(new SimulationOptions { Seed = seed });
            var second = Run.Run(new SimulationOptions { Seed = seed, KeepsTrace = true });
            Assert.Equal(first.TraceHash, second.TraceHash);
            Assert.Empty(first.Trace);
            Assert.NotEmpty(second.Trace);
            Assert.NotEqual(first.TraceHash, Run.Run(new SimulationOptions { Seed = seed + 1 }).TraceHash);
        }
    }
}

public sealed class FreshSeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Seeds_that_nobody_has_run_before_hold()
    {
        var first = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds from {first} on"));
        Runs.AllHold(first, count: 200);
    }
}

public sealed class PlantedBugTests
{
    /// <summary>Those that no guarantee's own tests look for.</summary>
    public static TheoryData<PlantedBug> Bugs() => [.. PlantedBugs.All.Except(OfGuarantees())];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_planted_bug_is_found_within_its_number_of_seeds(PlantedBug bug) => Runs.Finds(bug);

    private static IEnumerable<PlantedBug> OfGuarantees() => typeof(PlantedBugTests).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(Guarantees.G1_AcknowledgedWritesSurviveTests).Namespace)
        .SelectMany(type => type.GetMethods())
        .SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>().SelectMany(data => data.GetData(method)))
        .SelectMany(row => row.OfType<PlantedBug>());

    [Fact]
    public void There_are_at_least_ten_of_them() => Assert.True(PlantedBugs.All.Count >= 10);
}
