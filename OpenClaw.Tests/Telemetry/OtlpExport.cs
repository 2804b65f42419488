using System.Globalization;

namespace OpenClaw.Tests.Telemetry;

/// <summary>A span as a dashboard gets it. Attributes are text whatever they were.</summary>
internal sealed record OtlpSpan(
    IReadOnlyDictionary<string, string> Resource, string Source, string TraceId, string SpanId, string ParentId, string Name, int Kind, IReadOnlyDictionary<string, string> Tags, int Status)
{
    public const int Server = 2;
    public const int Producer = 4;
    public const int Consumer = 5;

    public string Service => Resource["service.name"];
}

/// <summary>A log line as a dashboard gets it; scopes are among its attributes.</summary>
internal sealed record OtlpLog(
    IReadOnlyDictionary<string, string> Resource, string Category, string Severity, string Body, string EventName, string TraceId, string SpanId, IReadOnlyDictionary<string, string> Attributes)
{
    public string Service => Resource["service.name"];
}

/// <summary>An instrument as a dashboard gets it, with the attributes of its points.</summary>
internal sealed record OtlpMetric(IReadOnlyDictionary<string, string> Resource, string Meter, string Name, string Unit, IReadOnlyList<IReadOnlyDictionary<string, string>> Points)
{
    public string Service => Resource["service.name"];
}

/// <summary>Reads OTLP's requests: https://github.com/open-telemetry/opentelemetry-proto.</summary>
internal static class OtlpExport
{
    public static IEnumerable<OtlpSpan> Spans(ReadOnlyMemory<byte> request) => Items(request, (resource, scope, item) =>
    {
        var span = ProtobufField.Read(item);
        return new OtlpSpan(
            resource, scope, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), (int)Of(span, 6).Value, Attributes(span, 9), (int)Of(ProtobufField.Read(Of(span, 15).Bytes), 3).Value);
    });

    public static IEnumerable<OtlpLog> Logs(ReadOnlyMemory<byte> request) => Items(request, (resource, scope, item) =>
    {
        var log = ProtobufField.Read(item);
        return new OtlpLog(resource, scope, Text(log, 3), Any(Of(log, 5).Bytes), Text(log, 12), Hex(log, 9), Hex(log, 10), Attributes(log, 6));
    });

    public static IEnumerable<OtlpMetric> Metrics(ReadOnlyMemory<byte> request) => Items(request, (resource, scope, item) =>
    {
        var metric = ProtobufField.Read(item);
        // Gauge, sum and histogram: a list of points, whose attributes have another number in the latter.
        var points = metric.Where(field => field.Number is 5 or 7 or 9)
            .SelectMany(data => ProtobufField.Read(data.Bytes).Where(field => field.Number == 1).Select(point => Attributes(ProtobufField.Read(point.Bytes), data.Number == 9 ? 9 : 7)));
        return new OtlpMetric(resource, scope, Text(metric, 1), Text(metric, 3), [.. points]);
    });

    // Request > resource > scope > item, numbered alike for all three signals.
    private static IEnumerable<T> Items<T>(ReadOnlyMemory<byte> request, Func<IReadOnlyDictionary<string, string>, string, ReadOnlyMemory<byte>, T> read) =>
        from ofResource in Within(request, 1)
        let resource = Attributes(ProtobufField.Read(Of(ProtobufField.Read(ofResource), 1).Bytes), 1)
        from ofScope in Within(ofResource, 2)
        let scope = Text(ProtobufField.Read(Of(ProtobufField.Read(ofScope), 1).Bytes), 1)
        from item in Within(ofScope, 2)
        select read(resource, scope, item);

    private static IEnumerable<ReadOnlyMemory<byte>> Within(ReadOnlyMemory<byte> message, int number) =>
        ProtobufField.Read(message).Where(field => field.Number == number).Select(field => field.Bytes);

    // The last one of a name counts: scopes follow a line's own values.
    private static Dictionary<string, string> Attributes(List<ProtobufField> message, int number)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in message.Where(field => field.Number == number).Select(field => ProtobufField.Read(field.Bytes)))
            attributes[Text(pair, 1)] = Any(Of(pair, 2).Bytes);
        return attributes;
    }

    private static string Any(ReadOnlyMemory<byte> value) => ProtobufField.Read(value) switch
    {
        [] => "",
        [{ Number: 1 } text, ..] => text.Text,
        [{ Number: 2 } flag, ..] => flag.Value == 1 ? "true" : "false",
        [{ Number: 3 } number, ..] => ((long)number.Value).ToString(CultureInfo.InvariantCulture),
        [{ Number: 4 } number, ..] => BitConverter.UInt64BitsToDouble(number.Value).ToString(CultureInfo.InvariantCulture),
        [{ Number: 5 } list, ..] => string.Join(',', Within(list.Bytes, 1).Select(Any)),
        [var other, ..] => other.Hex,
    };

    private static ProtobufField Of(List<ProtobufField> message, int number) => message.Find(field => field.Number == number);

    private static string Text(List<ProtobufField> message, int number) => Of(message, number).Text;

    private static string Hex(List<ProtobufField> message, int number) => Of(message, number).Hex;
}
