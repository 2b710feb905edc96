-- Stands before each script in which a node takes part in a vote.
-- KEYS  1 marker
-- ARGV  1 max TTL in ms, 2 number of nodes

-- Why this node must not take part, as the reply to give; nil if it may.
--   {3, ms}              it may have forgotten a vote that still counts, for that long
--   {4, max TTL, nodes}  it was set up for these
-- The marker says since when this very run of the server is sure to remember its votes. It is missing on a new server,
-- after a restart without data and after FLUSHALL; it is another run's after a restart with data, which may be old,
-- and on a replica that was made a master. From then on every lock that was forgotten has to expire.
local function refusal()
  local marker = redis.call('HMGET', KEYS[1], 'run', 'since', 'max-ttl', 'nodes')
  if marker[3] and (marker[3] ~= ARGV[1] or marker[4] ~= ARGV[2]) then
    return {4, marker[3], marker[4]}
  end
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local since = tonumber(marker[2])
  if marker[1] ~= run then
    since = now
    redis.call('HSET', KEYS[1],
        'run', run, 'since', string.format('%.0f', now), 'max-ttl', ARGV[1], 'nodes', ARGV[2])
  end
  local drift = math.floor(ARGV[1] / 100) + 2
  local left = since + ARGV[1] + drift - now
  if left > 0 then
    return {3, string.format('%.0f', left)}
  end
  return nil
end

