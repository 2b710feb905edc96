-- Votes for a candidate at the value it proposes, if the lock is free and the value is new; else queues the candidate.
-- KEYS  1 marker, 2 lock, 3 high-water mark of the bucket, 4 queue
-- ARGV  1 max TTL in ms, 2 number of nodes, 3 candidate, 4 proposal, 5 TTL in ms
-- Returns {1} for the vote, {0, holder, its remaining TTL in ms} if another has the lock, {2, mark} if the proposal is
--         not above the mark, or a refusal
local refused = refusal()
if refused then
  return refused
end
local held = redis.call('GET', KEYS[2])
if held == ARGV[3] .. ' ' .. ARGV[4] then -- a repeat
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
  return {1}
end
if held and string.sub(held, 1, string.len(ARGV[3]) + 1) ~= ARGV[3] .. ' ' then
  local time = redis.call('TIME')
  local expiry = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[5]
  redis.call('ZADD', KEYS[4], string.format('%.0f', expiry), ARGV[3])
  if redis.call('PTTL', KEYS[4]) < tonumber(ARGV[5]) then -- never shorter: another waiter's TTL may be longer
    redis.call('PEXPIRE', KEYS[4], ARGV[5])
  end
  return {0, held, tostring(redis.call('PTTL', KEYS[2]))}
end

local mark = redis.call('GET', KEYS[3])
if mark and tonumber(mark) >= tonumber(ARGV[4]) then
  return {2, mark}
end
redis.call('SET', KEYS[3], ARGV[4])
redis.call('SET', KEYS[2], ARGV[3] .. ' ' .. ARGV[4], 'PX', ARGV[5])
redis.call('ZREM', KEYS[4], ARGV[3])
return {1}
