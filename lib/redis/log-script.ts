/** The name of the field that has the entry. */
export const entryField = 'm'

/** The oldest entries that one addition looks at: it removes more than it adds, and costs little. */
const mostRemoved = 32

/**
 * Adds an entry to a stream (KEYS[1]; ARGV: maximum age in milliseconds, entry), removes the oldest as
 * far as they have reached the age that they came with, and lets all of it end with the last. By the
 * time of the server, which ids are made of, too.
 */
export const logScript: string = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ${mostRemoved})) do
  local since = tonumber(string.match(entry[1], '^%d+'))
  local age = entry[2][3] == 'a' and tonumber(entry[2][4]) or 0
  if since + age > now then break end
  redis.call('XDEL', KEYS[1], entry[1])
end
redis.call('XADD', KEYS[1], '*', '${entryField}', ARGV[2], 'a', ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
`
