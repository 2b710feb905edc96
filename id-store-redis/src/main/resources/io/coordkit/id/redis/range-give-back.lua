-- Takes back the end of the range that was given out last.
-- KEYS[1]  the hash of a tag
-- ARGV     how many ids, n when they were taken, who the server was then
-- Returns {1} if they went back, else {0}. A repeat finds another n, and does nothing.
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local found = redis.call('HMGET', KEYS[1], 'of', 'n')
if server .. history ~= ARGV[3] or found[1] ~= ARGV[3] or found[2] ~= ARGV[2] then
  return {'0'}
end
redis.call('HINCRBY', KEYS[1], 'used', '-' .. ARGV[1])
redis.call('HINCRBY', KEYS[1], 'n', 1)
return {'1'}
