using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Says in the OpenAPI document what the catch-all routes leave unsaid: the rest of a path, and what it may be.</summary>
internal static class ReadDescriptions
{
    private const string EntityRoute = "/entities/{kind}/{key}";

    private const string Link = "A GS1 Digital Link path with its slashes, or any other identifier percent-encoded whole.";

    private const string Kinds = "lot, place, reporter, party, registry, capture, log or chain.";

    /// <summary>Path, parameter, description.</summary>
    private static readonly (string Path, string Parameter, string Description)[] Parameters =
    [
        (EntityRoute + "/bundle", "kind", Kinds),
        (EntityRoute + "/bundle", "key", Link),
        (EntityRoute + "/journal", "kind", Kinds),
        (EntityRoute + "/journal", "key", Link),
        ("/trace/{key}", "key", Link),
        ("/events/{eventID}", "eventID", "The event's URI, percent-encoded."),
        ("/qr/{path}", "path", "A GS1 Digital Link path and .svg or .png, such as 01/09506000134352/21/17.svg."),
        ("/log/tile/{path}", "path", "C2SP tlog-tiles: {level}/{index}[.p/{width}], or entries/{index}[.p/{width}] for an entry bundle, such as 0/x001/234."),
        ("/{ai}/{rest}", "ai", "The application identifier of a GS1 primary key, such as 01 (GTIN) or 00 (SSCC)."),
        ("/{ai}/{rest}", "rest", "Its value and the key qualifiers, such as 09506000134352/10/ABC/21/17."),
    ];

    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        // A route cannot go on after a catch-all parameter, so the handler reads the suffix and only the document can show it.
        if (document.Paths.Remove(EntityRoute, out var entity) && entity.Operations is { } reads)
        {
            document.Paths.Add(EntityRoute + "/bundle", OneOf(reads, "bundle", "All about an entity with the proof that it is all, or that there is nothing."));
            document.Paths.Add(EntityRoute + "/journal", OneOf(reads, "journal", "An entity's journal with its proofs, in parts."));
        }

        foreach (var (path, name, description) in Parameters)
        {
            // A silo maps the endpoints of its roles only.
            if (document.Paths.TryGetValue(path, out var item) && item.Operations is { } operations)
            {
                foreach (var operation in operations.Values)
                {
                    Describe(operation, name, description);
                }
            }
        }

        return Task.CompletedTask;
    });

    /// <summary>The one handler as the document shows it twice.</summary>
    private static OpenApiPathItem OneOf(IDictionary<HttpMethod, OpenApiOperation> reads, string name, string summary) => new()
    {
        Operations = reads.ToDictionary(read => read.Key, read => new OpenApiOperation
        {
            OperationId = read.Key == HttpMethod.Get ? name : $"{name}{read.Key}",
            Summary = summary,
            Description = read.Value.Description,
            Tags = read.Value.Tags,
            Responses = read.Value.Responses,
        }),
    };

    private static void Describe(OpenApiOperation operation, string name, string description)
    {
        operation.Parameters ??= [];
        if (operation.Parameters.FirstOrDefault(parameter => parameter.Name == name) is OpenApiParameter known)
        {
            known.Description = description;
            return;
        }

        operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }
}
