using ProvenanceGrains.Simulator;

return SimulatorTool.Run(args);
