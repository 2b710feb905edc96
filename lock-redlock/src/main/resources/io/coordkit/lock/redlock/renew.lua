-- Renews votes; on request, votes again where this node has none, for those that a majority has just renewed.
-- KEYS  1 marker, then for each vote its lock and the high-water mark of its bucket
-- ARGV  1 max TTL in ms, 2 number of nodes, 3 '1' to vote again, then for each candidate and value, and TTL in ms
-- Returns 1 and for each 1 if it stands, 0 if the lock is free, 2 if another has it; or a refusal
local refused = refusal()
if refused then
  return refused
end
local answers = {1}
for i = 1, (#KEYS - 1) / 2 do
  local lock, mark = KEYS[2 * i], KEYS[2 * i + 1]
  local vote, ttl = ARGV[2 * i + 2], ARGV[2 * i + 3]
  local held = redis.call('GET', lock)
  if held == vote then
    redis.call('PEXPIRE', lock, ttl)
    answers[i + 1] = 1
  elseif held then
    answers[i + 1] = 2
  elseif ARGV[3] == '1' then
    local value = string.match(vote, ' (%d+)$')
    local highest = redis.call('GET', mark)
    if not highest or tonumber(highest) < tonumber(value) then
      redis.call('SET', mark, value)
    end
    redis.call('SET', lock, vote, 'PX', ttl)
    answers[i + 1] = 1
  else
    answers[i + 1] = 0
  end
end
return answers
