-- Releases each candidate's lock or takes it out of the queue; where the lock is free then, wakes one waiter.
-- All are of one bucket.
-- KEYS  for each candidate its lock and its queue
-- ARGV  1 prefix of the clients' channels, 2 how many waiters may be passed over as dead,
--       then for each candidate its name, and '1' if it may be in the queue
-- Returns for each candidate 1 if it held the lock, else 0
local time = redis.call('TIME')
local now = string.format('(%.0f', time[1] * 1000 + math.floor(time[2] / 1000))

-- A waiter whose entry has expired is dead, and so is one whose channel nobody listens to: the next one's turn.
local function wake(queue)
  redis.call('ZREMRANGEBYSCORE', queue, '-inf', now)
  for _ = 1, ARGV[2] do
    local head = redis.call('ZPOPMIN', queue)
    if #head == 0 then
      return
    end
    local client = string.match(head[1], '^[^:]+')
    if redis.call('PUBLISH', ARGV[1] .. client, head[1]) > 0 then
      return
    end
  end
end

local released = {}
for i = 1, #KEYS / 2 do
  local lock, queue = KEYS[2 * i - 1], KEYS[2 * i]
  local candidate, may_queue = ARGV[2 * i + 1], ARGV[2 * i + 2]
  released[i] = 0
  local held = redis.call('GET', lock)
  local revoked = held and string.sub(held, 1, 1) == '!'
  local from = revoked and 2 or 1
  if held and string.sub(held, from, string.len(candidate) + from) == candidate .. ' ' then
    redis.call('DEL', lock)
    held = false
    released[i] = 1
  end
  if may_queue == '1' then
    redis.call('ZREM', queue, candidate)
  end
  if not held then
    wake(queue)
  end
end
return released
