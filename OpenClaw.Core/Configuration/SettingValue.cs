using System.ComponentModel;
using System.Globalization;

namespace OpenClaw.Core.Configuration;

/// <summary>Reads a configured text as the type of its setting, as the binder would, and says what to write where that fails.</summary>
internal static class SettingValue
{
    /// <summary>Null when <paramref name="text"/> fits, else what to write, as the end of a sentence.</summary>
    public static string? WhatToWrite(Type type, string text)
    {
        if (type == typeof(string) || type == typeof(object) || type == typeof(Uri))
            return null;

        // "30" would be read as thirty days, which nobody means.
        if (type == typeof(TimeSpan) && int.TryParse(text, CultureInfo.InvariantCulture, out var days) && days != 0)
            return Describe(type);
        return TryRead(type, text, out _) ? null : Describe(type);
    }

    /// <summary>The value as the setting's type, or false.</summary>
    public static bool TryRead(Type type, string text, out object? value)
    {
        value = text;
        if (type == typeof(string))
            return true;
        try
        {
            value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text.Trim());
            return value is not null && (!type.IsEnum || Enum.IsDefined(type, value));
        }
        catch (Exception)
        {
            // Converters have no Try form, and wrap what they throw in various types.
            return false;
        }
    }

    private static string Describe(Type type)
    {
        if (type.IsEnum)
            return "one of " + string.Join(", ", Enum.GetNames(type));
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(TimeSpan))
            return "a duration as hh:mm:ss, for example 00:00:30";
        if (type == typeof(int))
            return "a whole number (at most 2147483647)";
        return type.IsPrimitive || type == typeof(decimal)
            ? type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? "a number, for example 0.5" : "a whole number"
            : $"a {type.Name}";
    }
}
