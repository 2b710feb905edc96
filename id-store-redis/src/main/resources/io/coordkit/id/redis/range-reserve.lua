-- Adds what the floor has given out to be taken, unless this server is another one than was asked, or has that or newer.
-- KEYS[1]  the hash of a tag
-- ARGV     from, to, how many these are, who the server was when it was asked
-- Returns {1} if it was added, else {0}: these ids are left out then. Ids are compared as text, for numbers here are
-- exact to 53 bits only.
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
if server .. history ~= ARGV[4] then
  return {'0'}
end
local found = redis.call('HMGET', KEYS[1], 'of', 'from', 'to', 'used', 'size')
local to = found[3]
if to and (#ARGV[1] < #to or (#ARGV[1] == #to and ARGV[1] < to)) then
  return {'0'}
end
if found[1] == ARGV[4] and tonumber(found[4]) < tonumber(found[5]) then
  if to ~= ARGV[1] then
    return {'0'}
  end
  redis.call('HSET', KEYS[1], 'to', ARGV[2])
  redis.call('HINCRBY', KEYS[1], 'size', ARGV[3])
  return {'1'}
end
redis.call('HSET', KEYS[1], 'of', ARGV[4], 'from', ARGV[1], 'to', ARGV[2], 'used', '0', 'size', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'n', 1)
return {'1'}
