using ProvenanceGrains.Bench;

return await BenchTool.RunAsync(args);
