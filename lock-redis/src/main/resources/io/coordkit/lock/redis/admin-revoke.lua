-- Refuses the renewals of a lock's holder from now on: it stays until it is given up or its TTL has passed.
-- KEYS  1 lock
-- ARGV  1 candidate, 2 reason
-- Returns {1} if that candidate had it, else {0}
local held = redis.call('GET', KEYS[1])
if not held or string.sub(held, 1, string.len(ARGV[1]) + 1) ~= ARGV[1] .. ' ' then
  return {0}
end
redis.call('SET', KEYS[1], '!' .. held .. ' ' .. ARGV[2], 'PX', math.max(1, redis.call('PTTL', KEYS[1])))
return {1}
