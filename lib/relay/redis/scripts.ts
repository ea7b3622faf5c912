/**
 * The parts of a stream, a key each.
 *
 * `meta`: a hash with the token of the writer and the number of events; it exists as long as the stream. `lease`: the token while the
 * writer is alive. `events`: a stream with the ids `1-0`, `2-0`, …, and the end as its last entry. `stop`: a stream with an entry once
 * a stop was requested. `read`: exists while something reads.
 */
const PARTS = ['meta', 'lease', 'events', 'stop', 'read'] as const;

/** Returns the key of a part of a stream. The braces keep the keys of a stream in one slot of a cluster. */
export const keyOf = (prefix: string, id: string, part: (typeof PARTS)[number]): string =>
  `${prefix}{${id}}:${part}`;

/** Returns the keys of a stream, in the order in which scripts receive them. */
export const keysOf = (prefix: string, id: string): string[] => PARTS.map((part) => keyOf(prefix, id, part));

const KEYS = `local ${PARTS.join(', ')} = ${PARTS.map((_, i) => `KEYS[${i + 1}]`).join(', ')}`;

/**
 * Claims a stream. Arguments: token, lease, time to live. A repeated claim of the same token succeeds as well. Returns whether the token is
 * the writer, and the id and the age of a stop that was requested before.
 */
export const CLAIM = `${KEYS}
local owner = redis.call('HGET', meta, 'token')
if owner and owner ~= ARGV[1] then return {0} end
if not owner then
  redis.call('DEL', events, read)
  redis.call('HSET', meta, 'token', ARGV[1], 'count', 0)
  redis.call('PEXPIRE', meta, ARGV[3])
  redis.call('SET', lease, ARGV[1], 'PX', ARGV[2])
end
local early = redis.call('XREVRANGE', stop, '+', '-', 'COUNT', 1)[1]
if not early then return {1} end
local now = redis.call('TIME')
return {1, early[1], now[1] * 1000 + math.floor(now[2] / 1000) - string.match(early[1], '^%d+')}`;

/** Removes a stop that is not for this stream, but not a later one. Argument: its id. */
export const REMOVE_STOP = `${KEYS}
local last = redis.call('XREVRANGE', stop, '+', '-', 'COUNT', 1)[1]
if last and last[1] == ARGV[1] then redis.call('DEL', stop) end
return 1`;

/**
 * Appends events in a way that fences the writer. Arguments: token, lease, time to live, most events, number of events before these,
 * end, events. Returns 0 if the lease is lost, and -1 if the stream is gone, unless it is to be withdrawn. An end whose reply was lost is
 * appended once.
 */
export const APPEND = `${KEYS}
if redis.call('EXISTS', meta) == 0 then return ARGV[6] == 'withdrawn' and 1 or -1 end
if redis.call('GET', lease) ~= ARGV[1] then
  local last = redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]
  local hasEnded = last and last[2][1] == 'end' and redis.call('HGET', meta, 'token') == ARGV[1]
  return hasEnded and ARGV[6] == 'ended' and 1 or 0
end
if ARGV[6] == 'withdrawn' then
  redis.call('DEL', meta, lease, events, stop, read)
  return 1
end
local count = math.max(redis.call('HGET', meta, 'count'), ARGV[5])
for i = 7, #ARGV do
  local number = ARGV[5] + i - 6
  if number > count then
    redis.call('XADD', events, 'MAXLEN', '~', ARGV[4], string.format('%.0f-0', number), 'e', ARGV[i])
    count = number
  end
end
redis.call('HSET', meta, 'count', string.format('%.0f', count))
if ARGV[6] == 'ended' then
  redis.call('XADD', events, string.format('%.0f-1', count), 'end', '1')
  redis.call('DEL', lease)
else
  redis.call('SET', lease, ARGV[1], 'PX', ARGV[2])
end
redis.call('PEXPIRE', meta, ARGV[3])
redis.call('PEXPIRE', events, ARGV[3])
return 1`;

/**
 * Renews a lease. Arguments: token, lease, time to live. Returns 2 if a stop was requested, 3 if something reads, 1 if nothing does, 0 if
 * the lease is lost, and -1 if the stream is gone.
 */
export const RENEW = `${KEYS}
if redis.call('EXISTS', meta) == 0 then return -1 end
if redis.call('GET', lease) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', lease, ARGV[2])
redis.call('PEXPIRE', meta, ARGV[3])
redis.call('PEXPIRE', events, ARGV[3])
if redis.call('EXISTS', stop) == 1 then return 2 end
return redis.call('EXISTS', read) == 1 and 3 or 1`;

/**
 * Requests a stop. Argument: time to live. Returns 0 if the stream is unknown, and keeps the request for a minute. Without memory for the
 * request, it ends the lease, which stops the writer as well.
 */
export const STOP = `${KEYS}
local isKnown = redis.call('EXISTS', meta)
if isKnown == 0 or redis.call('EXISTS', lease) == 1 then
  local added = redis.pcall('XADD', stop, 'MAXLEN', '1', '*', 'stop', '1')
  if type(added) == 'table' and added.err then redis.call('DEL', lease) end
  redis.call('PEXPIRE', stop, isKnown == 1 and ARGV[1] or 60000)
end
return isKnown`;

/**
 * Reads a page. Arguments: the number of the last event, the most events, the time for which the reader counts as present. Returns the state
 * of the stream (`unknown`, `trimmed`, `orphaned`, `ended`, `open`, `more`) and the token of its writer, then numbers and texts by turns. A
 * page can be read when the memory is full, although its reader does not count as present then.
 */
export const READ = `${KEYS}
local token = redis.call('HGET', meta, 'token')
if not token then return {'unknown'} end
redis.pcall('SET', read, '1', 'PX', ARGV[3])
local after = tonumber(ARGV[1])
local entries = redis.call('XRANGE', events, string.format('%.0f-1', after), '+', 'COUNT', ARGV[2])
local page = {#entries == tonumber(ARGV[2]) and 'more' or 'open', token}
for _, entry in ipairs(entries) do
  local isEnd = entry[2][1] == 'end'
  local number = tonumber(string.match(entry[1], '^%d+'))
  if number > (isEnd and after or after + 1) then return {'trimmed', token} end
  if isEnd then
    page[1] = 'ended'
  else
    after = number
    page[#page + 1] = number
    page[#page + 1] = entry[2][2]
  end
end
if page[1] == 'open' and redis.call('EXISTS', lease) == 0 then
  if #entries == 0 then
    local last = redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]
    page[1] = last and last[2][1] == 'end' and 'ended' or 'orphaned'
  else
    page[1] = 'more'
  end
end
return page`;
