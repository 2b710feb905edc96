-- Takes a candidate out of the queue of a read-write lock, whether it waits or holds, and wakes each whose turn it is
-- then: a writer that has become the first, or all readers that have no writer ahead of them.
-- KEYS  the five keys of the lock, as share-request.lua has them
-- ARGV  1 candidate, 2 prefix of the clients' channels
-- Returns {1} if it was in the queue, else {0}
local left = redis.call('ZREM', KEYS[1], ARGV[1])
for i = 2, 4 do
  redis.call('ZREM', KEYS[i], ARGV[1])
end

local time = redis.call('TIME')
local now = string.format('(%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  for i = 1, 4 do
    redis.call('ZREM', KEYS[i], dead)
  end
end

local function wake(waiter)
  redis.call('PUBLISH', ARGV[2] .. string.match(waiter, '^[^:]+'), waiter)
end

local first = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
if not first then
  redis.call('DEL', KEYS[5])
elseif redis.call('ZSCORE', KEYS[3], first) then
  if redis.call('ZSCORE', KEYS[4], first) then
    wake(first)
  end
else
  local writer = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
  local before = #writer == 0 and '+inf' or '(' .. writer[2]
  for _, reader in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', before)) do
    wake(reader)
  end
end
return {left}
