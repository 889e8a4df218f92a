using Microsoft.Extensions.Logging;

namespace ProvenanceGrains.Sealing.Witnessing;

/// <content>What is logged: a line when something changes.</content>
internal sealed partial class WitnessedPublication
{
    [LoggerMessage(3101, LogLevel.Warning, "Witness {Witness} does not cosign: {Problem}")]
    private partial void LogWitnessLost(string witness, string problem);

    [LoggerMessage(3102, LogLevel.Information, "Witness {Witness} cosigns again.")]
    private partial void LogWitnessBack(string witness);

    [LoggerMessage(3103, LogLevel.Error, "The quorum of witnesses is out of reach: {Reason} Mode {Mode}; sealing and capture go on.")]
    private partial void LogQuorumLost(string reason, WitnessMode mode);

    [LoggerMessage(3104, LogLevel.Information, "The quorum of witnesses is back; published size {Size}.")]
    private partial void LogQuorumBack(long size);

    [LoggerMessage(3105, LogLevel.Critical, "{Reason} The checkpoint that it shows:\n{Evidence}")]
    private partial void LogHalted(string reason, string evidence);

    [LoggerMessage(3106, LogLevel.Error, "Publishing failed; it is tried again. Sealing and capture go on.")]
    private partial void LogFailed(Exception failure);
}
