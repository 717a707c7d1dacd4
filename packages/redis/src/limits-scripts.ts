// A counter is a hash: count, resetsAt and blockedUntil, in milliseconds of the service's clock. What it says decides;
// Redis' own expiry only tidies up, a minute late, so that clocks that differ a little cannot lose a counter.
// A script runs alone, so each is exact under any storm. Answers are moments in milliseconds, 0 for none.
const TIDY_UP_LATER_MS = 60_000;

/** KEYS: counters. ARGV: now; for each key its limit, or -1 for a key that has waits. Answers until when each is closed. */
export const PEEK = `
local now = tonumber(ARGV[1])
local closed = {}
for i, key in ipairs(KEYS) do
  local counter = redis.call('HMGET', key, 'count', 'resetsAt', 'blockedUntil')
  local limit = tonumber(ARGV[i + 1])
  local till = tonumber(counter[limit < 0 and 3 or 2] or 0)
  local full = limit < 0 or tonumber(counter[1] or 0) >= limit
  closed[i] = (full and till > now) and till or 0
end
return closed`;

/** KEYS: counters. ARGV: now; for each key its limit and window. Counts on all, or answers when the last full one opens. */
export const CONSUME = `
local now = tonumber(ARGV[1])
local refusedUntil = 0
local running = {}
for i, key in ipairs(KEYS) do
  local counter = redis.call('HMGET', key, 'count', 'resetsAt')
  local resetsAt = tonumber(counter[2] or 0)
  running[i] = resetsAt > now
  if running[i] and tonumber(counter[1]) >= tonumber(ARGV[2 * i]) then
    refusedUntil = math.max(refusedUntil, resetsAt)
  end
end
if refusedUntil > 0 then return refusedUntil end
for i, key in ipairs(KEYS) do
  if running[i] then
    redis.call('HINCRBY', key, 'count', 1)
  else
    local window = tonumber(ARGV[2 * i + 1])
    redis.call('HSET', key, 'count', 1, 'resetsAt', string.format('%.0f', now + window))
    redis.call('PEXPIRE', key, string.format('%.0f', window + ${TIDY_UP_LATER_MS}))
  end
end
return 0`;

/** KEYS: a counter. ARGV: now, free failures, longest wait, memory. Counts a failure, or answers when its wait ends. */
export const PENALIZE = `
local now, free = tonumber(ARGV[1]), tonumber(ARGV[2])
local longest, memory = tonumber(ARGV[3]), tonumber(ARGV[4])
local counter = redis.call('HMGET', KEYS[1], 'count', 'resetsAt', 'blockedUntil')
local blockedUntil = tonumber(counter[3] or 0)
if blockedUntil > now then return blockedUntil end
local count = 1
if tonumber(counter[2] or 0) > now then count = tonumber(counter[1]) + 1 end
local wait = 0
if count >= free then wait = math.min(longest, 1000 * 2 ^ (count - free)) end
local kept = math.max(memory, wait)
redis.call('HSET', KEYS[1], 'count', count, 'resetsAt', string.format('%.0f', now + kept),
  'blockedUntil', wait > 0 and string.format('%.0f', now + wait) or '0')
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', kept + ${TIDY_UP_LATER_MS}))
return 0`;

/** KEYS: a counter. ARGV: now. Forgets it, or answers when its wait ends. */
export const RESET = `
local blockedUntil = tonumber(redis.call('HGET', KEYS[1], 'blockedUntil') or 0)
if blockedUntil > tonumber(ARGV[1]) then return blockedUntil end
redis.call('DEL', KEYS[1])
return 0`;
