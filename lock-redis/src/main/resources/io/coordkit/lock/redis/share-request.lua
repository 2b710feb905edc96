-- Asks for one side of a read-write lock: puts the candidate into the queue unless it is there, and grants if it is its
-- turn: a writer's when nobody is ahead of it, a reader's when no writer is.
-- KEYS  1 all candidates by their arrival, 2 all by the server time in ms at which each counts as dead, 3 the writers by
--       their arrival, 4 those that wait by their arrival, 5 the last grant and whose it is, 6 high-water mark of the bucket
-- ARGV  1 candidate, 2 TTL in ms, 3 'w' for a writer, 'r' for a reader
-- Returns {1, grant} or {0, ms until the first that is in the way counts as dead}
local candidate, ttl, writes = ARGV[1], tonumber(ARGV[2]), ARGV[3] == 'w'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.0f', now))) do
  for i = 1, 4 do
    redis.call('ZREM', KEYS[i], dead)
  end
end

local place = redis.call('ZSCORE', KEYS[1], candidate)
if not place then
  local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
  place = #last == 0 and 1 or last[2] + 1
  redis.call('ZADD', KEYS[1], place, candidate)
  if writes then
    redis.call('ZADD', KEYS[3], place, candidate)
  end
end
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ttl), candidate)

local ahead = redis.call('ZRANGE', writes and KEYS[1] or KEYS[3], 0, 0, 'WITHSCORES')
local answer
if #ahead > 0 and tonumber(ahead[2]) < tonumber(place) then
  redis.call('ZADD', KEYS[4], place, candidate)
  answer = {0, string.format('%.0f', redis.call('ZSCORE', KEYS[2], ahead[1]) - now)}
else
  redis.call('ZREM', KEYS[4], candidate)
  local grant = redis.call('HGET', KEYS[5], 'grant')
  if not grant or (writes and redis.call('HGET', KEYS[5], 'writer') ~= candidate) then
    -- The clock carries the order over a restart without data, the mark over a clock that was set back.
    local fresh = time[1] * 1000000 + time[2]
    local mark = redis.call('GET', KEYS[6])
    if mark and tonumber(mark) >= fresh then
      fresh = tonumber(mark) + 1
    end
    grant = string.format('%.0f', fresh)
    redis.call('SET', KEYS[6], grant)
    redis.call('HSET', KEYS[5], 'grant', grant, 'writer', writes and candidate or '')
  end
  answer = {1, grant}
end

for i = 1, 5 do
  if redis.call('PTTL', KEYS[i]) < ttl then -- never shorter: another's TTL may be longer
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
end
return answer
