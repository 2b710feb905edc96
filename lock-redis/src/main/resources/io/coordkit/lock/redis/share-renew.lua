-- Renews holds of read-write locks of one bucket.
-- KEYS  for each the five keys of its lock, as share-request.lua has them
-- ARGV  1 TTL in ms, then for each its candidate
-- Returns for each 1 if it was renewed, 0 if it is gone
local ttl = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local expiry = string.format('%.0f', now + ttl)
local answers = {}
for i = 1, #ARGV - 1 do
  local first = 5 * (i - 1)
  local alive = redis.call('ZSCORE', KEYS[first + 2], ARGV[i + 1])
  if alive and tonumber(alive) >= now and redis.call('ZSCORE', KEYS[first + 1], ARGV[i + 1]) then
    redis.call('ZADD', KEYS[first + 2], expiry, ARGV[i + 1])
    for key = first + 1, first + 5 do
      if redis.call('PTTL', KEYS[key]) < ttl then
        redis.call('PEXPIRE', KEYS[key], ARGV[1])
      end
    end
    answers[i] = 1
  else
    answers[i] = 0
  end
end
return answers
