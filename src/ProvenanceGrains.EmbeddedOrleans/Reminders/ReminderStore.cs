using System.Text.Json;
using Orleans.Runtime;

namespace ProvenanceGrains.EmbeddedOrleans.Reminders;

/// <summary>One stored reminder.</summary>
/// <param name="Grain">The grain's name, <c>type/key</c>.</param>
/// <param name="Name">The reminder's name, unique in its grain.</param>
/// <param name="FirstTick">When it rings first; every later ring is a whole number of periods after it.</param>
/// <param name="Period">Time between rings.</param>
public sealed record ReminderRecord(string Grain, string Name, DateTimeOffset FirstTick, TimeSpan Period);

/// <summary>
/// Where reminders outlive the process. A change is durable when its task has ended. The runtime makes one call at a
/// time, and is the only writer while it runs.
/// </summary>
public interface IReminderStore
{
    /// <summary>All stored reminders; called once, at start.</summary>
    Task<IReadOnlyCollection<ReminderRecord>> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Adds a reminder, or replaces the one of the same grain and name.</summary>
    Task PutAsync(ReminderRecord reminder, CancellationToken cancellationToken);

    /// <summary>Removes a reminder; removing one that is absent is no error.</summary>
    Task RemoveAsync(string grain, string name, CancellationToken cancellationToken);
}

/// <summary>Reminders that outlive activations but not the store object: for tests, and hosts that keep none.</summary>
internal sealed class MemoryReminderStore : IReminderStore
{
    private readonly Dictionary<(string, string), ReminderRecord> _records = [];

    public Task<IReadOnlyCollection<ReminderRecord>> ReadAllAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyCollection<ReminderRecord>>([.. _records.Values]);

    public Task PutAsync(ReminderRecord reminder, CancellationToken cancellationToken)
    {
        _records[(reminder.Grain, reminder.Name)] = reminder;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string grain, string name, CancellationToken cancellationToken)
    {
        _records.Remove((grain, name));
        return Task.CompletedTask;
    }
}

/// <summary>
/// Reminders in one JSON file, written anew for each change: beside it, flushed, then renamed over it, so that a crash
/// leaves the old file or the new one. That is meant for some thousands of reminders, not for millions.
/// </summary>
/// <param name="path">The file; its folder must exist.</param>
public sealed class FileReminderStore(string path) : IReminderStore
{
    private Dictionary<(string, string), ReminderRecord>? _records;

    public async Task<IReadOnlyCollection<ReminderRecord>> ReadAllAsync(CancellationToken cancellationToken)
    {
        _records = [];
        if (File.Exists(path))
        {
            await using var file = File.OpenRead(path);
            try
            {
                var records = await JsonSerializer.DeserializeAsync<ReminderRecord[]>(file, cancellationToken: cancellationToken);
                _records = records!.ToDictionary(r => (r.Grain, r.Name));
            }
            catch (Exception exception) when (exception is JsonException or ArgumentException)
            {
                throw new OrleansConfigurationException($"The reminders in {path} cannot be read.", exception);
            }
        }

        return _records.Values;
    }

    public Task PutAsync(ReminderRecord reminder, CancellationToken cancellationToken) =>
        WriteAsync(records => records[(reminder.Grain, reminder.Name)] = reminder, cancellationToken);

    public Task RemoveAsync(string grain, string name, CancellationToken cancellationToken) =>
        WriteAsync(records => records.Remove((grain, name)), cancellationToken);

    private async Task WriteAsync(
        Action<Dictionary<(string, string), ReminderRecord>> change, CancellationToken cancellationToken)
    {
        // 1. Change a copy, so that a failed write leaves memory and file alike.
        var records = new Dictionary<(string, string), ReminderRecord>(
            _records ?? throw new InvalidOperationException("The reminders were not read yet."));
        change(records);

        // 2. Write it beside the file. A crash here leaves a stray file, which the next write replaces.
        var beside = path + ".new";
        await using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await JsonSerializer.SerializeAsync(file, records.Values, cancellationToken: cancellationToken);
            await file.FlushAsync(cancellationToken);
            FileSync.File(file.SafeFileHandle);
        }

        // 3. The rename is the commit point.
        File.Move(beside, path, overwrite: true);
        _records = records;

        // 4. Its new name is durable.
        FileSync.Folder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
