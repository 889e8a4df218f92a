using System.Security.Cryptography;
using ProvenanceGrains.Cli.Audit;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.TestKit.Fuzzing;

namespace ProvenanceGrains.Cli.Tests.Audit;

/// <summary>A state file may be anybody's: changed states with digests that hold are read, or refused as unusable.</summary>
public sealed class AuditStateFuzzTests
{
    private const int Inputs = 600;

    [Fact]
    public async Task No_state_file_breaks_its_reader()
    {
        using var folder = new TestFolder();
        var chain = TestChain.Large(300);
        chain.WriteLog(folder["log"]);
        Assert.Equal(0, (await Tool.RunAsync(["audit", folder["log"], "--key", chain.Vkey, "--state", folder["state"]])).Code);
        var state = await File.ReadAllBytesAsync(folder["state"]);
        var target = new FuzzTarget("audit-state", FuzzShape.Bytes, [state], input => Accepts(folder["changed"], input, chain))
        {
            AllocationBase = 8 << 20,
            Mend = Mend,
        };
        Assert.True(FuzzRun.Check(target, state).Accepted);
        for (var number = 0; number < Inputs; number++)
        {
            var result = FuzzRun.Check(target, FuzzRun.Input(target, 1, number));
            Assert.True(result.Failure is null, $"Input {number}: {result.Failure}");
        }
    }

    private static bool Accepts(string path, byte[] input, TestChain chain)
    {
        File.WriteAllBytes(path, input);
        try
        {
            AuditStateFile.Read(path, chain.Key, IndexRule.Hash);
            return true;
        }
        catch (UnusableException refused)
        {
            return refused.Message.Length == 0 ? throw new FuzzFailureException("Refused without a reason.") : false;
        }
    }

    private static byte[] Mend(byte[] input)
    {
        const int size = SHA256.HashSizeInBytes;
        return input.Length < size ? input : [.. input.AsSpan(0, input.Length - size), .. SHA256.HashData(input.AsSpan(0, input.Length - size))];
    }
}
