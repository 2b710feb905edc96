-- Reports what a node must fulfil, and lets its time of waiting begin if it has to.
-- KEYS  1 marker
-- ARGV  1 max TTL in ms, 2 number of nodes
-- Returns its server, memory and replication settings, then what fitness.lua has against it, if anything
local report = {redis.call('INFO', 'server'), redis.call('INFO', 'memory'), redis.call('INFO', 'replication')}
if string.find(report[3], 'role:master', 1, true) then -- anything else must not be written to
  for _, part in ipairs(refusal() or {}) do
    report[#report + 1] = part
  end
end
return report
