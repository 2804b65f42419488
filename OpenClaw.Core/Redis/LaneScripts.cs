namespace OpenClaw.Core.Redis;

/// <summary>
/// How lanes move. Scores and times are microseconds of the server's clock, which is the only one that counts; callers say how long from now.
/// <code>
/// KEYS  1 ready (lane by the time it is ready)   2 leased (lane by the end of its lease)   3 held (lane -> token, lane:s -> earliest signal meanwhile)
///       4 epoch   5 waiting (some worker found too little to do and sleeps)   6 flood (webhooks pour in; answers can wait)
/// ARGV  1 the epoch to begin where there is none
/// </code>
/// Every answer begins with the epoch and the time. Whether a lane is leased is told by <c>leased</c> alone, so a key that Redis evicts or loses
/// makes a lane ready too early, never never.
/// </summary>
internal static class LaneScripts
{
    /// <summary>Seven days without any use.</summary>
    private const string Expiry = "604800";

    private const string Begin =
        $$"""
        local ready, leased, held, epochKey, waiting = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        local epoch = redis.call('GET', epochKey)
        if not epoch then
          epoch = ARGV[1]
          redis.call('SET', epochKey, epoch, 'EX', {{Expiry}})
        end
        -- Lua's own tostring rounds to 14 digits.
        local function us(time) return string.format('%.0f', time) end
        local function keep(key) redis.call('EXPIRE', key, {{Expiry}}) end
        local function first(key)
          local head = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
          return head[2] and tonumber(head[2])
        end
        local function nextDue()
          local a, b = first(ready), first(leased)
          if a and b then return math.min(a, b) end
          return a or b
        end

        """;

    /// <summary>Puts a lane into the ready set unless it is there for an earlier time; wakes whoever sleeps past that time.</summary>
    private const string Put =
        """
        local wake, due = false, nil
        local function put(lane, at)
          local known = redis.call('ZSCORE', ready, lane)
          if known and tonumber(known) <= at then return end
          if at <= now then
            wake = true
          elseif not wake then
            due = due or nextDue() or math.huge
            if at < due then wake = true end
          end
          redis.call('ZADD', ready, us(at), lane)
          keep(ready)
        end
        local function tell(channel)
          -- One message until somebody sleeps again, however many signals come.
          if wake and redis.call('DEL', waiting) == 1 then redis.call('PUBLISH', channel, '') end
        end

        """;

    private const string OnlyInTime =
        """
        if tonumber(ARGV[2]) > 0 and now > tonumber(ARGV[2]) then return {epoch, us(now), 'late'} end

        """;

    /// <summary>ARGV 2 channel, 3 milliseconds for which a flood is told (0: none), then lane and microseconds from now, in pairs.</summary>
    public static readonly RedisScript Signal = new(Begin + Put +
        """
        if ARGV[3] ~= '0' then redis.call('SET', KEYS[6], '1', 'PX', ARGV[3]) end
        for i = 4, #ARGV, 2 do
          local lane, at = ARGV[i], now + tonumber(ARGV[i + 1])
          if redis.call('ZSCORE', leased, lane) then
            local known = redis.call('HGET', held, lane .. ':s')
            if not known or at < tonumber(known) then
              redis.call('HSET', held, lane .. ':s', us(at))
              keep(held)
            end
          else
            put(lane, at)
          end
        end
        tell(ARGV[2])
        return {epoch, us(now)}
        """);

    /// <summary>Like <see cref="Signal"/>, for lanes that are neither ready nor leased. Answers how many.</summary>
    public static readonly RedisScript SignalMissing = new(Begin + Put +
        """
        local missing = 0
        for i = 3, #ARGV, 2 do
          local lane = ARGV[i]
          if not redis.call('ZSCORE', ready, lane) and not redis.call('ZSCORE', leased, lane) then
            put(lane, now + tonumber(ARGV[i + 1]))
            missing = missing + 1
          end
        end
        tell(ARGV[2])
        return {epoch, us(now), missing}
        """);

    /// <summary>
    /// ARGV 2 deadline, 3 how many, 4 lease in microseconds, 5 token, 6 milliseconds for which the caller counts as sleeping when it gets fewer.
    /// Answers the microseconds until the next lane is due (or nothing), 1 during a flood, and the lanes: then one at most.
    /// </summary>
    public static readonly RedisScript Lease = new(Begin + OnlyInTime +
        """
        local max = tonumber(ARGV[3])
        local flood = redis.call('EXISTS', KEYS[6])
        if flood == 1 then max = 1 end
        local ended = redis.call('ZRANGEBYSCORE', leased, '-inf', us(now), 'LIMIT', 0, 500)
        for _, lane in ipairs(ended) do
          -- Work was cut off: ready now, whatever later time was signalled during the lease.
          local signal = redis.call('HGET', held, lane .. ':s')
          local at = signal and math.min(tonumber(signal), now) or now
          redis.call('ZADD', ready, us(at), lane)
          redis.call('ZREM', leased, lane)
          redis.call('HDEL', held, lane, lane .. ':s')
        end

        local lanes = redis.call('ZRANGEBYSCORE', ready, '-inf', us(now), 'LIMIT', 0, max)
        if #lanes > 0 then
          local leases, tokens = {}, {}
          local lease_end = us(now + tonumber(ARGV[4]))
          for i, lane in ipairs(lanes) do
            leases[2 * i - 1], leases[2 * i] = lease_end, lane
            tokens[2 * i - 1], tokens[2 * i] = lane, ARGV[5]
          end
          redis.call('ZREM', ready, unpack(lanes))
          redis.call('ZADD', leased, unpack(leases))
          redis.call('HSET', held, unpack(tokens))
          keep(ready)
          keep(leased)
          keep(held)
          keep(epochKey)
        end

        local answer = {epoch, us(now), '', flood}
        if #lanes < max then
          local due = nextDue()
          if due then answer[3] = us(due - now) end
          redis.call('SET', waiting, '1', 'PX', ARGV[6])
        else
          answer[3] = '0'
        end
        for _, lane in ipairs(lanes) do answer[#answer + 1] = lane end
        return answer
        """);

    /// <summary>ARGV 2 deadline, 3 lease in microseconds, then lane and token in pairs. Answers the lanes that were lost.</summary>
    public static readonly RedisScript Renew = new(Begin + OnlyInTime +
        """
        local answer = {epoch, us(now)}
        local lease_end = us(now + tonumber(ARGV[3]))
        for i = 4, #ARGV, 2 do
          local lane = ARGV[i]
          if redis.call('HGET', held, lane) == ARGV[i + 1] and redis.call('ZSCORE', leased, lane) then
            redis.call('ZADD', leased, lease_end, lane)
          else
            answer[#answer + 1] = lane
          end
        end
        return answer
        """);

    /// <summary>ARGV 2 channel, 3 lane, 4 token, 5 microseconds until it is ready again, or nothing. Answers 1 when the lane has work.</summary>
    public static readonly RedisScript Release = new(Begin + Put +
        """
        local lane = ARGV[3]
        if redis.call('HGET', held, lane) ~= ARGV[4] or not redis.call('ZSCORE', leased, lane) then return {epoch, us(now), 0} end
        local signal = redis.call('HGET', held, lane .. ':s')
        redis.call('ZREM', leased, lane)
        redis.call('HDEL', held, lane, lane .. ':s')
        local at = signal and tonumber(signal)
        if ARGV[5] ~= '' then at = math.min(at or math.huge, now + tonumber(ARGV[5])) end
        if not at then return {epoch, us(now), 0} end
        put(lane, at)
        tell(ARGV[2])
        return {epoch, us(now), 1}
        """);

    /// <summary>ARGV 2 how many of each kind. Answers lanes that are ready, or whose lease ran out, each with the microseconds since then.</summary>
    public static readonly RedisScript Ready = new(Begin +
        """
        local answer = {epoch, us(now)}
        for _, key in ipairs({ready, leased}) do
          local lanes = redis.call('ZRANGEBYSCORE', key, '-inf', us(now), 'WITHSCORES', 'LIMIT', 0, ARGV[2])
          for i = 1, #lanes, 2 do
            answer[#answer + 1] = lanes[i]
            answer[#answer + 1] = us(now - tonumber(lanes[i + 1]))
          end
        end
        return answer
        """);

    /// <summary>Begins a new epoch: somebody's signals were lost, and every process should repeat what it knows of.</summary>
    public static readonly RedisScript NewEpoch = new(Begin +
        $$"""
        redis.call('SET', epochKey, ARGV[1], 'EX', {{Expiry}})
        return {ARGV[1], us(now)}
        """);
}
