-- Renews votes; on request, votes for a holder where the lock is free here, whatever has been voted for meanwhile: it
-- holds by the votes of others, and a majority of them and this one is as good.
-- KEYS  1 marker, then for each vote its lock and the high-water mark of its bucket
-- ARGV  1 max TTL in ms, 2 number of nodes, then for each candidate and value, TTL in ms, and '1' to vote if it is free
-- Returns 1 and for each 1 if it stands, 0 if the lock is free, 2 if another has it, or why it was released by force; or
--         a refusal
local refused = refusal()
if refused then
  return refused
end
local answers = {1}
for i = 1, (#KEYS - 1) / 2 do
  local lock, mark = KEYS[2 * i], KEYS[2 * i + 1]
  local vote, ttl, votes = ARGV[3 * i], ARGV[3 * i + 1], ARGV[3 * i + 2] == '1'
  local held = redis.call('GET', lock)
  if held == vote then
    redis.call('PEXPIRE', lock, ttl)
    answers[i + 1] = 1
  elseif held and string.sub(held, 1, string.len(vote) + 2) == '!' .. vote .. ' ' then
    answers[i + 1] = string.match(held, '^%S+ %S+ (.*)$')
  elseif held then
    answers[i + 1] = 2
  elseif votes then
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
