using ProvenanceGrains.Api.Tests.Capture;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>G6 end to end: a silo, three witnesses of which two are the quorum, and what happens as they go and come back.</summary>
public sealed class G6_ThreeWitnessesTests
{
    [Fact]
    public async Task What_is_published_is_cosigned_whatever_becomes_of_the_witnesses()
    {
        await using var silo = await WitnessedSilo.StartAsync();

        // 1. All three.
        var (status, job, applied) = await silo.CaptureAsync(Documents.Of(Documents.Event("W1")), "wait=30, receipt=witnessed");
        Assert.Equal(200, status);
        Assert.Equal("wait=30, receipt=witnessed", applied);
        Assert.Equal("witnessed", job.GetProperty("receiptLevel").GetString());
        Assert.NotEmpty((await silo.PublishedAsync())!.CosignedBy);
        Assert.Equal("ready", (await silo.GetJsonAsync("/health/ready")).GetProperty("status").GetString());

        // 2. One is gone: nothing changes.
        await silo.StopWitnessAsync(0);
        (status, _, _) = await silo.CaptureAsync(Documents.Of(Documents.Event("W2")), "wait=30, receipt=witnessed");
        Assert.Equal(200, status);
        var size = (await silo.PublishedAsync())!.Checkpoint.Size;
        Assert.Equal(4, size);

        // 3. Two are gone: captured and sealed, and held back.
        await silo.StopWitnessAsync(1);
        (status, job, applied) = await silo.CaptureAsync(Documents.Of(Documents.Event("W3")), "wait=30, receipt=sealed");
        Assert.Equal(200, status);
        (status, job, applied) = await silo.CaptureAsync(Documents.Of(Documents.Event("W3")), "wait=0, receipt=witnessed");
        Assert.Equal(202, status);
        Assert.Equal("wait=0, receipt=sealed", applied);
        Assert.Equal("sealed", job.GetProperty("receiptLevel").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, Leaf(job));
        Assert.Equal(size, (await silo.PublishedAsync())!.Checkpoint.Size);
        await CheckDegradedAsync(silo);

        // 4. An auditor finds nothing wrong with it, and a restart publishes nothing without them.
        Assert.Contains("held back for the witnesses' quorum", await silo.RestartWithAuditAsync(), StringComparison.Ordinal);
        await CheckDegradedAsync(silo);
        Assert.Equal(size, (await silo.PublishedAsync())!.Checkpoint.Size);

        // 5. One comes back, and what was held is witnessed.
        await silo.StartWitnessAsync(1);
        (status, job, _) = await silo.CaptureAsync(Documents.Of(Documents.Event("W4")), "wait=30, receipt=witnessed");
        Assert.Equal(200, status);
        Assert.Equal(System.Text.Json.JsonValueKind.Number, Leaf(job));
        Assert.Equal(["w1", "w2"], (await silo.PublishedAsync())!.CosignedBy.Order());
        Assert.Equal("ready", (await silo.GetJsonAsync("/health/ready")).GetProperty("status").GetString());
    }

    private static System.Text.Json.JsonValueKind Leaf(System.Text.Json.JsonElement job) =>
        job.GetProperty("events")[0].GetProperty("entries")[0].GetProperty("leafIndex").ValueKind;

    /// <summary>It still is of use, and says what is amiss.</summary>
    private static async Task CheckDegradedAsync(WitnessedSilo silo)
    {
        var ready = await RunningSilo.EventuallyAsync(
            () => silo.GetJsonAsync("/health/ready"), ready => ready.GetProperty("status").GetString() == "degraded");
        var check = ready.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "witnesses");
        Assert.Contains("1 blocks are sealed and held back", check.GetProperty("notice").GetString(), StringComparison.Ordinal);
        var metrics = await silo.Client.GetStringAsync("/metrics");
        Assert.Contains("\nprovenance_log_held_blocks 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nprovenance_witness_quorum 0\n", metrics, StringComparison.Ordinal);
    }
}
