namespace Orleans.Runtime
{
    /// <summary>The base of the runtime's own exceptions.</summary>
    public class OrleansException : Exception
    {
        public OrleansException()
            : base("Unexpected error.")
        {
        }

        public OrleansException(string message)
            : base(message)
        {
        }

        public OrleansException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>The host's configuration asks for what this runtime cannot give.</summary>
    public sealed class OrleansConfigurationException : Exception
    {
        public OrleansConfigurationException(string message)
            : base(message)
        {
        }

        public OrleansConfigurationException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>A call was not begun: the host is stopping.</summary>
    public class SiloUnavailableException : OrleansException
    {
        public SiloUnavailableException()
            : base("Silo unavailable")
        {
        }

        public SiloUnavailableException(string msg)
            : base(msg)
        {
        }

        public SiloUnavailableException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }
}

namespace Orleans.Serialization
{
    /// <summary>A type has no codec: it lacks <see cref="GenerateSerializerAttribute"/>.</summary>
    public sealed class CodecNotFoundException(string message) : Exception(message);
}
