namespace Orleans.Serialization
{
    public sealed class CodecNotFoundException(string message) : Exception(message);
}

namespace Orleans.Serialization.Invocation
{
    /// <summary>The base interface of IGrainContext; grains use none of its members.</summary>
    public interface ITargetHolder;
}
