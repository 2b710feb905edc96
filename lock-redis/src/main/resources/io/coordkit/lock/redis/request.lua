-- Asks for a lock: grants it if it is free, repeats the grant if it is the candidate's already, else queues.
-- KEYS  1 lock, 2 high-water mark of the bucket, 3 queue
-- ARGV  1 candidate, 2 TTL in ms, 3 '1' if the candidate may be in the queue
-- Returns {1, grant} or {0, remaining TTL of the holder in ms}
local held = redis.call('GET', KEYS[1])
if held then
  local space = string.find(held, ' ', 1, true)
  if string.sub(held, 1, space - 1) == ARGV[1] then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return {1, string.sub(held, space + 1)}
  end
  local time = redis.call('TIME')
  local expiry = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2]
  redis.call('ZADD', KEYS[3], string.format('%.0f', expiry), ARGV[1])
  if redis.call('PTTL', KEYS[3]) < tonumber(ARGV[2]) then -- never shorter: another waiter's TTL may be longer
    redis.call('PEXPIRE', KEYS[3], ARGV[2])
  end
  return {0, tostring(redis.call('PTTL', KEYS[1]))}
end

-- The clock carries the order over a restart without data, the mark over a clock that was set back.
local time = redis.call('TIME')
local grant = time[1] * 1000000 + time[2]
local mark = redis.call('GET', KEYS[2])
if mark and tonumber(mark) >= grant then
  grant = tonumber(mark) + 1
end
local text = string.format('%.0f', grant)
redis.call('SET', KEYS[2], text)
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. text, 'PX', ARGV[2])
if ARGV[3] == '1' then
  redis.call('ZREM', KEYS[3], ARGV[1])
end
return {1, text}
