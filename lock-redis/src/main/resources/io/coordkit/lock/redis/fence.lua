-- Lets a holder through that is not older than the newest whom this key has seen, and may write for it.
-- KEYS  1 what is guarded, 2 its fence
-- ARGV  1 the holder's mark, 2 the value to write; none to write nothing
-- Replies 1 if it was let through, 0 if somebody newer has been here.

local seen = redis.call('GET', KEYS[2])
if seen and seen > ARGV[1] then
  return {0}
end
redis.call('SET', KEYS[2], ARGV[1])
if ARGV[2] then
  redis.call('SET', KEYS[1], ARGV[2])
end
return {1}
