using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpenClaw.Gateway.Simulator;

/// <summary>A request's JSON, read within a limit: either the value, or the status code to answer.</summary>
internal readonly record struct JsonBody<T>(T? Value, int Status)
    where T : class;

/// <summary>Reads small JSON bodies without trusting their declared length.</summary>
internal static class JsonBody
{
    /// <returns>The value, or 413 over <paramref name="limit"/> bytes, or 400 when it is not the expected JSON.</returns>
    public static async Task<JsonBody<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, int limit, CancellationToken cancellationToken)
        where T : class
    {
        if (request.ContentLength > limit)
            return new(null, StatusCodes.Status413PayloadTooLarge);

        var buffer = ArrayPool<byte>.Shared.Rent(limit + 1);
        try
        {
            var length = await request.Body.ReadAtLeastAsync(buffer.AsMemory(0, limit + 1), limit + 1, throwOnEndOfStream: false, cancellationToken);
            if (length > limit)
                return new(null, StatusCodes.Status413PayloadTooLarge);
            var value = JsonSerializer.Deserialize(buffer.AsSpan(0, length), type);
            return value is null ? new(null, StatusCodes.Status400BadRequest) : new(value, StatusCodes.Status200OK);
        }
        catch (JsonException)
        {
            return new(null, StatusCodes.Status400BadRequest);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
