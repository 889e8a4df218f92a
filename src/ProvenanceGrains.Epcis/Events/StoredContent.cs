using System.Text;

namespace ProvenanceGrains.Epcis.Events;

/// <summary>The layout of an event as it is kept: <c>{"@context":[...],"eventID":"...",</c> and the members as they came.</summary>
internal static class StoredContent
{
    public static ReadOnlySpan<byte> Opening => "{\"@context\":"u8;

    public static byte[] Write(EpcisEvent source, string eventId)
    {
        var added = source.EventId is null ? ",\"eventID\":\"" + eventId + "\"" : "";
        var context = source.Context.Json.Span;
        var own = source.OwnContextMember;
        var utf8 = source.Utf8.Span;
        var before = utf8[1..own.Start.GetOffset(utf8.Length)];
        var after = utf8[own.End.GetOffset(utf8.Length)..];
        var bytes = new byte[Opening.Length + context.Length + added.Length + 1 + before.Length + after.Length];
        var rest = bytes.AsSpan();
        Append(ref rest, Opening);
        Append(ref rest, context);
        rest = rest[Encoding.ASCII.GetBytes(added, rest)..];
        Append(ref rest, ","u8);
        Append(ref rest, before);
        Append(ref rest, after);
        return bytes;
    }

    private static void Append(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
