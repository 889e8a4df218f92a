using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>Anything that can be called through a reference.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    /// <summary>The base of every grain interface.</summary>
    public interface IGrain : IAddressable;

    /// <summary>A grain named by a string.</summary>
    public interface IGrainWithStringKey : IGrain;

    /// <summary>A grain named by a GUID.</summary>
    public interface IGrainWithGuidKey : IGrain;

    /// <summary>A grain named by a 64-bit integer.</summary>
    public interface IGrainWithIntegerKey : IGrain;

    /// <summary>Makes references to grains. Making one costs no activation: the first call does.</summary>
    public interface IGrainFactory
    {
        /// <summary>The grain of this interface with this key.</summary>
        /// <exception cref="ArgumentException">No class, or more than one, implements the interface.</exception>
        /// <exception cref="Serialization.CodecNotFoundException">A message type of the interface cannot be copied.</exception>
        TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
            where TGrainInterface : IGrainWithGuidKey;

        /// <inheritdoc cref="GetGrain{TGrainInterface}(Guid, string?)"/>
        TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
            where TGrainInterface : IGrainWithIntegerKey;

        /// <inheritdoc cref="GetGrain{TGrainInterface}(Guid, string?)"/>
        TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
            where TGrainInterface : IGrainWithStringKey;
    }

    /// <summary>The grain factory for code outside grains: HTTP handlers, hosted services.</summary>
    public interface IClusterClient : IGrainFactory
    {
        /// <summary>The host's services.</summary>
        IServiceProvider ServiceProvider { get; }
    }
}
