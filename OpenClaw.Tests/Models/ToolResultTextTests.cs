using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenClaw.Worker.Models;

namespace OpenClaw.Tests.Models;

public sealed class ToolResultTextTests
{
    [Fact]
    public void Result_is_the_text_a_model_reads()
    {
        Text(null).ShouldBe("");
        Text("a").ShouldBe("a");
        Text(new TextContent("a")).ShouldBe("a");
        Text(JsonSerializer.SerializeToElement("a")).ShouldBe("a");
        Text(JsonSerializer.SerializeToElement<string?>(null)).ShouldBe("");
        Text(JsonSerializer.SerializeToElement(new { a = 1 })).ShouldBe("""{"a":1}""");
        Text(12).ShouldBe("12");
    }

    private static string Text(object? result) => ToolResultText.Of(new FunctionResultContent("c", result));
}
