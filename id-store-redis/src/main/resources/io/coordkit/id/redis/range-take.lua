-- Takes ids from what the floor has reserved.
-- KEYS[1]  the hash of a tag: of, from, to, used, size, n
-- ARGV[1]  how many
-- Returns {who this server is, from, used before, taken, n}, or only the first if there is nothing to take.
-- Who it is changes with every restart and every change of roles, after which data may be older than what was issued.
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local me = server .. history
local found = redis.call('HMGET', KEYS[1], 'of', 'from', 'used', 'size')
if found[1] ~= me then
  return {me}
end
local used = tonumber(found[3])
local taken = math.min(tonumber(ARGV[1]), tonumber(found[4]) - used)
if taken < 1 then
  return {me}
end
redis.call('HINCRBY', KEYS[1], 'used', string.format('%d', taken))
local n = redis.call('HINCRBY', KEYS[1], 'n', 1)
return {me, found[2], string.format('%d', used), string.format('%d', taken), string.format('%d', n)}
