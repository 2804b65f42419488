using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_folder_is_made_for_this_account_only()
    {
        var directory = Open("deep/data");

        Directory.Exists(directory.Root).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(directory.Root).ShouldBeEmpty();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(directory.Root).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void A_relative_folder_lies_under_the_nearest_ancestor_with_the_solution_else_under_the_content_root()
    {
        Directory.CreateDirectory(_folder.File("repo/src/host"));
        var outside = Open("data", _folder.File("repo/src/host")).Root;
        File.WriteAllText(_folder.File("repo/OpenClaw.sln"), "");
        var inside = Open("data", _folder.File("repo/src/host")).Root;

        outside.ShouldBe(_folder.File("repo/src/host/data"));
        inside.ShouldBe(_folder.File("repo/data"));
        Open(_folder.File("absolute"), _folder.File("repo/src/host")).Root.ShouldBe(_folder.File("absolute"));
    }

    [Fact]
    public void Files_have_their_places()
    {
        var directory = Open("data");

        directory.DatabaseFile.ShouldBe(_folder.File("data/openclaw.db"));
        directory.KeysFile.ShouldBe(_folder.File("data/keys.db"));
        directory.FilesDirectory.ShouldBe(_folder.File("data/files"));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_with_the_key_to_set()
    {
        File.WriteAllText(_folder.File("file"), "a file where a folder should be");

        var refused = Should.Throw<StartupException>(() => Open("file/data"));

        refused.Message.ShouldContain("Storage__DataDirectory");
        refused.Message.ShouldContain(_folder.File("file/data"));
    }

    private DataDirectory Open(string path, string? contentRoot = null) =>
        new(Options.Create(new StorageOptions { DataDirectory = path }), new Host(contentRoot ?? _folder.Root));

    private sealed class Host(string contentRoot) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Test";

        public string ApplicationName { get; set; } = "OpenClaw.Tests";

        public string ContentRootPath { get; set; } = contentRoot;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
