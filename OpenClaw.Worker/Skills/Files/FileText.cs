using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>An opened text file: its encoding and a reader over it that streams.</summary>
internal sealed class FileText : IDisposable
{
    private readonly FileStream _stream;

    private FileText(FileStream stream, TextKind kind)
    {
        _stream = stream;
        Kind = kind;
        Reader = new StreamReader(stream, kind.Encoding!, detectEncodingFromByteOrderMarks: false, bufferSize: 32 * 1024, leaveOpen: true);
    }

    /// <summary>How the file is encoded.</summary>
    public TextKind Kind { get; }

    /// <summary>From the first character on, without a byte order mark.</summary>
    public StreamReader Reader { get; }

    /// <summary>Bytes read so far.</summary>
    public long Position => _stream.Position;

    /// <summary>Opens <paramref name="path"/>; null when the file is not text.</summary>
    public static FileText? Open(IFileTree tree, FilePath path, CancellationToken cancellationToken)
    {
        SafeFileHandle handle = tree.Open(path);
        try
        {
            var kind = TextKind.Of(handle, cancellationToken);
            if (kind.Encoding is null)
            {
                handle.Dispose();
                return null;
            }

            var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            stream.Position = kind.Preamble;
            return new(stream, kind);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Reader.Dispose();
        _stream.Dispose();
    }
}
