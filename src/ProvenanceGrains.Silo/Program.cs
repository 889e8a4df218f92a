using ProvenanceGrains.Silo.Hosting;

return await SiloCommand.RunAsync(args);
