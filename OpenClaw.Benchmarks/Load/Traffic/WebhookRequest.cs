using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <summary>
/// One signed WAHA webhook as the bytes of an HTTP/1.1 request. Everything that changes from message to message has a fixed
/// width, so rendering the next one costs a few copies into the same buffer and one HMAC. Not for use by two tasks at once.
/// </summary>
internal sealed class WebhookRequest
{
    private const string BodyTemplate =
        """
        {"id":"evt_EEEEEEEEEEEEEEEEEEEEEEEEEE","timestamp":MMMMMMMMMMMMM,"event":"message","session":"default","me":{"id":"19990001111@c.us","pushName":"Load Bot","lid":"99900011112222@lid"},"payload":{"id":"false_CCCCCCCCCCC@c.us_RRRRRRRRRRRRRRRRRRRRRR","timestamp":SSSSSSSSSS,"from":"CCCCCCCCCCC@c.us","fromMe":false,"source":"app","body":"TTTTTTTTT tell me something nice, please","hasMedia":false,"media":null,"ack":2,"ackName":"DEVICE","location":null,"vCards":null,"replyTo":null,"_data":{"key":{"remoteJid":"CCCCCCCCCCC@s.whatsapp.net","fromMe":false,"id":"RRRRRRRRRRRRRRRRRRRRRR"},"messageTimestamp":SSSSSSSSSS,"pushName":"Ana","broadcast":false,"message":{"conversation":"TTTTTTTTT tell me something nice, please"},"status":3}},"engine":"NOWEB","environment":{"version":"2026.2.1","engine":"NOWEB","tier":"CORE","browser":null,"platform":"linux/x64","worker":{"id":null}}}
        """;

    private readonly byte[] _hmacKey;
    private readonly byte[] _bytes;
    private readonly int _bodyStart;
    private readonly Slot _eventId;
    private readonly Slot _milliseconds;
    private readonly Slot _chat;
    private readonly Slot _rawId;
    private readonly Slot _seconds;
    private readonly Slot _token;
    private readonly Slot _requestId;
    private readonly Slot _signature;

    public WebhookRequest(string hmacKey)
    {
        _hmacKey = Encoding.UTF8.GetBytes(hmacKey);
        var head = string.Join("\r\n",
            "POST /webhooks/waha HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            "User-Agent: WAHA/2026.2.1",
            "X-Webhook-Request-Id: QQQQQQQQQQQQQQQQQ",
            "X-Webhook-Timestamp: MMMMMMMMMMMMM",
            "X-Webhook-Hmac: " + new string('H', 128),
            "X-Webhook-Hmac-Algorithm: sha512",
            "Content-Length: " + BodyTemplate.Length.ToString(CultureInfo.InvariantCulture),
            "Connection: keep-alive",
            "\r\n");
        _bytes = Encoding.ASCII.GetBytes(head + BodyTemplate);
        _bodyStart = head.Length;
        _eventId = new Slot(_bytes, 'E', 26);
        _milliseconds = new Slot(_bytes, 'M', 13);
        _chat = new Slot(_bytes, 'C', 11);
        _rawId = new Slot(_bytes, 'R', 22);
        _seconds = new Slot(_bytes, 'S', 10);
        _token = new Slot(_bytes, 'T', MessageToken.Prefix.Length + MessageToken.Digits);
        _requestId = new Slot(_bytes, 'Q', 17);
        _signature = new Slot(_bytes, 'H', 128);
        _rawId.Write(_bytes, "3EB0000000000000000000"u8);
        _token.Write(_bytes, "m-0000000"u8);
    }

    /// <summary>The chat id of chat number <paramref name="chat"/>, for example <c>15550000007@c.us</c>.</summary>
    public static string ChatId(int chat) => (15_550_000_000L + chat).ToString("D11", CultureInfo.InvariantCulture) + "@c.us";

    /// <summary>WhatsApp's id of message <paramref name="number"/>: 22 hexadecimal digits.</summary>
    public static string RawId(int number) => "3EB0" + number.ToString("D18", CultureInfo.InvariantCulture);

    /// <summary>The text of message <paramref name="number"/>.</summary>
    public static string Text(int number) => MessageToken.Of(number) + " tell me something nice, please";

    /// <summary>The whole request for one message. Valid until the next call; copy it to send it again later.</summary>
    public ReadOnlyMemory<byte> Render(int number, int chat, DateTimeOffset now)
    {
        _eventId.WriteNumber(_bytes, number);
        _requestId.WriteNumber(_bytes, number);
        _milliseconds.WriteNumber(_bytes, now.ToUnixTimeMilliseconds());
        _seconds.WriteNumber(_bytes, now.ToUnixTimeSeconds());
        _chat.WriteNumber(_bytes, 15_550_000_000L + chat);
        _rawId.WriteNumber(_bytes, number, skip: 4);
        _token.WriteNumber(_bytes, number, skip: MessageToken.Prefix.Length);

        Span<byte> signature = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData(_hmacKey, _bytes.AsSpan(_bodyStart), signature);
        Convert.TryToHexStringLower(signature, _bytes.AsSpan(_signature.First, _signature.Width), out _);
        return _bytes;
    }

    /// <summary>All the places of one field: runs of exactly <c>Width</c> times the same capital letter in the template.</summary>
    private sealed class Slot
    {
        private readonly List<int> _offsets = [];

        public Slot(byte[] template, char letter, int width)
        {
            Width = width;
            var run = new byte[width];
            Array.Fill(run, (byte)letter);
            for (var at = 0; template.AsSpan(at).IndexOf(run) is >= 0 and var found; at += found + width)
            {
                _offsets.Add(at + found);
            }

            if (_offsets.Count == 0)
            {
                throw new InvalidOperationException($"The webhook template has no field of {width} times '{letter}'.");
            }
        }

        public int Width { get; }

        public int First => _offsets[0];

        public void Write(byte[] target, ReadOnlySpan<byte> value)
        {
            foreach (var offset in _offsets)
            {
                value.CopyTo(target.AsSpan(offset, Width));
            }
        }

        /// <summary>Writes decimal digits, zero-padded to the field's end, leaving its first <paramref name="skip"/> bytes.</summary>
        public void WriteNumber(byte[] target, long value, int skip = 0)
        {
            foreach (var offset in _offsets)
            {
                Utf8Formatter.TryFormat(value, target.AsSpan(offset + skip), out _, new('D', (byte)(Width - skip)));
            }
        }
    }
}
