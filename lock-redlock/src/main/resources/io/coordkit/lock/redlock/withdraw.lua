-- Takes back the vote at one value, and no other: the candidate may have proposed a higher one since.
-- KEYS  1 lock
-- ARGV  1 candidate and value
-- Returns {1} if there was such a vote, else {0}
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  return {1}
end
return {0}
