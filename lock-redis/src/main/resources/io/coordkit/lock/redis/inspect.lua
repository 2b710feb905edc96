-- Reports the server's version and memory settings, to check them before anything rests on them.
return {redis.call('INFO', 'server'), redis.call('INFO', 'memory')}
