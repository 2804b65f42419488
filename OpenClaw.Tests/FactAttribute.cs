using Xunit.Sdk;

namespace OpenClaw.Tests;

/// <summary>
/// xunit's attribute, with one more thing: a test whose class finds that a server of its is not installed is skipped with that reason. Contracts need
/// it, which run over several engines; being nearer than xunit's own in every namespace of ours, it serves them without being named.
/// </summary>
[XunitTestCaseDiscoverer("Xunit.Sdk.SkippableFactDiscoverer", "Xunit.SkippableFact")]
public sealed class FactAttribute : Xunit.FactAttribute;

/// <summary>The same for theories.</summary>
[XunitTestCaseDiscoverer("Xunit.Sdk.SkippableTheoryDiscoverer", "Xunit.SkippableFact")]
public sealed class TheoryAttribute : Xunit.TheoryAttribute;
