using System.Text;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>
/// Lines of a text of any size in constant memory: <see cref="StreamReader.ReadLine"/> would hold a line of a gigabyte whole, this keeps
/// its beginning. Ends are LF, CRLF and CR; a text that ends with one has no empty line after it.
/// </summary>
internal sealed class BoundedLines(TextReader reader, int longestLine)
{
    private readonly char[] _buffer = new char[16 * 1024];
    private readonly StringBuilder _line = new();
    private int _position;
    private int _count;
    private bool _afterCarriageReturn;

    /// <summary>Number of the line read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Beginning of the line read last, at most the limit.</summary>
    public string Line { get; private set; } = "";

    /// <summary>Whether <see cref="Line"/> is only the beginning.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads the next line; false at the end. With <paramref name="keep"/> false it is counted and not kept.</summary>
    public bool Next(bool keep, CancellationToken cancellationToken)
    {
        _line.Clear();
        IsCut = false;
        var isAny = false;
        while (_position < _count || Fill(cancellationToken))
        {
            var rest = _buffer.AsSpan(_position, _count - _position);
            if (_afterCarriageReturn)
            {
                _afterCarriageReturn = false;
                if (rest[0] == '\n')
                {
                    _position++;
                    continue;
                }
            }

            isAny = true;
            var end = rest.IndexOfAny('\n', '\r');
            Keep(keep, end < 0 ? rest : rest[..end]);
            if (end < 0)
            {
                _position = _count;
                continue;
            }

            _afterCarriageReturn = rest[end] == '\r';
            _position += end + 1;
            break;
        }

        if (!isAny)
            return false;

        Number++;
        Line = keep ? _line.ToString() : "";
        return true;
    }

    private void Keep(bool keep, ReadOnlySpan<char> part)
    {
        if (!keep)
            return;

        var room = longestLine - _line.Length;
        if (part.Length <= room && !IsCut)
        {
            _line.Append(part);
            return;
        }

        if (IsCut)
            return;

        IsCut = true;
        _line.Append(part[..room]);
        // The limit may fall inside a surrogate pair.
        if (_line.Length > 0 && char.IsHighSurrogate(_line[^1]))
            _line.Length--;
    }

    private bool Fill(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _position = 0;
        _count = reader.Read(_buffer, 0, _buffer.Length);
        return _count > 0;
    }
}
