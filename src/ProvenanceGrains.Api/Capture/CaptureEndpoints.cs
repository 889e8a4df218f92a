using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using ProvenanceGrains.Api.Parties;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Api.Capture;

/// <summary>The capture interface of EPCIS 2.0 (REST binding: <c>/capture</c>, and <c>POST /events</c>).</summary>
internal static class CaptureEndpoints
{
    private const string EpcisVersion = "2.0.0";
    private const string CbvVersion = "2.0.0";

    public static void AddCapture(this IServiceCollection services, CaptureLimits limits)
    {
        services.AddSingleton(limits);
        services.AddSingleton(new RequestBody(limits.MaxBytesInFlight));
        services.AddSingleton<CaptureCounters>();
        services.AddSingleton<ReceiptWaits>();
        services.AddSingleton<ICaptureJobs, CaptureJobs>();
    }

    public static void MapCaptureEndpoints(this IEndpointRouteBuilder app)
    {
        var capture = app.MapGroup("").WithTags("Capture").RequireRole(PartyRoles.Capture);
        capture.MapPost("/capture", CaptureDocumentAsync)
            .WithName("capture")
            .WithSummary("Capture an EPCIS document.")
            .WithDescription(
                "The events are durable when this answers: 202 and the job's location, or with 'Prefer: wait' 200 and the job. "
                + "'Prefer: wait=SECONDS, receipt=sealed' (or witnessed) answers when the log has it: 200, or 202 if the time runs out. "
                + "Nothing of a refused document is written.")
            .Accepts<object>("application/json", "application/ld+json")
            .Produces(StatusCodes.Status202Accepted)
            .Produces<CaptureJob>(StatusCodes.Status200OK, "application/json")
            .ProducesCaptureProblems();
        capture.MapPost("/events", CaptureEventAsync)
            .WithName("captureEvent")
            .WithSummary("Capture one EPCIS event.")
            .Accepts<object>("application/json", "application/ld+json")
            .Produces(StatusCodes.Status201Created)
            .ProducesCaptureProblems();

        app.MapMethods("/capture", [HttpMethods.Options], Discover)
            .WithName("captureSettings").WithTags("Capture").WithSummary("What capture accepts, as headers.");
        app.MapGet("/capture/{captureID}", FindJobAsync)
            .WithName("captureJob").WithTags("Capture").WithSummary("A capture job.")
            .Produces<CaptureJob>(StatusCodes.Status200OK, "application/json")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> CaptureDocumentAsync(
        HttpContext http,
        ICaptureService service,
        ICaptureJobs jobs,
        ReceiptWaits waits,
        RequestBody bodies,
        CaptureLimits limits,
        CaptureCounters counters)
    {
        if (!TryReadBehaviour(http.Request, out var behaviour))
        {
            return Problem.Parameter(
                "GS1-Capture-Error-Behaviour", "GS1-Capture-Error-Behaviour is 'rollback' or 'proceed'.");
        }

        if (!ReceiptPreference.TryRead(http.Request, waits.HasWitnesses, out var preference, out var error))
        {
            return Problem.Parameter("Prefer", error);
        }

        WriteHeaders(http.Response, limits, behaviour);
        return await CaptureAsync(http, service, bodies, limits, counters, singleEvent: false, behaviour, async receipt =>
        {
            if (!preference.Waits)
            {
                return Results.Accepted($"/capture/{receipt.JobId}");
            }

            var reached = preference.WaitsForMore
                ? await waits.WaitAsync(receipt, preference, http.RequestAborted)
                : ReceiptLevel.Durable;
            return await AnswerJobAsync(http, jobs, receipt, preference, reached);
        });
    }

    /// <summary>The job, as a 200 if it has the level that the sender waited for, else as a 202.</summary>
    private static async Task<IResult> AnswerJobAsync(
        HttpContext http, ICaptureJobs jobs, CaptureReceipt receipt, ReceiptPreference preference, ReceiptLevel reached)
    {
        var inTime = !(preference.Level > reached);
        http.Response.Headers.Location = $"/capture/{receipt.JobId}";
        http.Response.Headers["Preference-Applied"] = preference.Applied(inTime ? preference.Level ?? reached : reached);
        var job = await jobs.DescribeAsync(receipt, http.RequestAborted);
        return Results.Json(
            job, CaptureJob.Json, "application/json", inTime ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> CaptureEventAsync(
        HttpContext http,
        ICaptureService service,
        ICaptureJobs jobs,
        ReceiptWaits waits,
        RequestBody bodies,
        CaptureLimits limits,
        CaptureCounters counters)
    {
        if (!ReceiptPreference.TryRead(http.Request, waits.HasWitnesses, out var preference, out var error))
        {
            return Problem.Parameter("Prefer", error);
        }

        WriteHeaders(http.Response, limits, CaptureErrorBehaviour.Rollback);
        return await CaptureAsync(
            http, service, bodies, limits, counters, singleEvent: true, CaptureErrorBehaviour.Rollback, async receipt =>
            {
                if (preference.WaitsForMore)
                {
                    var reached = await waits.WaitAsync(receipt, preference, http.RequestAborted);
                    if (reached < preference.Level)
                    {
                        return await AnswerJobAsync(http, jobs, receipt, preference, reached);
                    }

                    http.Response.Headers["Preference-Applied"] = preference.Applied(preference.Level!.Value);
                }

                return Results.Created($"/events/{Uri.EscapeDataString(receipt.EventIds[0])}", null);
            });
    }

    private static async Task<IResult> CaptureAsync(
        HttpContext http,
        ICaptureService service,
        RequestBody bodies,
        CaptureLimits limits,
        CaptureCounters counters,
        bool singleEvent,
        CaptureErrorBehaviour behaviour,
        Func<CaptureReceipt, Task<IResult>> answer)
    {
        if (CheckRequest(http.Request) is { } refusal)
        {
            counters.Refused();
            return refusal;
        }

        var body = await bodies.ReadAsync(http.Request, limits.MaxDocumentBytes, http.RequestAborted);
        switch (body)
        {
            case BodyOutcome.TooLarge:
                counters.Refused();
                return Problem.TooLarge($"A document has at most {limits.MaxDocumentBytes} bytes.");
            case BodyOutcome.Busy:
                counters.PutOff();
                return Problem.Unavailable("Too many documents are under way; try again in a moment.");
        }

        var whole = (BodyOutcome.Whole)body;
        using var lease = whole.Lease;
        var caller = PartyGate.CallerOf(http);
        if (CheckSigned(http, caller, whole.Bytes) is { } unfit)
        {
            counters.Refused();
            return unfit;
        }

        var command = new CaptureCommand(whole.Bytes, singleEvent, caller.PartyId, caller.KeyId, behaviour)
        {
            GlnPrefixes = caller.GlnPrefixes,
            Signature = caller.SignatureOver(whole.Bytes),
        };
        var outcome = await service.CaptureAsync(command, http.RequestAborted);

        // Whoever waits for its receipt must not hold memory that another document needs.
        lease.Dispose();
        counters.Count(outcome);
        return outcome switch
        {
            CaptureOutcome.Captured captured => await answer(captured.Receipt),
            CaptureOutcome.Invalid invalid => Problem.Validation(Summary(invalid.Errors), invalid.Errors),
            CaptureOutcome.TooLarge large => Problem.TooLarge(Summary(large.Errors), large.Errors),
            CaptureOutcome.Forbidden forbidden => Problem.Forbidden(Summary(forbidden.Errors), forbidden.Errors),
            CaptureOutcome.Replayed replayed => Problem.BadSignature(new SignatureFault(replayed.Part, replayed.Reason)),
            CaptureOutcome.KeyRevoked => Problem.BadSignature(new SignatureFault("keyid", "The key was revoked meanwhile.")),
            CaptureOutcome.Unsigned unsigned => Problem.BadSignature(unsigned.Fault),
            CaptureOutcome.Conflict conflict => Problem.Conflict(Summary(conflict.Errors), conflict.Errors),
            CaptureOutcome.Busy busy => Problem.Unavailable(busy.Reason),
            CaptureOutcome.Unavailable stopped => Problem.Unavailable(stopped.Reason),
            _ => throw new InvalidOperationException($"No answer for {outcome.GetType().Name}."),
        };
    }

    private static IResult? CheckSigned(HttpContext http, Caller caller, ReadOnlyMemory<byte> body) =>
        caller.Signed is not null && body.Length > SignedCapture.MaxBodyBytes
            ? Problem.TooLarge($"A signed document, which is kept whole, has at most {SignedCapture.MaxBodyBytes} bytes.")
            : http.RequestServices.GetRequiredService<SignatureGate>().CheckBody(caller, body.Span);

    private static async Task<IResult> FindJobAsync(string captureID, ICaptureJobs jobs, HttpContext http)
    {
        var job = await jobs.FindAsync(captureID, http.RequestAborted);
        return job is null
            ? Problem.NotFound($"No capture job has the id '{captureID}'.")
            : Results.Json(job, CaptureJob.Json, "application/json");
    }

    private static IResult Discover(HttpContext http, CaptureLimits limits)
    {
        WriteHeaders(http.Response, limits, CaptureErrorBehaviour.Rollback);
        http.Response.Headers.Allow = "POST, OPTIONS";
        return Results.NoContent();
    }

    private static IResult? CheckRequest(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !(type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("application/ld+json", StringComparison.OrdinalIgnoreCase)))
        {
            return Problem.UnsupportedMediaType(
                $"Send application/json or application/ld+json, not '{request.ContentType ?? "nothing"}'.");
        }

        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return Problem.UnsupportedMediaType($"JSON is UTF-8 here (RFC 8259 section 8.1), not '{type.Charset}'.");
        }

        if (request.Headers.ContentEncoding.Count > 0)
        {
            return Problem.UnsupportedMediaType("Content-Encoding is not supported: send the document as it is.");
        }

        return CheckVersion(request, "GS1-EPCIS-Version") ?? CheckVersion(request, "GS1-CBV-Version");
    }

    /// <summary>A version header, if there, names 2.0 (REST binding, "Version negotiation").</summary>
    private static IResult? CheckVersion(HttpRequest request, string header)
    {
        var version = request.Headers[header].ToString();
        return version is "" or "2.0" or "2.0.0"
            ? null
            : Problem.NotAcceptable($"{header} is '{version}'; this speaks 2.0.0.");
    }

    private static bool TryReadBehaviour(HttpRequest request, out CaptureErrorBehaviour behaviour)
    {
        var value = request.Headers["GS1-Capture-Error-Behaviour"].ToString();
        behaviour = value.Equals("proceed", StringComparison.OrdinalIgnoreCase)
            ? CaptureErrorBehaviour.Proceed
            : CaptureErrorBehaviour.Rollback;
        return behaviour == CaptureErrorBehaviour.Proceed
            || value.Length == 0
            || value.Equals("rollback", StringComparison.OrdinalIgnoreCase);
    }

    private static void WriteHeaders(HttpResponse response, CaptureLimits limits, CaptureErrorBehaviour behaviour)
    {
        var headers = response.Headers;
        headers["GS1-EPCIS-Version"] = EpcisVersion;
        headers["GS1-CBV-Version"] = CbvVersion;
        headers["GS1-EPCIS-Capture-Limit"] = limits.MaxEvents.ToString(CultureInfo.InvariantCulture);
        headers["GS1-EPCIS-Capture-File-Size-Limit"] = limits.MaxDocumentBytes.ToString(CultureInfo.InvariantCulture);
        headers["GS1-Capture-Error-Behaviour"] = behaviour == CaptureErrorBehaviour.Proceed ? "proceed" : "rollback";
    }

    private static string Summary(IReadOnlyList<CaptureError> errors) => errors.Count == 1
        ? errors[0].Message
        : $"{errors.Count} things are wrong; the first: {errors[0].Message}";

    private static RouteHandlerBuilder ProducesCaptureProblems(this RouteHandlerBuilder route)
    {
        foreach (var status in (int[])[400, 401, 403, 406, 409, 413, 415, 429, 503])
        {
            route.ProducesProblem(status);
        }

        return route;
    }
}
