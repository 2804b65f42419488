namespace OpenClaw.Core.Security;

/// <summary>Names one data key in the keys database. Rows carry it beside what they encrypt; destroying the key erases them.</summary>
public readonly record struct DataKeyId(long Value);
