using OpenClaw.Tests.Deploy;

namespace OpenClaw.Tests.Repository;

/// <summary>What makes the notes of a release.</summary>
public sealed class ReleaseTests
{
    // With it the lock file would belong to one registry, and everybody behind another one could not install from it.
    [Fact]
    public void The_lock_file_names_no_registry() => File.ReadAllText(SourceTree.File(".github", "release", "package-lock.json")).ShouldNotContain("\"resolved\"");

    [Fact]
    public void The_changelog_begins_with_what_is_not_released() =>
        File.ReadLines(SourceTree.File("CHANGELOG.md")).First(line => line.StartsWith("## ", StringComparison.Ordinal)).ShouldBe("## [Unreleased]");
}
