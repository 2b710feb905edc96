-- Renews locks of one bucket.
-- KEYS  the locks
-- ARGV  1 TTL in ms, then for each lock its candidate
-- Returns for each lock 1 if it was renewed, 0 if it is gone, 2 if another has it, or why it was released by force
local answers = {}
for i, key in ipairs(KEYS) do
  local candidate = ARGV[i + 1]
  local held = redis.call('GET', key)
  if not held then
    answers[i] = 0
  elseif string.sub(held, 1, string.len(candidate) + 1) == candidate .. ' ' then
    redis.call('PEXPIRE', key, ARGV[1])
    answers[i] = 1
  elseif string.sub(held, 1, string.len(candidate) + 2) == '!' .. candidate .. ' ' then
    answers[i] = string.match(held, '^%S+ %S+ (.*)$')
  else
    answers[i] = 2
  end
end
return answers
