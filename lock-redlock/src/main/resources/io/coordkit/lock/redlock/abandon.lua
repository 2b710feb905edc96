-- Takes the candidate's vote back, whatever its value, and takes it out of the queue. If the lock is free then and this
-- is news to those who wait, or the candidate was woken and leaves, wakes one of them.
-- KEYS  1 lock, 2 queue
-- ARGV  1 candidate, 2 prefix of the clients' channels, 3 how many waiters may be passed over as dead
-- Returns {1} if it had the vote, else {0}
local released = 0
local queued = redis.call('ZREM', KEYS[2], ARGV[1])
local held = redis.call('GET', KEYS[1])
local from = held and string.sub(held, 1, 1) == '!' and 2 or 1 -- released by force
if held and string.sub(held, from, string.len(ARGV[1]) + from) == ARGV[1] .. ' ' then
  redis.call('DEL', KEYS[1])
  held = false
  released = 1
end
if held or (queued == 1 and released == 0) then
  return {released}
end

-- A waiter whose entry has expired is dead, and so is one whose channel nobody listens to: the next one's turn.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.0f', now))
for _ = 1, ARGV[3] do
  local head = redis.call('ZPOPMIN', KEYS[2])
  if #head == 0 then
    break
  end
  local client = string.match(head[1], '^[^:]+')
  if redis.call('PUBLISH', ARGV[2] .. client, head[1]) > 0 then
    break
  end
end
return {released}
