namespace OpenClaw.Core.Redis;

/// <summary>
/// A bucket is a hash: <c>t</c> tokens left, <c>a</c> when that was true, in microseconds. It is gone when it would be full again.
/// <code>
/// KEYS  1 chat   2 person        ARGV  1 and 2 tokens a minute, 0 = no limit
/// </code>
/// </summary>
internal static class RateScripts
{
    /// <summary>Answers the limit that was hit, or an empty text. A person's flood takes none of the chat's tokens.</summary>
    public static readonly RedisScript Take = new(
        """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        local function left(key, limit)
          local bucket = redis.call('HMGET', key, 't', 'a')
          if not bucket[1] or not bucket[2] then return limit end
          local passed = math.max(0, now - tonumber(bucket[2]))
          return math.min(limit, tonumber(bucket[1]) + passed * limit / 60000000)
        end
        local function take(key, tokens)
          redis.call('HSET', key, 't', string.format('%.9f', tokens - 1), 'a', string.format('%.0f', now))
          redis.call('PEXPIRE', key, 61000)
        end
        local perChat, perPerson = tonumber(ARGV[1]), tonumber(ARGV[2])
        local chat = perChat > 0 and left(KEYS[1], perChat)
        if chat and chat < 1 then return 'chat_rate' end
        local person = perPerson > 0 and left(KEYS[2], perPerson)
        if person and person < 1 then return 'person_rate' end
        if chat then take(KEYS[1], chat) end
        if person then take(KEYS[2], person) end
        return ''
        """);

    /// <summary>
    /// The rules of <c>BubbleBucket</c>; tokens below zero are places that were given out ahead. Answers <c>taken:microseconds:bucket</c>.
    /// <code>
    /// KEYS  1 chat   2 session       ARGV  1 and 2 bubbles an hour, 0 = no limit   3 at_once | in_turn | notice
    /// </code>
    /// </summary>
    public static readonly RedisScript Budget = new(
        """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        local function left(key, limit)
          local bucket = redis.call('HMGET', key, 't', 'a')
          if not bucket[1] or not bucket[2] then return limit end
          local passed = math.max(0, now - tonumber(bucket[2]))
          return math.min(limit, tonumber(bucket[1]) + passed * limit / 3600000000)
        end
        local function wait(tokens, wanted, limit)
          if limit == 0 or tokens >= wanted then return 0 end
          return math.ceil((wanted - tokens) * 3600000000 / limit)
        end
        local function take(key, tokens, limit)
          if limit == 0 then return end
          redis.call('HSET', key, 't', string.format('%.9f', tokens - 1), 'a', string.format('%.0f', now))
          redis.call('PEXPIRE', key, math.ceil((limit - tokens + 1) * 3600000 / limit) + 1000)
        end
        local perChat, perSession = tonumber(ARGV[1]), tonumber(ARGV[2])
        local chat, session = left(KEYS[1], perChat), left(KEYS[2], perSession)
        local answer = '%d:%.0f:%s'
        if ARGV[3] == 'notice' then
          local reserved = wait(session, 1 + perSession / 10, perSession)
          if reserved > 0 then return string.format(answer, 0, reserved, 'session') end
        end
        local ofChat, ofSession = wait(chat, 1, perChat), wait(session, 1, perSession)
        local longest = math.max(ofChat, ofSession)
        local bucket = ofSession > 0 and ofSession >= ofChat and 'session' or 'chat'
        if longest > 0 and ARGV[3] == 'at_once' then return string.format(answer, 0, longest, bucket) end
        take(KEYS[1], chat, perChat)
        take(KEYS[2], session, perSession)
        return string.format(answer, 1, longest, bucket)
        """);

    public static readonly RedisScript GiveBack = new(
        """
        for i = 1, 2 do
          local tokens = redis.call('HGET', KEYS[i], 't')
          if tokens and tonumber(ARGV[i]) > 0 then
            redis.call('HSET', KEYS[i], 't', string.format('%.9f', math.min(tonumber(ARGV[i]), tonumber(tokens) + 1)))
          end
        end
        return ''
        """);
}
