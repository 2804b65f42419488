namespace OpenClaw.Tests.Deploy;

internal static class Images
{
    /// <summary>A tag that says which version: <c>latest</c>, none, or a bare name like <c>alpine</c> would be another program tomorrow.</summary>
    public static void ShouldBePinned(string? image)
    {
        var name = image.ShouldNotBeNull().Split('/')[^1];
        name.ShouldContain(':');
        var tag = name.Split(':')[1];
        tag.ShouldNotStartWith("latest");
        // Ours are built on the machine, or named by whoever has a registry.
        if (image!.StartsWith("openclaw-", StringComparison.Ordinal))
            tag.ShouldBe("local");
        else
            tag.ShouldContain(".", customMessage: image);
    }
}
