-- Tells who has a lock.
-- KEYS  1 lock, 2 queue
-- Returns {its value, its remaining TTL in ms, how many wait}, or {} if it is free
local held = redis.call('GET', KEYS[1])
if not held then
  return {}
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
return {held, tostring(redis.call('PTTL', KEYS[1])), tostring(redis.call('ZCOUNT', KEYS[2], now, '+inf'))}
