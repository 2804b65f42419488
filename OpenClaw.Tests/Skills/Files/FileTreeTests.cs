using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Tests.Skills.Files;

/// <summary>The rules of a person's folder, for every implementation that this system can run.</summary>
public abstract class FileTreeContract : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("openclaw-tree-").FullName;

    protected FileTreeContract()
    {
        Root = Directory.CreateDirectory(Path.Combine(_folder, "files", "12")).FullName;
        Directory.CreateDirectory(Path.Combine(Root, "docs"));
        File.WriteAllText(Path.Combine(Root, "docs", "a.txt"), "inside");
        Outside = Directory.CreateDirectory(Path.Combine(_folder, "files", "123")).FullName;
        File.WriteAllText(Path.Combine(Outside, "a.txt"), "SECRET");
    }

    protected string Root { get; }

    protected string Outside { get; }

    private protected IFileTree Tree => field ??= TreeAt(Root);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private protected abstract IFileTree TreeAt(string root);

    [SkippableFact]
    public void Files_and_folders_are_listed_and_opened()
    {
        Tree.List(FilePath.Root, 10).ShouldHaveSingleItem().Kind.ShouldBe(EntryKind.Folder);
        var entry = Tree.List(FilePath.Parse("docs"), 10).ShouldHaveSingleItem();
        (entry.Name, entry.Kind, entry.Length).ShouldBe(("a.txt", EntryKind.File, 6));
        (DateTimeOffset.UtcNow - entry.Modified).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(5));
        Read("docs/a.txt").ShouldBe("inside");
        Tree.Look(FilePath.Root).Kind.ShouldBe(EntryKind.Folder);
        Tree.Look(FilePath.Parse("docs/a.txt")).Length.ShouldBe(6);
    }

    [SkippableFact]
    public void A_list_ends_at_its_limit()
    {
        File.WriteAllText(Path.Combine(Root, "b.txt"), "");
        Tree.List(FilePath.Root, 1).Count.ShouldBe(1);
    }

    [SkippableTheory]
    [InlineData("none.txt", "not_found")]
    [InlineData("none/a.txt", "not_found")]
    [InlineData("docs/a.txt/b", "not_a_folder")]
    [InlineData("docs", "not_a_file")]
    [InlineData(".", "not_a_file")]
    public void What_is_no_file_is_not_opened(string path, string detail) => Refusal(() => Tree.Open(FilePath.Parse(path))).ShouldBe(detail);

    [SkippableFact]
    public void A_file_is_not_listed() => Refusal(() => Tree.List(FilePath.Parse("docs/a.txt"), 10)).ShouldBe("not_a_folder");

    [SkippableFact]
    public void A_link_is_shown_and_never_followed()
    {
        File.CreateSymbolicLink(Path.Combine(Root, "file-link"), Path.Combine(Outside, "a.txt"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "folder-link"), Outside);
        File.CreateSymbolicLink(Path.Combine(Root, "inner-link"), Path.Combine(Root, "docs", "a.txt"));
        File.CreateSymbolicLink(Path.Combine(Root, "dead-link"), "nowhere");
        File.CreateSymbolicLink(Path.Combine(Root, "up-link"), "..");

        Tree.List(FilePath.Root, 10).Where(entry => entry.Kind == EntryKind.Link).Select(entry => entry.Name).Order()
            .ShouldBe(["dead-link", "file-link", "folder-link", "inner-link", "up-link"]);
        foreach (var path in new[] { "file-link", "inner-link", "dead-link", "folder-link/a.txt", "up-link/123/a.txt", "up-link" })
            Refusal(() => Tree.Open(FilePath.Parse(path))).ShouldBe("link", path);
        foreach (var path in new[] { "folder-link", "up-link", "up-link/123" })
            Refusal(() => Tree.List(FilePath.Parse(path), 10)).ShouldBe("link", path);
        Tree.Look(FilePath.Parse("file-link")).Kind.ShouldBe(EntryKind.Link);
    }

    [SkippableFact]
    public void A_root_that_is_a_link_or_missing_is_not_entered()
    {
        var link = Path.Combine(_folder, "files", "13");
        Directory.CreateSymbolicLink(link, Outside);

        Should.Throw<DirectoryNotFoundException>(() => TreeAt(link).Open(FilePath.Parse("a.txt")));
        Should.Throw<DirectoryNotFoundException>(() => TreeAt(link).List(FilePath.Root, 10));
        Should.Throw<DirectoryNotFoundException>(() => TreeAt(link + "4").List(FilePath.Root, 10));
    }

    [SkippableFact]
    public async Task A_fifo_is_refused_and_does_not_hang()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no FIFOs.");
        using (var make = Process.Start("mkfifo", [Path.Combine(Root, "fifo")]))
            await make.WaitForExitAsync();

        var opening = Task.Run(() => Refusal(() => Tree.Open(FilePath.Parse("fifo"))));

        (await opening.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe("special_file");
    }

    [SkippableFact]
    public void A_socket_is_refused()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows shows sockets as files.");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(Root, "socket")));

        Refusal(() => Tree.Open(FilePath.Parse("socket"))).ShouldBe("special_file");
    }

    protected string Read(string path)
    {
        using SafeFileHandle handle = Tree.Open(FilePath.Parse(path));
        using var reader = new StreamReader(new FileStream(handle, FileAccess.Read));
        return reader.ReadToEnd();
    }

    protected static string Refusal(Action action) => Should.Throw<SkillException>(action).Detail;
}

public sealed class PortableFileTreeTests : FileTreeContract
{
    private protected override IFileTree TreeAt(string root) => new PortableFileTree(root);
}

public sealed class LinuxFileTreeTests : FileTreeContract
{
    private protected override IFileTree TreeAt(string root)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux only.");
        return new LinuxFileTree(root);
    }

    [SkippableFact]
    public void A_folder_that_is_swapped_for_a_link_all_the_time_never_shows_the_other_side()
    {
        // Two names for one place, exchanged as fast as the disk allows while files are opened and listed.
        var place = Path.Combine(Root, "docs");
        var real = Path.Combine(Root, "real");
        var link = Path.Combine(Root, "link");
        Directory.CreateSymbolicLink(link, Outside);
        File.WriteAllText(Path.Combine(Outside, "outside-only.txt"), "SECRET");
        var stop = false;
        var swapper = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Directory.Move(place, real);
                Directory.Move(link, place);
                Directory.Move(place, link);
                Directory.Move(real, place);
            }
        });
        swapper.Start();
        var read = 0;
        try
        {
            var patience = Stopwatch.StartNew();
            for (var round = 0; (round < 3_000 || read == 0) && patience.Elapsed < TimeSpan.FromSeconds(30); round++)
            {
                try
                {
                    Read("docs/a.txt").ShouldBe("inside");
                    read++;
                    Tree.List(FilePath.Parse("docs"), 10).ShouldNotContain(entry => entry.Name == "outside-only.txt");
                }
                catch (SkillException exception)
                {
                    exception.Detail.ShouldBeOneOf("link", "not_found", "no_access", "not_a_folder", "outside_root");
                }
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            swapper.Join();
        }

        read.ShouldBeGreaterThan(0);
    }

    [SkippableFact]
    public void A_device_is_refused()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux only.");
        Refusal(() => new LinuxFileTree("/dev").Open(FilePath.Parse("zero"))).ShouldBe("special_file");
    }

    [Fact]
    public void A_sibling_that_begins_alike_is_not_below()
    {
        FileTree.IsBelow("/data/files/12", "/data/files/12/a.txt").ShouldBeTrue();
        FileTree.IsBelow("/", "/a.txt").ShouldBeTrue();
        FileTree.IsBelow("/data/files/12", "/data/files/123/a.txt").ShouldBeFalse();
        FileTree.IsBelow("/data/files/12", "/data/files/12").ShouldBeFalse();
        FileTree.IsBelow("/data/files/12", "/etc/passwd").ShouldBeFalse();
    }

    [Fact]
    public void This_system_gets_the_strongest_tree_it_can_run() =>
        FileTree.At(Root).ShouldBeOfType(OperatingSystem.IsLinux() ? typeof(LinuxFileTree) : typeof(PortableFileTree));
}
