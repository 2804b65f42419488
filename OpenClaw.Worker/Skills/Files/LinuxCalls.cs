using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>The few system calls that .NET does not offer: opening relative to a handle without following links, and the type of a file.</summary>
internal static class LinuxCalls
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasic = 0x7ff;
    private const int StatxSize = 256;

    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;

    // These two differ by processor (asm/fcntl.h).
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;
    private static readonly int DirectoryOnly = IsArm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>A handle to a folder by its absolute path; null when it is missing, a link or something else.</summary>
    public static SafeFileHandle? OpenFolder(string path) => Handle(OpenAt(AtFdCwd, path, PathOnly | DirectoryOnly | NoFollow | CloseOnExec, 0));

    /// <summary>A handle to the folder <paramref name="name"/> in <paramref name="parent"/>; null when it is missing, a link or something else.</summary>
    public static SafeFileHandle? OpenFolder(SafeFileHandle parent, string name) =>
        Handle(OpenAt(Number(parent), name, PathOnly | DirectoryOnly | NoFollow | CloseOnExec, 0));

    /// <summary>A readable handle; null when it is missing, a link or forbidden. Never blocks.</summary>
    public static SafeFileHandle? OpenFile(SafeFileHandle parent, string name) =>
        Handle(OpenAt(Number(parent), name, NoFollow | NonBlocking | CloseOnExec, 0));

    /// <summary>What <paramref name="name"/> in <paramref name="parent"/> is, not following a link; with an empty name the handle itself.</summary>
    public static FolderEntry? Stat(SafeFileHandle parent, string name)
    {
        var buffer = new byte[StatxSize];
        if (Statx(Number(parent), name, name.Length == 0 ? AtEmptyPath : AtSymlinkNoFollow, StatxBasic, buffer) != 0)
            return null;

        // struct statx has one layout on every processor: mode at 28, size at 40, mtime at 112.
        var kind = (BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(28)) & 0xF000) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Folder,
            0xA000 => EntryKind.Link,
            _ => EntryKind.Special,
        };
        var length = kind == EntryKind.File ? BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(40)) : 0;
        return new(name, kind, length, Time(BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(112))));
    }

    /// <summary>The file system's own name for an open handle.</summary>
    public static string PathOf(SafeFileHandle handle) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Number(handle)}");

    /// <summary>Where an open handle lies now, without links.</summary>
    public static string? RealPathOf(SafeFileHandle handle) => new FileInfo(PathOf(handle)).LinkTarget;

    private static SafeFileHandle? Handle(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);

    // The handles live in using blocks around every call, so the number stays theirs.
    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static DateTimeOffset Time(long seconds) =>
        seconds is > -62_135_596_800 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;

    [DllImport("libc", EntryPoint = "openat", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int OpenAt(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "statx", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] result);
}
