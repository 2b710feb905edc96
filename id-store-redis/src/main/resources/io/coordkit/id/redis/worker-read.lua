-- Reads records of worker numbers, with the server's clock and how long it has been up.
-- KEYS[1]  the hash of a tag: number -> "OWNER RESERVED_UNTIL"
-- ARGV     the numbers wanted; none for all
-- Returns {clock in ms, uptime in s, number, record, number, record, ...}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local uptime = string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)') or '0'
local reply = {string.format('%d', now), uptime}
if #ARGV == 0 then
  for _, value in ipairs(redis.call('HGETALL', KEYS[1])) do
    reply[#reply + 1] = value
  end
else
  for _, number in ipairs(ARGV) do
    local record = redis.call('HGET', KEYS[1], number)
    if record then
      reply[#reply + 1] = number
      reply[#reply + 1] = record
    end
  end
end
return reply
