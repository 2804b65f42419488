using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace OpenClaw.Benchmarks.Micro;

/// <summary>What the signature of one webhook costs: HMAC-SHA512 over a body of 1 KB, and the comparison in constant time.</summary>
/// <remarks>Public and unsealed because BenchmarkDotNet derives from it.</remarks>
#pragma warning disable MA0053 // see the remark
[MemoryDiagnoser]
public class WebhookSignatureBenchmark
#pragma warning restore MA0053
{
    private readonly byte[] _key = "hmac-secret-of-the-benchmark"u8.ToArray();
    private readonly byte[] _body = new byte[1024];
    private readonly byte[] _signature = new byte[HMACSHA512.HashSizeInBytes];

    /// <summary>Fills the body and signs it once, so that the comparison runs over equal bytes: its longest way.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < _body.Length; i++)
        {
            _body[i] = (byte)('a' + (i % 26));
        }

        HMACSHA512.HashData(_key, _body, _signature);
    }

    /// <summary>Signs without allocating.</summary>
    [Benchmark(Baseline = true)]
    public int Sign()
    {
        Span<byte> signature = stackalloc byte[HMACSHA512.HashSizeInBytes];
        return HMACSHA512.HashData(_key, _body, signature);
    }

    /// <summary>Signs and compares: what an endpoint does.</summary>
    [Benchmark]
    public bool Verify()
    {
        Span<byte> signature = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData(_key, _body, signature);
        return CryptographicOperations.FixedTimeEquals(signature, _signature);
    }
}
