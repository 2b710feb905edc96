-- Reports the server's version and memory settings, to check them before anything rests on them; an empty text if this
-- user may not see them.
local function info(section)
  local text = redis.pcall('INFO', section)
  return type(text) == 'string' and text or ''
end
return {info('server') .. info('memory')}
