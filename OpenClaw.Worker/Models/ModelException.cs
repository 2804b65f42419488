namespace OpenClaw.Worker.Models;

/// <summary>Why a model gave no usable answer.</summary>
internal enum ModelFailure
{
    /// <summary>Not reachable, 5xx, or an error that the server may get over by itself.</summary>
    Unavailable,

    /// <summary>429; <see cref="ModelException.RetryAfter"/> says when, if the server did.</summary>
    RateLimited,

    /// <summary>4xx: the request is at fault (unknown model or path, too long, wrong shape); the same request fails again.</summary>
    BadRequest,

    /// <summary>401 or 403: the key is at fault.</summary>
    Unauthorized,

    /// <summary>The answer was not what the protocol says.</summary>
    Malformed,

    /// <summary>One of the time limits passed.</summary>
    TimedOut,

    /// <summary>The stream ended in the middle of the answer.</summary>
    Cut,

    /// <summary>A complete answer with neither text nor a skill call.</summary>
    Empty,
}

/// <summary>
/// The one exception of every model. Carries a kind and numbers only: a server's body may repeat the prompt, so it is never kept.
/// </summary>
internal sealed class ModelException(ModelFailure failure, TimeSpan? retryAfter = null, int? status = null, string? limit = null, Exception? innerException = null)
    : Exception(Describe(failure, status, limit), innerException)
{
    /// <summary>What happened.</summary>
    public ModelFailure Failure { get; } = failure;

    /// <summary>How long the server asks to be left alone, when it said so.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>The HTTP status, when there was a refusing one.</summary>
    public int? Status { get; } = status;

    /// <summary>Whether the same request may pass later.</summary>
    public bool IsTransient { get; } = failure is not (ModelFailure.BadRequest or ModelFailure.Unauthorized);

    private static string Describe(ModelFailure failure, int? status, string? limit) => (status, limit) switch
    {
        (int code, _) => $"The model failed: {failure} (HTTP {code}).",
        (_, string name) => $"The model failed: {failure} ({name}).",
        _ => $"The model failed: {failure}.",
    };
}
