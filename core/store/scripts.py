"""Every atomic step, as one Lua script each.

All keys of a script carry one shard's hash tag (`core/store/keys.py`). A lane's name is known only once it is taken, so
some keys are built from the shard's prefix, which is passed as an argument; they share the tag of the declared ones.
Times are milliseconds since the Unix epoch and come from the caller's clock, so that tests can move it; a wrong clock
costs an early or late take-over, never a wrong commit, because leases are fenced by token.
"""

_LEASE_LANE = """
-- Lease a lane with its first message, read together with the state of its conversation; nil when it is empty. All that
-- wait are counted: what another process accepted a moment later by its clock was not announced if others waited.
local function lease_lane(prefix, name, now, length, turns)
  local message = redis.call('LINDEX', prefix .. 'lane:' .. name, 0)
  if not message then return nil end
  local token = redis.call('INCR', prefix .. 'fence')
  redis.call('ZADD', prefix .. 'leased', now + length, name)
  redis.call('HSET', prefix .. 'lease', name, token)
  local tries = redis.call('HINCRBY', prefix .. 'tries', name, 1)
  local state = redis.call('HMGET', prefix .. 'conv:' .. name, 'version', 'epoch', 'floor', 'doc')
  local said = redis.call('LRANGE', prefix .. 'turns:' .. name, -turns, -1)
  return {name, token, tries, message, state[1] or '0', state[2] or '0', state[3] or '0', state[4] or '', said,
          redis.call('ZCARD', prefix .. 'ready')}
end
"""

_LEASE_POST = """
-- Lease an outgoing lane with its first post; nil when nothing in it is to be sent. Holding the lease on a bot post is
-- the permit to send it; none is given below the conversation's floor: bot posts that a claim has overtaken are dropped
-- here. So are pages of another epoch: whoever they call for has been claimed, or needs nobody any more.
-- Items read `<epoch of a bot post, p and epoch of a page, or -> <of, or -> <under, or -> <post, JSON>`.
local function lease_post(prefix, platform, name, now, length)
  local lane, tried = prefix .. 'out:' .. platform .. ':' .. name, prefix .. 'out-tries:' .. platform
  local item = redis.call('LINDEX', lane, 0)
  local known = redis.call('HMGET', prefix .. 'conv:' .. name, 'floor', 'epoch')
  local floor, current = tonumber(known[1] or '0'), tonumber(known[2] or '0')
  while item do
    local page, epoch = string.match(item, '^(p?)(%d+) ')
    if not epoch or tonumber(epoch) >= (page == 'p' and current or floor) then break end
    redis.call('LPOP', lane)
    redis.call('HDEL', tried, name)
    item = redis.call('LINDEX', lane, 0)
  end
  if not item then return nil end
  local token = redis.call('INCR', prefix .. 'fence')
  redis.call('ZADD', prefix .. 'out-leased:' .. platform, now + length, name)
  redis.call('HSET', prefix .. 'out-lease:' .. platform, name, token)
  local tries = redis.call('HINCRBY', tried, name, 1)
  local of, under, post = string.match(item, '^%S+ (%S+) (%S+) (.*)$')
  local refs = prefix .. 'refs:' .. name
  of = of ~= '-' and redis.call('HGET', refs, of) or ''
  under = under ~= '-' and redis.call('HGET', refs, under) or ''
  return {name, token, tries, post, of, under, redis.call('ZCARD', prefix .. 'out-ready:' .. platform)}
end
"""

ACCEPT = (
    _LEASE_LANE
    + """
-- Store a message unless its event was seen; one step, after which the platform may be told. A caller with a free hand
-- is lent the lane at once when nothing else waits in its shard; otherwise workers are woken.
-- KEYS  1 seen  2 lane  3 ready  4 leased  5 rate  6 open  7 conversation  8 timers
-- ARGV  1 payload  2 conversation  3 now  4 life of seen  5 messages per window (0: no limit)  6 window
--       7 payload in place of the first message over the limit  8 wake channel  9 wake message  10 message id
--       11 field of the conversation that keeps it  12 now less the life of a conversation
--       13 prefix  14 length of a lease (0: no hand is free)  15 how many turns to read
-- returns {status, lane}: status 0 seen before, 1 accepted, 2 over the limit (its sender is told once per window);
--         lane as TAKE returns it, or absent
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[4]) then return {0} end
local payload, status = ARGV[1], 1
local limit = tonumber(ARGV[5])
if limit > 0 then
  local count = redis.call('INCR', KEYS[5])
  if count == 1 then redis.call('PEXPIRE', KEYS[5], ARGV[6]) end
  if count > limit then
    if count > limit + 1 then return {2} end
    payload, status = ARGV[7], 2
  end
end
local waiting = redis.call('RPUSH', KEYS[2], payload)
redis.call('ZADD', KEYS[6], ARGV[3], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', ARGV[12])
if ARGV[10] ~= '' then redis.call('HSET', KEYS[7], ARGV[11], ARGV[10]) end
if redis.call('ZSCORE', KEYS[4], ARGV[2]) then return {status} end
local first = redis.call('ZCOUNT', KEYS[3], '-inf', ARGV[3]) == 0
local length = tonumber(ARGV[14])
if length > 0 and first and waiting == 1 and redis.call('ZCOUNT', KEYS[8], '-inf', ARGV[3]) == 0 then
  redis.call('ZREM', KEYS[3], ARGV[2])
  return {status, lease_lane(ARGV[13], ARGV[2], tonumber(ARGV[3]), length, tonumber(ARGV[15]))}
end
redis.call('ZADD', KEYS[3], 'NX', ARGV[3], ARGV[2])
if first then redis.call('PUBLISH', ARGV[8], ARGV[9]) end
return {status}
"""
)

TAKE = (
    _LEASE_LANE
    + """
-- Lease the lane whose first message has waited longest. On the way, timers that are due join their lanes as
-- messages, and lanes whose lease ran out become ready again.
-- KEYS  1 ready  2 leased  3 lease  4 timers
-- ARGV  1 prefix  2 now  3 length of a lease  4 how many turns to read
-- returns nil, or {conversation, token, tries, message, version, epoch, floor, doc, {turns}, lanes that wait}
local now = tonumber(ARGV[2])
local due = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'WITHSCORES', 'LIMIT', 0, 50)
for i = 1, #due, 2 do
  local conversation, name = string.match(due[i], '^(.-)\\n(.*)$')
  redis.call('ZREM', KEYS[4], due[i])
  redis.call('RPUSH', ARGV[1] .. 'lane:' .. conversation, 'timer:' .. name .. ':' .. due[i + 1])
  if not redis.call('ZSCORE', KEYS[2], conversation) then redis.call('ZADD', KEYS[1], 'NX', now, conversation) end
end
for _, conversation in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 50)) do
  redis.call('ZREM', KEYS[2], conversation)
  redis.call('HDEL', KEYS[3], conversation)
  redis.call('ZADD', KEYS[1], 'NX', now, conversation)
end
for _ = 1, 100 do
  local conversation = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
  if not conversation then return nil end
  redis.call('ZREM', KEYS[1], conversation)
  local lane = lease_lane(ARGV[1], conversation, now, tonumber(ARGV[3]), tonumber(ARGV[4]))
  if lane then return lane end
end
return nil
"""
)

RENEW = """
-- Keep a lease. Serves lanes and outgoing lanes alike.
-- KEYS  1 leased  2 lease    ARGV  1 lane  2 token  3 new end of the lease
-- returns 1 kept, 0 lost
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""

GIVE_BACK = """
-- Return a lane without settling its first message; it may be taken again from a given time on. Serves outgoing lanes
-- too.
-- KEYS  1 ready  2 leased  3 lease  4 tries    ARGV  1 lane  2 token  3 due  4 tries to note ('': as they are)
-- returns 1 given back, 0 the lease was lost
if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[4], ARGV[1], ARGV[4]) end
return 1
"""

APPLY = (
    _LEASE_POST
    + """
-- Change a conversation: the one step by which a worker commits a message, and every handoff transition happens.
-- Compare-and-set on the version; with a token also fenced by the lane's lease. All of it happens, or nothing.
-- KEYS  1 conversation  2 lane  3 ready  4 leased  5 lease  6 tries  7 turns  8 queue  9 timers  10 handoffs  11 dead
--       12 refs  13 gaps
-- ARGV  1 prefix  2 wake channel  3 the step, JSON:
--   conversation, now, shard
--   version    expected version
--   token      fencing token; the lane's first message is settled and the lease ends (absent: not from a lane)
--   doc, epoch, floor   the new state (absent: unchanged, and then the version is neither compared nor raised)
--   turns      [json…] to append;   keep: how many to keep;   life: ms that an idle conversation is kept
--   amended    [[json as it is, json as it shall be]…] of turns
--   posts      [{platform, item, urgent}…] to append to the outgoing lanes
--   timers     {name: due in ms, or false to clear};   queue: order, or false to leave the queue
--   handoff    id whose history gets record: [json…]
--   refs       {event id: post id…} to remember;   dead: {id, json} to set aside
--   gap        a question that the FAQ did not settle, JSON;   gaps: how many to keep
--   silence    platform whose bot post in flight must be waited for
--   hand       platform for which the caller has a free hand, hold: length of a lease; it is lent the conversation's
--              outgoing lane at once when nothing else is due there
-- returns {status, version, more, permit, post}: status 'ok', 'conflict' or 'lost'; more 1 when the lane has another
--         message; permit: time at which a bot post in flight can no longer be sent, 0 when none is; post as OUT_TAKE
--         returns it, or absent
local step = cjson.decode(ARGV[3])
local name, prefix, now = step.conversation, ARGV[1], step.now
if step.token and redis.call('HGET', KEYS[5], name) ~= tostring(step.token) then return {'lost', 0, 0, 0} end
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if step.doc then
  if version ~= step.version then return {'conflict', version, 0, 0} end
  version = version + 1
  redis.call('HSET', KEYS[1], 'version', version, 'epoch', step.epoch, 'floor', step.floor, 'doc', step.doc)
end
if step.turns and #step.turns > 0 then
  redis.call('RPUSH', KEYS[7], unpack(step.turns))
  redis.call('LTRIM', KEYS[7], -step.keep, -1)
end
for _, turn in ipairs(step.amended or {}) do
  local at = redis.call('LPOS', KEYS[7], turn[1])
  if at then redis.call('LSET', KEYS[7], at, turn[2]) end
end
local lent = step.hand and redis.call('EXISTS', prefix .. 'out:' .. step.hand .. ':' .. name) == 0
  and not redis.call('ZSCORE', prefix .. 'out-leased:' .. step.hand, name)
  and redis.call('ZCOUNT', prefix .. 'out-ready:' .. step.hand, '-inf', now) == 0
for _, post in ipairs(step.posts or {}) do
  local ready, leased = prefix .. 'out-ready:' .. post.platform, prefix .. 'out-leased:' .. post.platform
  redis.call('RPUSH', prefix .. 'out:' .. post.platform .. ':' .. name, post.item)
  if not (lent and post.platform == step.hand) and not redis.call('ZSCORE', leased, name) then
    local first = redis.call('ZCOUNT', ready, '-inf', now) == 0
    local due = post.urgent and now - 1e12 or now
    local known = redis.call('ZSCORE', ready, name)
    if not known then redis.call('ZADD', ready, due, name)
    elseif post.urgent and tonumber(known) <= now then redis.call('ZADD', ready, due, name) end
    if first then redis.call('PUBLISH', ARGV[2], 'out ' .. step.shard .. ' ' .. post.platform) end
  end
end
for timer, due in pairs(step.timers or {}) do
  if due then redis.call('ZADD', KEYS[9], due, name .. '\\n' .. timer)
  else redis.call('ZREM', KEYS[9], name .. '\\n' .. timer) end
end
if step.queue then redis.call('ZADD', KEYS[8], step.queue, name)
elseif step.queue == false then redis.call('ZREM', KEYS[8], name) end
if step.handoff then
  redis.call('HSET', KEYS[10], step.handoff, name)
  if step.record and #step.record > 0 then
    redis.call('RPUSH', prefix .. 'record:' .. step.handoff, unpack(step.record))
  end
end
for event, post in pairs(step.refs or {}) do redis.call('HSET', KEYS[12], event, post) end
if step.dead then redis.call('HSET', KEYS[11], step.dead[1], step.dead[2]) end
if step.gap then
  redis.call('RPUSH', KEYS[13], step.gap)
  redis.call('LTRIM', KEYS[13], -step.gaps, -1)
end
if step.life then
  redis.call('PEXPIRE', KEYS[1], step.life)
  redis.call('PEXPIRE', KEYS[7], step.life)
  redis.call('PEXPIRE', KEYS[12], step.life)
end
local more = 0
if step.token then
  redis.call('LPOP', KEYS[2])
  redis.call('HDEL', KEYS[5], name)
  redis.call('HDEL', KEYS[6], name)
  redis.call('ZREM', KEYS[4], name)
  if redis.call('EXISTS', KEYS[2]) == 1 then
    more = 1
    redis.call('ZADD', KEYS[3], now, name)
  end
end
local permit = 0
if step.silence then
  local head = redis.call('LINDEX', prefix .. 'out:' .. step.silence .. ':' .. name, 0)
  if head and string.sub(head, 1, 1) ~= '-' then
    permit = tonumber(redis.call('ZSCORE', prefix .. 'out-leased:' .. step.silence, name) or '0')
  end
end
return {'ok', version, more, permit, lent and lease_post(prefix, step.hand, name, now, step.hold) or nil}
"""
)

OUT_TAKE = (
    _LEASE_POST
    + """
-- Lease the outgoing lane that is due first, with its first post.
-- KEYS  1 ready  2 leased  3 lease
-- ARGV  1 prefix  2 platform  3 now  4 length of a lease
-- returns nil, or {conversation, token, tries, post, message id of `of`, message id of `under`, lanes that wait}
local now = tonumber(ARGV[3])
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 50)) do
  redis.call('ZREM', KEYS[2], name)
  redis.call('HDEL', KEYS[3], name)
  redis.call('ZADD', KEYS[1], 'NX', now, name)
end
for _ = 1, 200 do
  local name = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
  if not name then return nil end
  redis.call('ZREM', KEYS[1], name)
  local post = lease_post(ARGV[1], ARGV[2], name, now, tonumber(ARGV[4]))
  if post then return post end
end
return nil
"""
)

OUT_SETTLE = """
-- The first post of a leased lane is done with: delivered (its message id is remembered) or given up (set aside).
-- KEYS  1 lane  2 ready  3 leased  4 lease  5 tries  6 refs  7 dead
-- ARGV  1 conversation  2 token  3 now  4 post id  5 message id ('': none)  6 life of refs
--       7 post to set aside ('': none)  8 item that takes its place in the lane ('': none)
-- returns {status, more}: status 1, or 0 when the lease was lost
if redis.call('HGET', KEYS[4], ARGV[1]) ~= ARGV[2] then return {0, 0} end
redis.call('LPOP', KEYS[1])
if ARGV[8] ~= '' then redis.call('LPUSH', KEYS[1], ARGV[8]) end
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[6], ARGV[4], ARGV[5])
  redis.call('PEXPIRE', KEYS[6], ARGV[6])
end
if ARGV[7] ~= '' then redis.call('HSET', KEYS[7], ARGV[4], ARGV[7]) end
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
  return {1, 1}
end
return {1, 0}
"""

HANDOFF_ID = """
-- A new handoff id of a shard.
-- KEYS  1 serial    ARGV  1 shard, hex    returns H<shard>-<serial>
return 'H' .. ARGV[1] .. '-' .. redis.call('INCR', KEYS[1])
"""
