using System.Buffers.Binary;
using System.Text;

namespace OpenClaw.Tests.Telemetry;

/// <summary>Protobuf's wire format, as much of it as OTLP uses: a message is a list of numbered fields, whose meaning the schema tells.</summary>
/// <param name="Number">Of the field.</param>
/// <param name="Value">A number: varint, or the bits of a fixed one.</param>
/// <param name="Bytes">Text, bytes or a message within.</param>
internal readonly record struct ProtobufField(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public string Hex => Convert.ToHexStringLower(Bytes.Span);

    /// <exception cref="InvalidDataException">It is no protobuf.</exception>
    public static List<ProtobufField> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<ProtobufField>();
        while (message.Length > 0)
        {
            var tag = Varint(ref message);
            var number = (int)(tag >> 3);
            fields.Add((tag & 7) switch
            {
                0 => new(number, Varint(ref message), default),
                1 => new(number, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref message, 8).Span), default),
                2 => new(number, 0, Take(ref message, (int)Varint(ref message))),
                5 => new(number, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref message, 4).Span), default),
                _ => throw new InvalidDataException($"Wire type {tag & 7} is none of OTLP's."),
            });
        }

        return fields;
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> message, int length)
    {
        var taken = message[..length];
        message = message[length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = Take(ref message, 1).Span[0];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
