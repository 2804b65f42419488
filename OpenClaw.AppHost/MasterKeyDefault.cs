using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace OpenClaw.AppHost;

/// <summary>A master key as OpenClaw wants it: 32 bytes in base64. For a developer's machine only.</summary>
internal sealed class MasterKeyDefault : ParameterDefault
{
    private const int Bytes = 32;

    public override string GetDefaultValue() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    public override void WriteToManifest(ManifestPublishingContext context) => throw new NotSupportedException("A published master key is given, not generated.");
}
