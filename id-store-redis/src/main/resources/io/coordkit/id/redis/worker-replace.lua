-- Writes the record of a worker number if it is still what the caller has read, and the clock has not gone back.
-- KEYS[1]  the hash of a tag
-- ARGV     number, expected record or '' for none, new record, the clock in ms when the caller read
-- Returns {1} if it is written, also by an earlier attempt whose answer was lost; else {0}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if found == ARGV[3] then
  return {1}
end
if found ~= ARGV[2] or now < tonumber(ARGV[4]) then
  return {0}
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return {1}
