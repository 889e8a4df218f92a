using Microsoft.AspNetCore.Http;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Api.Problems;

/// <summary>Refusals as RFC 9457 problem details.</summary>
/// <remarks>The types of EPCIS 2.0 (REST binding, "Error handling") where it names one, else <c>about:blank</c>.</remarks>
internal static class Problem
{
    private const string EpcisPrefix = "epcisException:";

    public static IResult Validation(string detail, IReadOnlyList<CaptureError> errors) =>
        Of(StatusCodes.Status400BadRequest, "ValidationException", "The document is not valid.", detail, errors);

    public static IResult Parameter(string name, string message) => Of(
        StatusCodes.Status400BadRequest,
        "QueryParameterException",
        "A parameter is not valid.",
        message,
        [new CaptureError("parameter", "", null, name, message)]);

    /// <summary>A request that is no proper HTTP.</summary>
    public static IResult Request(int status, string detail) =>
        Of(status, "ValidationException", "The request is not valid.", detail);

    public static IResult Unauthorized(string detail) =>
        Of(StatusCodes.Status401Unauthorized, "SecurityException", "An API key is needed.", detail);

    /// <summary>A signature that does not hold: the member <c>part</c> names what of it.</summary>
    public static IResult BadSignature(SignatureFault fault) => Results.Problem(
        fault.Message,
        type: EpcisPrefix + "SecurityException",
        title: "The signature does not hold.",
        statusCode: StatusCodes.Status401Unauthorized,
        extensions: new Dictionary<string, object?> { ["part"] = fault.Part });

    public static IResult Forbidden(string detail, IReadOnlyList<CaptureError>? errors = null) =>
        Of(StatusCodes.Status403Forbidden, "SecurityException", "The party may not do this.", detail, errors);

    public static IResult TooMany(string detail) => new RetryLater(
        Of(StatusCodes.Status429TooManyRequests, "SecurityException", "Too many requests.", detail));

    public static IResult NotFound(string detail) =>
        Of(StatusCodes.Status404NotFound, "NoSuchResourceException", "There is no such thing.", detail);

    public static IResult NotAcceptable(string detail) =>
        Of(StatusCodes.Status406NotAcceptable, "NotAcceptableException", "Nothing that you accept.", detail);

    public static IResult Conflict(string detail, IReadOnlyList<CaptureError> errors) =>
        Of(StatusCodes.Status409Conflict, "ResourceAlreadyExistsException", "The event id is taken.", detail, errors);

    /// <summary>A change that what is registered does not allow.</summary>
    public static IResult Misfit(string detail) =>
        Of(StatusCodes.Status409Conflict, "ResourceAlreadyExistsException", "It does not fit what is registered.", detail);

    public static IResult TooLarge(string detail, IReadOnlyList<CaptureError>? errors = null) =>
        Of(StatusCodes.Status413PayloadTooLarge, "CaptureLimitExceededException", "The document is too large.", detail, errors);

    public static IResult UnsupportedMediaType(string detail) =>
        Of(StatusCodes.Status415UnsupportedMediaType, "UnsupportedMediaTypeException", "Not a media type for this.", detail);

    /// <summary>What is stored is not what was written. The detail names the file.</summary>
    public static IResult Damaged(string detail) =>
        Of(StatusCodes.Status500InternalServerError, "ImplementationException", "The stored data are damaged.", detail);

    public static IResult Unavailable(string detail) => new RetryLater(
        Of(StatusCodes.Status503ServiceUnavailable, "ImplementationException", "Not just now.", detail));

    private static IResult Of(
        int status, string type, string title, string detail, IReadOnlyList<CaptureError>? errors = null) =>
        Results.Problem(
            detail,
            type: EpcisPrefix + type,
            title: title,
            statusCode: status,
            extensions: errors is null ? null : new Dictionary<string, object?> { ["errors"] = errors });

    /// <summary>With the time to come back (RFC 9110 section 10.2.3), in seconds.</summary>
    private sealed class RetryLater(IResult inner) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = "1";
            return inner.ExecuteAsync(httpContext);
        }
    }
}
