using System.Text.Json;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>The grammar of a kept request: every member once, none else, texts that are texts and canonical base64.</summary>
internal static class SignedCaptureReader
{
    /// <summary>The most lines of other fields.</summary>
    public const int MaxFields = 1024;

    private const int AllMembers = (1 << 9) - 1;

    /// <summary>A member's longest text, in bytes: far more than a server takes of a request's head.</summary>
    private const int MaxTextBytes = 1 << 20;

    /// <summary>What the members say; the fields with those that have members of their own.</summary>
    internal sealed record Members(string Method, string Target, List<KeyValuePair<string, string>> Fields, byte[] Body);

    public static Members? Read(ref StrictJsonReader json)
    {
        string? format = null, method = null, target = null, party = null, digest = null, input = null, signature = null;
        List<KeyValuePair<string, string>> fields = [];
        byte[]? body = null;
        var seen = 0;
        json.Next(JsonTokenType.StartObject);
        while (json.NextMember(out var name))
        {
            json.Member = name;
            switch (name)
            {
                case "format" when StrictJsonReader.Once(ref seen, 0):
                    format = json.ReadString(64);
                    break;
                case "method" when StrictJsonReader.Once(ref seen, 1):
                    method = json.ReadString(MaxTextBytes);
                    break;
                case "target" when StrictJsonReader.Once(ref seen, 2):
                    target = json.ReadString(MaxTextBytes);
                    break;
                case "party" when StrictJsonReader.Once(ref seen, 3):
                    party = json.ReadString(MaxTextBytes);
                    break;
                case "contentDigest" when StrictJsonReader.Once(ref seen, 4):
                    digest = json.ReadString(MaxTextBytes);
                    break;
                case "fields" when StrictJsonReader.Once(ref seen, 5):
                    ReadFields(ref json, fields);
                    break;
                case "signatureInput" when StrictJsonReader.Once(ref seen, 6):
                    input = json.ReadString(MaxTextBytes);
                    break;
                case "signature" when StrictJsonReader.Once(ref seen, 7):
                    signature = json.ReadString(MaxTextBytes);
                    break;
                case "body" when StrictJsonReader.Once(ref seen, 8):
                    body = json.ReadBytes(0, SignedCapture.MaxBodyBytes);
                    break;
                default:
                    json.Fail("it is unknown or repeated");
                    break;
            }

            json.Member = null;
        }

        if (json.Error is null && seen != AllMembers)
        {
            json.Fail("a member is missing");
        }

        if (json.Error is null && format != SignedCapture.Format)
        {
            json.Fail($"format: it is not '{SignedCapture.Format}'");
        }

        if (json.Error is not null)
        {
            return null;
        }

        fields.Add(new(SignedRequest.PartyHeader, party!));
        fields.Add(new("content-digest", digest!));
        fields.Add(new("signature-input", input!));
        fields.Add(new("signature", signature!));
        return new Members(method!, target!, fields, body!);
    }

    private static void ReadFields(ref StrictJsonReader json, List<KeyValuePair<string, string>> fields)
    {
        json.Next(JsonTokenType.StartArray);
        while (json.NextItem(JsonTokenType.StartArray))
        {
            if (fields.Count == MaxFields)
            {
                json.Fail($"there are more than {MaxFields}");
            }
            else if (json.ReadString(MaxTextBytes) is { } name && json.ReadString(MaxTextBytes) is { } value && json.Next(JsonTokenType.EndArray))
            {
                fields.Add(new(name, value));
            }
        }
    }
}
