using ProvenanceGrains.Cli;
using ProvenanceGrains.Cli.Output;

return await ProvenanceTool.RunAsync(args, Terminal.OfThisProcess(), CancellationToken.None);
