using System.Text.Json.Nodes;
using OpenClaw.Tests.Deploy;

namespace OpenClaw.Tests.Repository;

/// <summary>The forms in which people tell what is wrong. What they hold is public.</summary>
public sealed class FormTests
{
    [Theory]
    [InlineData("bug.yml")]
    [InlineData("feature.yml")]
    public void Every_form_is_one_that_GitHub_takes(string file)
    {
        var form = Form(file);
        var fields = form.List("body").ToList();

        form.Text("name").ShouldNotBeNullOrEmpty();
        form.Text("description").ShouldNotBeNullOrEmpty();
        fields.Select(field => field.Text("type")).ShouldBeSubsetOf(["markdown", "textarea", "input", "dropdown", "checkboxes"]);
        fields.Where(field => field.Text("type") == "markdown").ShouldAllBe(field => field.Text("attributes", "value") != null);
        var asked = fields.Where(field => field.Text("type") != "markdown").ToList();
        asked.ShouldAllBe(field => field.Text("attributes", "label") != null);
        asked.Select(field => field.Text("id")!).ShouldBeUnique();
    }

    [Theory]
    [InlineData("bug.yml")]
    [InlineData("feature.yml")]
    public void Every_form_warns_first_of_what_must_not_be_pasted(string file)
    {
        var warning = Form(file).List("body").First().Text("attributes", "value").ShouldNotBeNull();

        foreach (var word in (string[])["phone numbers", "texts", "keys", "public"])
            warning.ShouldContain(word);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("version")]
    public void A_report_needs_what_a_cause_is_looked_for_with(string field) =>
        Form("bug.yml").List("body").Single(entry => entry.Text("id") == field).Text("validations", "required").ShouldBe("true", StringCompareShould.IgnoreCase);

    private static JsonObject Form(string file) => YamlFile.Read(SourceTree.File(".github", "ISSUE_TEMPLATE", file)).ShouldHaveSingleItem();
}
