namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>Says for most absent hashes that they are absent, without a look into the index: a Bloom filter that grows.</summary>
/// <remarks>
/// <para>Each new item's first entry asks for a journal that is not there, and each event for a claim that is not taken; a filter
/// answers without SQLite. Measured at 6,000,000 entries: the head of an absent entity 1.6 us, most of it SHA-256, of a present one 37 us.</para>
/// <para>Layers of doubling size, 16 bits an item and 6 probes: under 1 % false answers. From 64 MiB on it grows no more and gets
/// less sharp instead. One writer; readers see what was added before the indexer's last publication.</para>
/// </remarks>
internal sealed class PresenceFilter
{
    private const int Probes = 6;
    private const int BitsPerItem = 16;
    private const int FirstItems = 64 * 1024;
    private const long MaxLayerItems = 16L * 1024 * 1024;

    private Layer[] _layers = [new Layer(FirstItems)];

    public void Add(long hash)
    {
        var layers = _layers;
        var last = layers[^1];
        if (last.Items >= last.Capacity && last.Capacity < MaxLayerItems)
        {
            last = new Layer(last.Capacity * 2);
            Volatile.Write(ref _layers, [.. layers, last]);
        }

        last.Add(unchecked((ulong)hash));
    }

    /// <returns>False if it was never added.</returns>
    public bool MayContain(long hash)
    {
        foreach (var layer in Volatile.Read(ref _layers))
        {
            if (layer.MayContain(unchecked((ulong)hash)))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Layer(long capacity)
    {
        private readonly ulong[] _words = new ulong[capacity * BitsPerItem / 64];

        public long Capacity { get; } = capacity;

        public long Items { get; private set; }

        public void Add(ulong hash)
        {
            Items++;
            var step = Mix(hash);
            for (var i = 0; i < Probes; i++)
            {
                ref var word = ref _words[WordOf(hash)];
                Volatile.Write(ref word, word | (1UL << (int)(hash & 63)));
                hash = unchecked(hash + step);
            }
        }

        public bool MayContain(ulong hash)
        {
            var step = Mix(hash);
            for (var i = 0; i < Probes; i++)
            {
                if ((Volatile.Read(ref _words[WordOf(hash)]) & (1UL << (int)(hash & 63))) == 0)
                {
                    return false;
                }

                hash = unchecked(hash + step);
            }

            return true;
        }

        // The hashes are uniform already; the word is from the upper bits, the bit in it from the lowest six.
        private long WordOf(ulong hash) => (long)Math.BigMul(hash, (ulong)_words.Length, out _);

        private static ulong Mix(ulong hash) => unchecked((hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9UL) | 1;
    }
}
