using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Epcis.Identifiers;
using QRCoder;

namespace ProvenanceGrains.Api.Reading;

/// <summary>QR codes with the GS1 Digital Link of a product, for labels.</summary>
/// <remarks>
/// Error correction M and the quiet zone of four modules are what GS1 asks for (General Specifications section 5.8.1). A code can be
/// printed before anything is recorded: the path need only be valid.
/// </remarks>
internal static class QrEndpoints
{
    private const string Prefix = "/qr/";
    private const int PixelsPerModule = 10;

    public static void MapQrCodes(this IEndpointRouteBuilder app) =>
        app.MapMethods(Prefix + "{**path}", ReadEndpoints.Methods, Draw)
            .WithName("qr").WithTags("Products")
            .WithSummary("The QR code of a product page, as .svg or .png: GET /qr/{digital link path}.svg.")
            .WithDescription("Encodes the public address and the canonical Digital Link path, all qualifiers included.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/svg+xml", "image/png")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static IResult Draw(HttpContext http, PublicAddress address)
    {
        var asked = RawPath.After(http.Request, Prefix);
        var dot = asked.LastIndexOf('.');
        var format = dot < 0 ? "" : asked[dot..];
        if (format is not (".svg" or ".png"))
        {
            return Problem.NotFound("A QR code is at /qr/{path}.svg or /qr/{path}.png.");
        }

        if (!DigitalLinkPath.TryParse("/" + asked[..dot] + http.Request.QueryString, out var path, out var error))
        {
            return Problem.Parameter("path", error);
        }

        var payload = address.For(http.Request) + "/" + path.Link.CanonicalUri[Epc.CanonicalStem.Length..];
        using var code = QRCodeGenerator.GenerateQrCode(payload, QRCodeGenerator.ECCLevel.M);

        // Out of the request's own Host header it is nobody else's: a shared cache would spread whatever one client sent.
        http.Response.Headers.CacheControl = address.IsFixed ? "public, max-age=3600" : "private, max-age=3600";
        if (format == ".svg")
        {
            using var svg = new SvgQRCode(code);
            var text = svg.GetGraphic(
                PixelsPerModule, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
            return Results.Bytes(Encoding.UTF8.GetBytes(text), "image/svg+xml; charset=utf-8");
        }

        using var png = new PngByteQRCode(code);
        return Results.Bytes(png.GetGraphic(PixelsPerModule, drawQuietZones: true), "image/png");
    }
}
